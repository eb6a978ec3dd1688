#include "pool.h"

#include <cstring>
#include <thread>

#include "library.h"

namespace steam_sockets {

namespace {

constexpr uint32_t kLine = 64;
constexpr uint32_t kGuardRoom = 8;
// One window lies over all of it, and garbage collection suffers under very large ones.
constexpr uint64_t kMostBytes = uint64_t{1} << 30;

uint64_t RoundUp(uint64_t value, uint64_t unit) { return (value + unit - 1) / unit * unit; }

}  // namespace

Pools &all_pools = *new Pools;

Pool *OwnPool(int32_t number) {
  Pool *const pool = all_pools.Find(number);
  return pool != nullptr && pool->owner() == ThisThread() ? pool : nullptr;
}

void ClosePoolsOf(uint64_t thread) {
  all_pools.ForEach([thread](const Pools::Entry &entry) {
    if (entry.number >= 0 && entry.thing->owner() == thread) {
      all_pools.Hide(entry.number);
      entry.thing->Close();
    }
  });
}

bool Pool::Open(uint64_t owner, int32_t number, uint32_t slots, uint32_t slot_bytes, bool guarded) {
  const uint32_t ring_words = ReturnRing::WordsFor(slots);
  // With room for the guard word, and so that slots share cache lines only where that stands.
  const auto stride = static_cast<uint32_t>(RoundUp(uint64_t{slot_bytes} + kGuardRoom, kLine));
  const uint64_t states = sizeof(steam_sockets_pool_memory);
  const uint64_t ring = RoundUp(states + uint64_t{slots} * sizeof(int32_t), kLine);
  const uint64_t page = Block::PageBytes();
  // Off the page's start, so that the guard word behind a payload of whole cache lines lies in the line of its end.
  const uint64_t first_slot = RoundUp(ring + uint64_t{ring_words} * sizeof(uint32_t), page) + kGuardRoom;
  const uint64_t bytes = first_slot + uint64_t{slots} * stride;
  Block *const block = bytes > kMostBytes ? nullptr : Block::Make(bytes);
  if (block == nullptr) {
    return false;
  }
  const std::lock_guard<std::mutex> lock(lock_);
  owner_.store(owner, std::memory_order_relaxed);
  number_ = number;
  place_ = Pools::PlaceOf(number);
  slots_ = slots;
  slot_bytes_ = slot_bytes;
  stride_ = stride;
  sent_ = 0;
  block_ = block;
  auto *const start = static_cast<char *>(block->address());
  first_slot_ = start + first_slot;
  references_ = std::make_unique<std::atomic<uint32_t>[]>(slots);
  share_of_ = std::make_unique<std::atomic<uint8_t>[]>(slots);
  auto *const memory = static_cast<steam_sockets_pool_memory *>(block->address());
  memory->slots = slots;
  memory->slot_bytes = slot_bytes;
  memory->stride = stride;
  memory->first_slot = static_cast<uint32_t>(first_slot);
  memory->states = static_cast<uint32_t>(states);
  memory->ring = static_cast<uint32_t>(ring);
  memory->ring_slots = ring_words;
  memory->guarded = guarded ? 1 : 0;
  share_[0].number = 0;
  share_[0].ring = ReturnRing(reinterpret_cast<uint32_t *>(start + ring), ring_words, memory->returned);
  if (guarded) {
    const uint32_t guard = STEAM_SOCKETS_GUARD;
    for (uint32_t slot = 0; slot < slots; ++slot) {
      std::memcpy(Payload(slot) + slot_bytes, &guard, sizeof guard);
    }
  }
  closed_.store(false, std::memory_order_release);
  return true;
}

int32_t Pool::InFlight() const {
  uint32_t returned = 0;
  for (const Share &share : share_) {
    returned += share.number < 0 ? 0 : share.ring.returned();
  }
  return static_cast<int32_t>(sent_ - returned);
}

bool Pool::Window(int32_t number, steam_sockets_window &window) {
  const std::lock_guard<std::mutex> lock(lock_);
  // Since it was found, it may have come to its end and have been opened again by somebody else.
  if (number_ != number || block_ == nullptr) {
    return false;
  }
  window = block_->Window();
  return true;
}

bool Pool::WindowOfShare(int32_t number, int32_t share_number, steam_sockets_window &window) {
  const std::lock_guard<std::mutex> lock(lock_);
  const Share *const share = all_pools.Find(number) == this ? FindShare(share_number) : nullptr;
  if (share == nullptr) {
    return false;
  }
  window = share->block->Window();
  return true;
}

int32_t Pool::Lend(const uint32_t *slots, uint32_t count) {
  uint32_t at = 1;
  while (at < kShares && share_[at].number >= 0) {
    ++at;
  }
  if (at == kShares || count == 0 || count > slots_) {
    return at == kShares ? STEAM_SOCKETS_TOO_MANY : STEAM_SOCKETS_BAD_ARGUMENT;
  }
  const auto take_back = [&](uint32_t until) {
    for (uint32_t i = 0; i < until; ++i) {
      share_of_[slots[i]].store(0, std::memory_order_relaxed);
    }
  };
  for (uint32_t i = 0; i < count; ++i) {
    if (slots[i] >= slots_ || ShareOf(slots[i]) != 0 || !IsBack(slots[i])) {
      take_back(i);
      return STEAM_SOCKETS_BAD_ARGUMENT;
    }
    // At once, so that a slot that is named twice is not the pool's the second time.
    share_of_[slots[i]].store(static_cast<uint8_t>(at), std::memory_order_relaxed);
  }
  const uint32_t words = ReturnRing::WordsFor(count);
  const uint64_t ring = sizeof(steam_sockets_share_memory);
  const uint64_t entries = RoundUp(ring + uint64_t{words} * sizeof(uint32_t), kLine);
  Block *const block = Block::Make(entries + uint64_t{words} * sizeof(steam_sockets_outgoing));
  if (block == nullptr) {
    take_back(count);
    return STEAM_SOCKETS_NO_MEMORY;
  }
  auto *const start = static_cast<char *>(block->address());
  auto *const memory = static_cast<steam_sockets_share_memory *>(block->address());
  memory->slots = count;
  memory->ring = static_cast<uint32_t>(ring);
  memory->ring_slots = words;
  memory->entries_at = static_cast<uint32_t>(entries);
  memory->entries = words;
  const std::lock_guard<std::mutex> lock(lock_);
  Share &share = share_[at];
  shares_made_ = (shares_made_ + 1) % (INT32_MAX / kShares);
  share.number = static_cast<int32_t>(shares_made_ * kShares + at);
  share.block = block;
  share.memory = memory;
  share.entries = reinterpret_cast<steam_sockets_outgoing *>(start + entries);
  share.entry_count = words;
  share.slots = count;
  share.ring = ReturnRing(reinterpret_cast<uint32_t *>(start + ring), words, memory->returned);
  for (uint32_t i = 0; i < count; ++i) {
    // As if it had been sent and had come back.
    ++sent_;
    share.ring.Push(slots[i]);
  }
  return share.number;
}

Share *Pool::FindShare(int32_t number) {
  if (number < 0) {
    return nullptr;
  }
  Share &share = share_[static_cast<uint32_t>(number) % kShares];
  return share.number == number && share.block != nullptr ? &share : nullptr;
}

uint32_t Pool::Reclaim(Share &share, uint32_t *into, uint32_t &left) {
  Store(share.memory->closed, 1U);
  const auto at = PlaceOf(share);
  uint32_t count = 0;
  left = 0;
  // What is not under way is in the ring, in an entry that nobody will send, or was the borrower's.
  for (uint32_t slot = 0; slot < slots_; ++slot) {
    if (ShareOf(slot) != at) {
      continue;
    }
    if (IsBack(slot)) {
      share_of_[slot].store(0, std::memory_order_relaxed);
      into[count++] = slot;
    } else {
      ++left;
    }
  }
  if (left == 0) {
    const std::lock_guard<std::mutex> lock(lock_);
    End(share);
  }
  return count;
}

void Pool::Close() {
  {
    const std::lock_guard<std::mutex> lock(lock_);
    for (const Share &share : share_) {
      if (share.memory != nullptr) {
        Store(share.memory->closed, 1U);
      }
    }
    closed_.store(true, std::memory_order_seq_cst);
  }
  FinishIfIdle();
}

void Pool::LetGoOfAll(const uint32_t *slots, uint32_t count) {
  // Those that nobody has borrowed go into the ring together.
  std::array<uint32_t, kMostAtOnce> own;
  uint32_t owns = 0;
  for (uint32_t i = 0; i < count; ++i) {
    const uint32_t slot = slots[i];
    if (!LoseOne(slot)) {
      continue;
    }
    if (ShareOf(slot) == 0) {
      own[owns++] = slot;
    } else {
      share_[ShareOf(slot)].ring.Push(slot);
      references_[slot].store(0, std::memory_order_release);
    }
  }
  // Without any, the ring may be no more.
  if (owns > 0) {
    ReturnRing ring = share_[0].ring;
    uint32_t place = ring.Reserve(owns);
    for (uint32_t i = 0; i < owns; ++i) {
      ring.Put(place++, own[i]);
      references_[own[i]].store(0, std::memory_order_release);
    }
  }
  if (closed_.load(std::memory_order_seq_cst)) {
    FinishIfIdle();
  }
}

bool Pool::IsBack(uint32_t slot) const {
  uint32_t references = references_[slot].load(std::memory_order_acquire);
  while (references == 1) {
    std::this_thread::yield();
    references = references_[slot].load(std::memory_order_acquire);
  }
  return references == 0;
}

bool Pool::IsIdle() const {
  // What was pushed last may be in its ring without its writer being done.
  uint32_t slot = 0;
  while (slot < slots_ && IsBack(slot)) {
    ++slot;
  }
  return slot == slots_;
}

void Pool::FinishIfIdle() {
  const std::lock_guard<std::mutex> lock(lock_);
  if (!closed_.load(std::memory_order_acquire) || block_ == nullptr || InFlight() != 0 || !IsIdle()) {
    return;
  }
  for (Share &share : share_) {
    End(share);
  }
  block_->LetGo();
  block_ = nullptr;
  slots_ = 0;
  references_.reset();
  share_of_.reset();
  all_pools.GiveBack(place_);
}

void Pool::End(Share &share) {
  if (share.number < 0) {
    return;
  }
  sent_ -= share.ring.returned();
  if (share.block != nullptr) {
    share.block->LetGo();
  }
  share = Share{};
}

}  // namespace steam_sockets

