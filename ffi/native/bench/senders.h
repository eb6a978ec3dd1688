// The two styles of sending: begin a payload, write it, push it, and send all that was pushed.
#pragma once

#include <array>
#include <vector>

#include "network.h"
#include "slot_pool.h"

namespace bench {

// More in one call make the library hold its lock for long; who has more calls again.
constexpr size_t kMostPerCall = 1024;

// Batches whose payloads the library sends from a pool.
class ZeroCopySender {
 public:
  ZeroCopySender(const Network &network, size_t slots, size_t slot_bytes)
      : pool_(slots, slot_bytes), network_(network) {}

  // Where to write the next payload; null when nothing more can be sent now.
  char *Begin() {
    if (count_ == kMostPerCall) {
      return nullptr;
    }
    payload_ = pool_.Take();
    return payload_;
  }

  void Push(HSteamNetConnection connection, int bytes, int flags) {
    SteamNetworkingMessage_t *const message = SteamAPI_ISteamNetworkingUtils_AllocateMessage(network_.Utils(), 0);
    pool_.Attach(message, payload_);
    message->m_cbSize = bytes;
    message->m_conn = connection;
    message->m_nFlags = flags;
    messages_[count_++] = message;
  }

  // Answers how many were sent.
  size_t Send() {
    SteamAPI_ISteamNetworkingSockets_SendMessages(network_.Sockets(), static_cast<int>(count_), messages_.data(),
                                                  results_.data(), true);
    size_t sent = 0;
    for (size_t i = 0; i < count_; ++i) {
      sent += results_[i] > 0 ? 1 : 0;
    }
    count_ = 0;
    return sent;
  }

 private:
  SlotPool pool_;
  const Network &network_;
  char *payload_ = nullptr;
  size_t count_ = 0;
  std::array<SteamNetworkingMessage_t *, kMostPerCall> messages_{};
  std::array<int64, kMostPerCall> results_{};
};

// One call a message, which copies the payload.
class CopySender {
 public:
  CopySender(const Network &network, size_t /*slots*/, size_t bytes) : network_(network), payload_(bytes) {}

  char *Begin() { return payload_.data(); }

  void Push(HSteamNetConnection connection, int bytes, int flags) {
    sent_ +=
        SteamAPI_ISteamNetworkingSockets_SendMessageToConnection(
            network_.Sockets(), connection, payload_.data(), static_cast<uint32>(bytes), flags, nullptr) == k_EResultOK
            ? 1
            : 0;
  }

  size_t Send() {
    const size_t sent = sent_;
    sent_ = 0;
    return sent;
  }

 private:
  const Network &network_;
  std::vector<char> payload_;
  size_t sent_ = 0;
};

}  // namespace bench
