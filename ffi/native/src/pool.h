// Pools of slots for messages. A slot is counted while the library has it, and comes back when the last message that
// has it is done with.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>

#include "block.h"
#include "registry.h"
#include "return_ring.h"
#include "steam_sockets.h"

namespace steam_sockets {

// The pool's own slots are those of share 0.
constexpr uint32_t kShares = STEAM_SOCKETS_SHARES + 1;

struct Share {
  int32_t number = -1;  // -1: not in use
  Block *block = nullptr;
  steam_sockets_share_memory *memory = nullptr;
  steam_sockets_outgoing *entries = nullptr;
  uint32_t entry_count = 0;
  uint32_t slots = 0;
  ReturnRing ring;
};

class Pool {
 public:
  bool Open(uint64_t owner, int32_t number, uint32_t slots, uint32_t slot_bytes, bool guarded);

  // Whose it is, or was: who holds a number that is no more may ask, too.
  uint64_t owner() const { return owner_.load(std::memory_order_relaxed); }
  uint32_t slots() const { return slots_; }
  uint32_t slot_bytes() const { return slot_bytes_; }
  int32_t number() const { return number_; }
  uint32_t place() const { return place_; }
  bool IsOpen() const { return !closed_.load(std::memory_order_acquire); }
  uint32_t OffsetOf(uint32_t slot) const { return slot * stride_; }
  char *Payload(uint32_t slot) const { return first_slot_ + size_t{slot} * stride_; }
  uint32_t ShareOf(uint32_t slot) const { return share_of_[slot].load(std::memory_order_relaxed); }
  // Any thread. False when the pool that had this number is no more.
  bool Window(int32_t number, steam_sockets_window &window);
  bool WindowOfShare(int32_t number, int32_t share, steam_sockets_window &window);
  int32_t InFlight() const;

  // ---- slots on their way. Only the library's owner thread takes them over; any thread lets them go. ----

  // Takes a slot over for so many messages, which then each let go of it once. False when it is under way already.
  bool TakeOver(uint32_t slot, uint32_t messages) {
    if (references_[slot].load(std::memory_order_relaxed) != 0 && !IsBack(slot)) {
      return false;
    }
    // One more than there are messages, so that it gets to 0 only after the slot is in its ring.
    references_[slot].store(messages + 1, std::memory_order_relaxed);
    ++sent_;
    return true;
  }

  void LetGo(uint32_t slot) {
    if (LoseOne(slot)) {
      share_[ShareOf(slot)].ring.Push(slot);
      // After this the pool may be no more, and its place another pool's.
      references_[slot].store(0, std::memory_order_release);
      // Either we see that it is closed, or who closes it sees what we have pushed.
      if (closed_.load(std::memory_order_seq_cst)) {
        FinishIfIdle();
      }
    }
  }

  // As LetGo for each of them, but cheaper. Up to kMostAtOnce.
  static constexpr uint32_t kMostAtOnce = 64;
  void LetGoOfAll(const uint32_t *slots, uint32_t count);

  // In place of letting go: leaves the slot with its owner when nobody else has it.
  void Keep(uint32_t slot) {
    if (references_[slot].load(std::memory_order_acquire) != 2) {
      LetGo(slot);
      return;
    }
    --sent_;
    references_[slot].store(0, std::memory_order_release);
  }

  // ---- shares ----

  int32_t Lend(const uint32_t *slots, uint32_t count);
  Share *FindShare(int32_t number);
  uint32_t PlaceOf(const Share &share) const { return static_cast<uint32_t>(&share - share_.data()); }
  uint32_t Reclaim(Share &share, uint32_t *into, uint32_t &left);

  // ---- the end ----

  void Close();
  // Gives the memory back when the pool is closed and nothing is under way.
  void FinishIfIdle();

 private:
  // One message less. True for the last one, which then puts the slot into its ring.
  bool LoseOne(uint32_t slot) {
    // Who finds two has the last message, and nobody else changes the count.
    if (references_[slot].load(std::memory_order_acquire) == 2) {
      references_[slot].store(1, std::memory_order_relaxed);
      return true;
    }
    return references_[slot].fetch_sub(1, std::memory_order_acq_rel) == 2;
  }

  // Whether the slot is not under way. Waits for who has just put it into its ring and is about to say so.
  bool IsBack(uint32_t slot) const;
  bool IsIdle() const;
  void End(Share &share);  // wants the lock

  std::atomic<uint64_t> owner_{0};
  int32_t number_ = -1;
  uint32_t place_ = 0;
  uint32_t slots_ = 0;
  uint32_t slot_bytes_ = 0;
  uint32_t stride_ = 0;
  uint32_t sent_ = 0;
  uint32_t shares_made_ = 0;
  Block *block_ = nullptr;
  char *first_slot_ = nullptr;
  std::unique_ptr<std::atomic<uint32_t>[]> references_;
  std::unique_ptr<std::atomic<uint8_t>[]> share_of_;
  std::array<Share, kShares> share_;
  std::atomic<bool> closed_{false};
  std::mutex lock_;  // for what changes seldom: opening, windows, shares, the end
};

using Pools = Registry<Pool, 4096>;
// Never destroyed: messages may come back while the process ends.
extern Pools &all_pools;

// The open pool of this number when this thread is its owner; else null.
inline Pool *PoolOf(uint64_t owner, int32_t number) {
  Pool *const pool = all_pools.Find(number);
  return pool != nullptr && pool->owner() == owner ? pool : nullptr;
}

// As above, of the calling thread.
Pool *OwnPool(int32_t number);

// Closes the pools of a thread that ends.
void ClosePoolsOf(uint64_t thread);

}  // namespace steam_sockets
