#include "block.h"

#include <sys/mman.h>

namespace steam_sockets {

Block *Block::Make(size_t bytes) {
  void *const address = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return address == MAP_FAILED ? nullptr : new Block(address, bytes);
}

steam_sockets_window Block::Window() {
  holders_.fetch_add(1, std::memory_order_relaxed);
  return {address_, bytes_, this};
}

void Block::LetGo() {
  if (holders_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
    (void)munmap(address_, bytes_);
    delete this;
  }
}

}  // namespace steam_sockets

void steam_sockets_let_go(void * /*address*/, void *context) {
  if (context != nullptr) {
    static_cast<steam_sockets::Block *>(context)->LetGo();
  }
}
