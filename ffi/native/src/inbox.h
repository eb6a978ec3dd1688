// Messages that were received and whose payload was not copied: held until their reader is done.
#pragma once

#include <atomic>
#include <cstdint>
#include <vector>

#include "registry.h"
#include "steam_sockets.h"

struct SteamNetworkingMessage_t;

namespace steam_sockets {

struct HeldSlot {
  uint32_t pool;  // its place
  uint32_t slot;
};

struct Inbox {
  std::atomic<uint64_t> owner{0};  // who holds a number that is no more may ask, too
  int32_t library = -1;            // whose messages they are
  void (*release)(void *message) = nullptr;
  std::vector<SteamNetworkingMessage_t *> held;
  std::vector<HeldSlot> slots;  // of messages of ours, of which nothing but the payload is needed any more
};

using Inboxes = Registry<Inbox, 4096>;

// Releases what inboxes hold of a library that is about to end.
void ReleaseHeldOf(int32_t library);

// Gives up what inboxes of a thread that ends hold. JavaScript may have handed its memory to another thread.
void LeaveHeldOf(uint64_t thread);

// Ends the inboxes of a thread that ends.
void CloseInboxesOf(uint64_t thread);

}  // namespace steam_sockets