using namespace steam_sockets;

int32_t steam_sockets_pool_open(uint32_t slots, uint32_t slot_bytes, bool guarded) {
  if (slots == 0 || slots > STEAM_SOCKETS_SLOTS || slot_bytes == 0 || slot_bytes > STEAM_SOCKETS_SLOT_BYTES) {
    return STEAM_SOCKETS_BAD_ARGUMENT;
  }
  const Pools::Entry entry = all_pools.Take();
  if (entry.thing == nullptr) {
    return STEAM_SOCKETS_TOO_MANY;
  }
  if (!entry.thing->Open(ThisThread(), entry.number, slots, slot_bytes, guarded)) {
    all_pools.GiveBack(Pools::PlaceOf(entry.number));
    return STEAM_SOCKETS_NO_MEMORY;
  }
  all_pools.Publish(entry.number);
  return entry.number;
}

int32_t steam_sockets_pool_window(int32_t number, steam_sockets_window *window) {
  Pool *const pool = all_pools.FindHidden(number);
  if (pool == nullptr || window == nullptr) {
    return pool == nullptr ? STEAM_SOCKETS_NOT_OPEN : STEAM_SOCKETS_BAD_ARGUMENT;
  }
  return pool->Window(number, *window) ? 0 : STEAM_SOCKETS_NOT_OPEN;
}

