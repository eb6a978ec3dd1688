// Messages as a library makes them.
#include <cstdlib>

#include "notes.h"
#include "shim.h"

namespace {

int alive = 0;

struct Message : SteamNetworkingMessage_t {
  Message() = default;
};

void FreePayload(SteamNetworkingMessage_t *message) { std::free(message->m_pData); }

void Release(SteamNetworkingMessage_t *message) {
  if (message->m_pData != nullptr && message->m_pfnFreeData != nullptr) {
    message->m_pfnFreeData(message);
  }
  --alive;
  delete static_cast<Message *>(message);
}

}  // namespace

SteamNetworkingMessage_t *NewMessage(int bytes) {
  auto *const message = new Message{};
  message->m_pfnRelease = Release;
  message->m_cbSize = bytes;
  message->m_pData = bytes > 0 ? std::malloc(static_cast<size_t>(bytes)) : nullptr;
  message->m_pfnFreeData = bytes > 0 ? FreePayload : nullptr;
  ++alive;
  return message;
}

// How many messages were made and not released.
EXPORT int32_t steam_shim_messages_alive() { return alive; }
