// Pools and shares as JavaScript uses them: a window over their memory, and the one reader of a return ring.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include "check.h"
#include "steam_sockets.h"

namespace pool_test {

// Reads a return ring by the documented protocol.
class Returned {
 public:
  Returned(uint32_t *words, uint32_t count) : words_(words), mask_(count - 1) {}

  // A slot that came back, or -1.
  int64_t Take() {
    uint32_t &word = words_[next_ & mask_];
    const uint32_t found = __atomic_load_n(&word, __ATOMIC_ACQUIRE);
    if (found == 0) {
      return -1;
    }
    __atomic_store_n(&word, 0, __ATOMIC_RELEASE);
    ++next_;
    return int64_t{found} - 1;
  }

  std::vector<uint32_t> TakeAll() {
    std::vector<uint32_t> slots;
    for (int64_t slot = Take(); slot >= 0; slot = Take()) {
      slots.push_back(static_cast<uint32_t>(slot));
    }
    return slots;
  }

 private:
  uint32_t *words_;
  uint32_t mask_;
  uint32_t next_ = 0;
};

// A window over memory with a head of some type, for as long as this lives.
template <typename Memory>
struct Window {
  steam_sockets_window window;
  explicit Window(const steam_sockets_window &given) : window(given) {}
  Window(const Window &) = delete;
  Window &operator=(const Window &) = delete;
  ~Window() { steam_sockets_let_go(window.address, window.context); }

  Memory *memory() const { return static_cast<Memory *>(window.address); }
  char *At(uint64_t offset) const { return static_cast<char *>(window.address) + offset; }
  uint32_t *WordsAt(uint64_t offset) const { return reinterpret_cast<uint32_t *>(At(offset)); }
};

inline steam_sockets_window WindowOf(int32_t pool) {
  steam_sockets_window window{};
  (void)steam_sockets_pool_window(pool, &window);
  return window;
}

inline steam_sockets_window WindowOf(int32_t pool, int32_t share) {
  steam_sockets_window window{};
  (void)steam_sockets_share_window(pool, share, &window);
  return window;
}

struct PoolWindow : Window<steam_sockets_pool_memory> {
  Returned returned;
  explicit PoolWindow(int32_t pool) : Window(WindowOf(pool)), returned(WordsAt(memory()->ring), memory()->ring_slots) {}
  char *Payload(uint32_t slot) const { return At(memory()->first_slot + uint64_t{slot} * memory()->stride); }
};

// A pool that this thread owns until the end of this.
struct OpenPool {
  int32_t number;
  PoolWindow window;
  OpenPool(uint32_t slots, uint32_t slot_bytes)
      : number(steam_sockets_pool_open(slots, slot_bytes, true)), window(number) {}
  OpenPool(const OpenPool &) = delete;
  OpenPool &operator=(const OpenPool &) = delete;
  ~OpenPool() { (void)steam_sockets_pool_close(number); }

  int32_t InFlight() const { return steam_sockets_pool_in_flight(number); }
  void Write(uint32_t slot, const std::string &text) const { (void)text.copy(window.Payload(slot), text.size()); }
};

// As its borrower, on any thread, sees a share.
struct Borrowed : Window<steam_sockets_share_memory> {
  Returned returned;
  Borrowed(int32_t pool, int32_t share)
      : Window(WindowOf(pool, share)), returned(WordsAt(memory()->ring), memory()->ring_slots) {}

  // There is an entry free, for each slot is in one at most.
  void HandOver(const steam_sockets_outgoing &outgoing) const {
    const uint32_t handed = memory()->handed;
    CHECK(handed - __atomic_load_n(&memory()->taken, __ATOMIC_ACQUIRE) < memory()->entries);
    auto *const entries = reinterpret_cast<steam_sockets_outgoing *>(At(memory()->entries_at));
    entries[handed % memory()->entries] = outgoing;
    __atomic_store_n(&memory()->handed, handed + 1, __ATOMIC_RELEASE);
  }
};

// Whether there is memory at an address. Nobody must map any meanwhile.
inline bool IsMapped(const void *address) {
  return msync(const_cast<void *>(address), static_cast<size_t>(sysconf(_SC_PAGESIZE)), MS_ASYNC) == 0;
}

}  // namespace pool_test
