// Messages of the library that was built in, used again. Making one and deleting it costs as much as a quarter of all
// that is done to send it, and the library itself calls for a remedy.
//
// A message of the store has a release function of ours, which puts it back in place of deleting it; the library calls
// no other. The store belongs to the thread that owns the library; messages come back from any thread.
#pragma once

#include <steam/steamnetworkingtypes.h>

#include <atomic>
#include <cstddef>
#include <mutex>
#include <vector>

namespace steam_sockets {

class MessageStore {
 public:
  // Takes in what has come back from other threads, for the messages that are sent next. The owner.
  void Collect() {
    if (has_returned_.load(std::memory_order_relaxed)) {
      CollectReturned();
    }
  }

  // A message as the library makes it for no payload, but for its fields that every sender sets; null when there is
  // none. The owner.
  SteamNetworkingMessage_t *Take() {
    SteamNetworkingMessage_t *const message = returned_at_hand_.empty() ? TakeLast(at_hand_) : TakeReturned();
    if (message == nullptr) {
      return nullptr;
    }
    // The rest is set by who sends it, or was left alone.
    message->m_identityPeer.m_eType = k_ESteamNetworkingIdentityType_Invalid;
    message->m_identityPeer.m_cbSize = 0;
    message->m_nConnUserData = 0;
    message->m_usecTimeReceived = 0;
    message->m_nMessageNumber = 0;
    message->m_nChannel = -1;
    return message;
  }

  // Makes a new message of the library's one that comes here when it is released.
  void Adopt(SteamNetworkingMessage_t *message);

  // Whether it is one that comes here.
  static bool Has(const SteamNetworkingMessage_t &message) { return message.m_pfnRelease == OnRelease; }

  // Takes back a message whose payload was let go of already. The owner.
  void PutBack(SteamNetworkingMessage_t *message) {
    if (at_hand_.size() < kMostKept) {
      at_hand_.push_back(message);
    } else {
      Delete(message);
    }
  }

  // Deletes what is in the store. The owner.
  void Clear();

 private:
  using List = std::vector<SteamNetworkingMessage_t *>;

  // Some 2 MB in each of the lists.
  static constexpr size_t kMostKept = 8192;

  // What came back last: it may be in the processor's cache still.
  static SteamNetworkingMessage_t *TakeLast(List &list) {
    if (list.empty()) {
      return nullptr;
    }
    SteamNetworkingMessage_t *const message = list.back();
    list.pop_back();
    return message;
  }

  static void OnRelease(SteamNetworkingMessage_t *message);
  void CollectReturned();
  SteamNetworkingMessage_t *TakeReturned();
  void PutBackFromAnyThread(SteamNetworkingMessage_t *message);
  void Delete(SteamNetworkingMessage_t *message);

  // The owner's: those that it has put back itself, and those that had come back from other threads.
  List at_hand_;
  List returned_at_hand_;
  std::mutex lock_;  // for those that have come back from other threads since
  List returned_;
  // Whether there are any, for a look without the lock.
  std::atomic<bool> has_returned_{false};
  // Always the same, and asked for by any thread.
  std::atomic<void (*)(SteamNetworkingMessage_t *message)> delete_{nullptr};
};

// There is one library built in, so there is one store. Never destroyed.
extern MessageStore &store_of_built_in;

}  // namespace steam_sockets
