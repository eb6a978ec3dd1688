#include "message_store.h"

#include <steam/steamnetworkingtypes.h>

namespace steam_sockets {

namespace {

// Some 2 MB in each of the two lists.
constexpr uint32_t kMostKept = 8192;

SteamNetworkingMessage_t *Next(const SteamNetworkingMessage_t *message) {
  return static_cast<SteamNetworkingMessage_t *>(message->m_pData);
}

}  // namespace

MessageStore &store_of_built_in = *new MessageStore;

bool MessageStore::Has(const SteamNetworkingMessage_t &message) { return message.m_pfnRelease == OnRelease; }

void MessageStore::Adopt(SteamNetworkingMessage_t *message) {
  delete_.store(message->m_pfnRelease, std::memory_order_relaxed);
  message->m_pfnRelease = OnRelease;
}

SteamNetworkingMessage_t *MessageStore::Take() {
  if (at_hand_.empty() && !TakeReturned()) {
    return nullptr;
  }
  SteamNetworkingMessage_t *const message = at_hand_.back();
  at_hand_.pop_back();
  // The rest is set by who sends it, or was left alone.
  message->m_identityPeer.m_eType = k_ESteamNetworkingIdentityType_Invalid;
  message->m_identityPeer.m_cbSize = 0;
  message->m_nConnUserData = 0;
  message->m_usecTimeReceived = 0;
  message->m_nMessageNumber = 0;
  message->m_nChannel = -1;
  return message;
}

bool MessageStore::TakeReturned() {
  if (returned_.load(std::memory_order_relaxed) == nullptr) {
    return false;
  }
  returned_count_.store(0, std::memory_order_relaxed);
  for (auto *message = returned_.exchange(nullptr, std::memory_order_acquire); message != nullptr;) {
    at_hand_.push_back(message);
    message = Next(message);
  }
  return true;
}

void MessageStore::PutBack(SteamNetworkingMessage_t *message) {
  if (at_hand_.size() < kMostKept) {
    at_hand_.push_back(message);
  } else {
    Delete(message);
  }
}

void MessageStore::PutBackFromAnyThread(SteamNetworkingMessage_t *message) {
  if (returned_count_.fetch_add(1, std::memory_order_relaxed) >= kMostKept) {
    Delete(message);
    return;
  }
  // Nothing is read through `first`, so it does not matter whether it was taken and came back in between.
  SteamNetworkingMessage_t *first = returned_.load(std::memory_order_relaxed);
  do {
    message->m_pData = first;
  } while (!returned_.compare_exchange_weak(first, message, std::memory_order_release, std::memory_order_relaxed));
}

void MessageStore::Delete(SteamNetworkingMessage_t *message) {
  message->m_pData = nullptr;
  delete_.load(std::memory_order_relaxed)(message);
}

void MessageStore::OnRelease(SteamNetworkingMessage_t *message) {
  if (message->m_pData != nullptr && message->m_pfnFreeData != nullptr) {
    message->m_pfnFreeData(message);
  }
  store_of_built_in.PutBackFromAnyThread(message);
}

void MessageStore::Clear() {
  for (SteamNetworkingMessage_t *message = Take(); message != nullptr; message = Take()) {
    Delete(message);
  }
}

}  // namespace steam_sockets
