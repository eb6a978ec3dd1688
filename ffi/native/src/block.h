// Memory with many holders: windows of JavaScript, pools, messages. The last one to let go unmaps it.
#pragma once

#include <atomic>
#include <cstddef>

#include "steam_sockets.h"

namespace steam_sockets {

class Block {
 public:
  // Zeros, at a multiple of the page size, with one holder; null when there is no memory.
  static Block *Make(size_t bytes);
  // The page size.
  static size_t PageBytes();

  void *address() const { return address_; }

  // One more holder, who lets go by steam_sockets_let_go.
  steam_sockets_window Window();
  void LetGo();

  Block(const Block &) = delete;
  Block &operator=(const Block &) = delete;

 private:
  Block(void *address, size_t bytes) : address_(address), bytes_(bytes) {}
  ~Block() = default;

  void *const address_;
  const size_t bytes_;
  std::atomic<uint32_t> holders_{1};
};

}  // namespace steam_sockets
