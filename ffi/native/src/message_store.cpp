#include "message_store.h"

namespace steam_sockets {

namespace {

SteamNetworkingMessage_t *Next(const SteamNetworkingMessage_t *message) {
  return static_cast<SteamNetworkingMessage_t *>(message->m_pData);
}

}  // namespace

MessageStore &store_of_built_in = *new MessageStore;

void MessageStore::Adopt(SteamNetworkingMessage_t *message) {
  delete_.store(message->m_pfnRelease, std::memory_order_relaxed);
  message->m_pfnRelease = OnRelease;
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
