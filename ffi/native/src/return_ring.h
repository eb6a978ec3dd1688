// The ring over which slots come back: any thread writes, JavaScript reads.
#pragma once

#include <cstdint>

#include "shared_word.h"

namespace steam_sockets {

class ReturnRing {
 public:
  ReturnRing() = default;

  // `words` is a power of two and at least the number of slots that can be under way.
  ReturnRing(uint32_t *first, uint32_t words, uint32_t &returned)
      : first_(first), mask_(words - 1), returned_(&returned) {}

  void Push(uint32_t slot) { Put(Reserve(1), slot); }

  // The two halves of pushing several: places for them all, and each into its place.
  uint32_t Reserve(uint32_t slots) { return FetchAdd(*returned_, slots); }
  void Put(uint32_t place, uint32_t slot) { Store(first_[place & mask_], slot + 1); }

  // How many were pushed, in all.
  uint32_t returned() const { return __atomic_load_n(returned_, __ATOMIC_SEQ_CST); }

  // The words that a ring needs for so many slots.
  static uint32_t WordsFor(uint32_t slots) {
    uint32_t words = 1;
    while (words < slots) {
      words *= 2;
    }
    return words;
  }

 private:
  uint32_t *first_ = nullptr;
  uint32_t mask_ = 0;
  uint32_t *returned_ = nullptr;
};

}  // namespace steam_sockets
