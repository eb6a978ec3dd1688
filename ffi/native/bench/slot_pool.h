// Slots for payloads that the library sends from where they lie. One thread takes, any thread gives back.
#pragma once

#include <steam/steamnetworkingtypes.h>

#include <atomic>
#include <cstddef>
#include <memory>

namespace bench {

// Who takes and who gives back write on lines of their own.
// NOLINTNEXTLINE(clang-analyzer-optin.performance.Padding)
class SlotPool {
 public:
  SlotPool(size_t slots, size_t slot_bytes);

  // A slot's payload, or null when all are in use.
  char *Take() {
    // What came back last first: its memory may be in the processor's cache still.
    if (fresh_ == nullptr && returned_.load(std::memory_order_relaxed) != nullptr) {
      // All that came back since the last time: who only ever takes everything meets no ABA.
      fresh_ = returned_.exchange(nullptr, std::memory_order_acquire);
    }
    Slot *&list = fresh_ != nullptr ? fresh_ : unused_;
    Slot *const slot = list;
    if (slot == nullptr) {
      return nullptr;
    }
    list = slot->next;
    return reinterpret_cast<char *>(slot + 1);
  }

  void Free(void *payload) {
    Slot *const slot = static_cast<Slot *>(payload) - 1;
    slot->next = returned_.load(std::memory_order_relaxed);
    while (!returned_.compare_exchange_weak(slot->next, slot, std::memory_order_release, std::memory_order_relaxed)) {
    }
  }

  // Lets a message carry the slot, and give it back when the library is done with it.
  void Attach(SteamNetworkingMessage_t *message, char *payload) {
    message->m_pData = payload;
    message->m_pfnFreeData = [](SteamNetworkingMessage_t *done) {
      // An integer is all that a message has for its maker.
      reinterpret_cast<SlotPool *>(done->m_nUserData)->Free(done->m_pData);  // NOLINT(performance-no-int-to-ptr)
    };
    message->m_nUserData = reinterpret_cast<int64_t>(this);
  }

 private:
  static constexpr size_t kLine = 64;

  // Stands before the payload; the same eight bytes a slot that guard words take elsewhere.
  struct Slot {
    Slot *next;
  };

  struct FreeMemory {
    void operator()(char *memory) const { ::operator delete[](memory, std::align_val_t(kLine)); }
  };

  std::unique_ptr<char[], FreeMemory> memory_;
  Slot *fresh_ = nullptr;
  Slot *unused_ = nullptr;
  alignas(kLine) std::atomic<Slot *> returned_ = nullptr;
};

}  // namespace bench
