// A message on its way out: what it is made of, and how it is let go of.
#pragma once

#include <array>
#include <cstdint>

#include "library.h"
#include "message_store.h"
#include "pool.h"
#include "send_tag.h"

namespace steam_sockets {

// A new message of the library without a payload, or null. It comes to the store, if there is one, when it is released.
// The library's owner.
SteamNetworkingMessage_t *AllocateMessage(const Library &library, MessageStore *store);

// The free functions of messages whose payload lies in a slot, and of those whose payload is a copy. Any thread.
void FreeSlot(SteamNetworkingMessage_t *message);
void FreeCopy(SteamNetworkingMessage_t *message);

// Takes a message that will never be released out of the count of segments, if it is one of ours.
void ForgetSegments(const SteamNetworkingMessage_t &message);

// Releases many messages that were received, at once. Those of a pair in memory are the very ones that we have sent,
// and are let go of here without going through the library. The library's owner.
class Releasing {
 public:
  explicit Releasing(void (*release)(void *message)) : release_(release) {}
  ~Releasing() {
    FlushSegments();
    FlushSlots();
  }
  Releasing(const Releasing &) = delete;
  Releasing &operator=(const Releasing &) = delete;

  void Release(SteamNetworkingMessage_t *message);

  // Whether it is one whose payload lies in a slot and can outlive it.
  static bool CanLeaveSlot(const SteamNetworkingMessage_t &message) {
    return message.m_pfnFreeData == FreeSlot && MessageStore::Has(message);
  }
  // Releases such a one, of this tag. The slot is the caller's to let go of.
  void ReleaseAllButSlot(SteamNetworkingMessage_t *message, const SendTag &tag) {
    if (tag.segments != 0) {
      AddSegments(tag);
    }
    store_of_built_in.PutBack(message);
  }
  void LetGo(uint32_t pool, uint32_t slot);

 private:
  void (*const release_)(void *message);
  void AddSegments(const SendTag &tag);
  void FlushSegments();
  void FlushSlots();

  // What is done with and not accounted for yet: segments of one connection, and slots of one pool.
  SendTag tag_{};
  uint32_t segments_ = 0;
  uint32_t pool_ = 0;
  uint32_t slot_count_ = 0;
  std::array<uint32_t, Pool::kMostAtOnce> slots_;
};

}  // namespace steam_sockets
