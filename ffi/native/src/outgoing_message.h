// A message on its way out: what it is made of, and how it is let go of.
#pragma once

#include <array>
#include <cstdint>

#include "library.h"
#include "pool.h"
#include "send_tag.h"

struct SteamNetworkingMessage_t;

namespace steam_sockets {

// A message of the library without a payload, or null. The library's owner.
SteamNetworkingMessage_t *NewMessage(Library &library);

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

  // Whether it is one whose payload can outlive it; then it is released, and the payload is the caller's to let go of.
  bool ReleaseAllButSlot(SteamNetworkingMessage_t *message, SendTag &tag);
  void LetGo(uint32_t pool, uint32_t slot);

 private:
  void (*const release_)(void *message);
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