int32_t steam_sockets_pool_close(int32_t number) {
  Pool *const pool = OwnPool(number);
  if (pool == nullptr) {
    return STEAM_SOCKETS_NOT_OPEN;
  }
  all_pools.Hide(number);
  pool->Close();
  return 0;
}

int32_t steam_sockets_pool_in_flight(int32_t number) {
  const Pool *const pool = OwnPool(number);
  return pool == nullptr ? STEAM_SOCKETS_NOT_OPEN : pool->InFlight();
}

int32_t steam_sockets_pools(void) {
  int32_t count = 0;
  all_pools.ForEach([&count](const Pools::Entry &) { ++count; });
  return count;
}

int32_t steam_sockets_share_open(int32_t number, const uint32_t *slots, uint32_t count) {
  Pool *const pool = OwnPool(number);
  if (pool == nullptr || slots == nullptr) {
    return pool == nullptr ? STEAM_SOCKETS_NOT_OPEN : STEAM_SOCKETS_BAD_ARGUMENT;
  }
  return pool->Lend(slots, count);
}

int32_t steam_sockets_share_window(int32_t number, int32_t share_number, steam_sockets_window *window) {
  Pool *const pool = all_pools.Find(number);
  if (pool == nullptr || window == nullptr) {
    return pool == nullptr ? STEAM_SOCKETS_NOT_OPEN : STEAM_SOCKETS_BAD_ARGUMENT;
  }
  return pool->WindowOfShare(number, share_number, *window) ? 0 : STEAM_SOCKETS_NOT_OPEN;
}

int32_t steam_sockets_share_reclaim(int32_t number, int32_t share_number, uint32_t *into, uint32_t capacity,
                                    uint32_t *left) {
  Pool *const pool = OwnPool(number);
  Share *const share = pool == nullptr ? nullptr : pool->FindShare(share_number);
  if (share == nullptr || into == nullptr || left == nullptr || capacity < share->slots) {
    return share == nullptr ? STEAM_SOCKETS_NOT_OPEN : STEAM_SOCKETS_BAD_ARGUMENT;
  }
  return static_cast<int32_t>(pool->Reclaim(*share, into, *left));
}
