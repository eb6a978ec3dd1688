#include "message_store.h"

#include <algorithm>

namespace steam_sockets {

namespace {

// So many messages before one is taken it is asked for, so that it has come from the other processor's cache by then.
constexpr size_t kAhead = 6;

void AskFor(const SteamNetworkingMessage_t *message) {
  // Where it is written to before and while it is sent. The last of these is what the library has behind it.
  for (const size_t line : {0, 128, 192, 256}) {
    __builtin_prefetch(reinterpret_cast<const char *>(message) + line, 1);
  }
}

}  // namespace

MessageStore &store_of_built_in = *new MessageStore;

void MessageStore::Adopt(SteamNetworkingMessage_t *message) {
  delete_.store(message->m_pfnRelease, std::memory_order_relaxed);
  message->m_pfnRelease = OnRelease;
}

void MessageStore::CollectReturned() {
  List &all = returned_at_hand_;
  {
    const std::lock_guard<std::mutex> lock(lock_);
    all.insert(all.end(), returned_.begin(), returned_.end());
    returned_.clear();
    has_returned_.store(false, std::memory_order_relaxed);
  }
  if (all.size() > kMostKept) {
    const auto surplus = all.end() - kMostKept;
    std::for_each(all.begin(), surplus, [this](SteamNetworkingMessage_t *message) { Delete(message); });
    all.erase(all.begin(), surplus);
  }
}

SteamNetworkingMessage_t *MessageStore::TakeReturned() {
  SteamNetworkingMessage_t *const message = TakeLast(returned_at_hand_);
  if (returned_at_hand_.size() >= kAhead) {
    AskFor(returned_at_hand_[returned_at_hand_.size() - kAhead]);
  }
  return message;
}

void MessageStore::PutBackFromAnyThread(SteamNetworkingMessage_t *message) {
  {
    const std::lock_guard<std::mutex> lock(lock_);
    if (returned_.size() < kMostKept) {
      returned_.push_back(message);
      has_returned_.store(true, std::memory_order_relaxed);
      return;
    }
  }
  Delete(message);
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
  Collect();
  for (SteamNetworkingMessage_t *message = Take(); message != nullptr; message = Take()) {
    Delete(message);
  }
}

}  // namespace steam_sockets
