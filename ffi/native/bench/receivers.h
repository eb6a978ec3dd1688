// The two styles of receiving a batch: read the payloads in place, or copy each out first.
#pragma once

#include <array>
#include <cstring>
#include <vector>

#include "network.h"

namespace bench {

constexpr int kMostReceived = 1024;

// Reads payloads where they lie.
class ZeroCopyReader {
 public:
  static const char *Read(const SteamNetworkingMessage_t *message) {
    return static_cast<const char *>(message->m_pData);
  }
};

// Copies payloads into memory of the application, as most programs do.
class CopyReader {
 public:
  const char *Read(const SteamNetworkingMessage_t *message) {
    const auto bytes = static_cast<size_t>(message->m_cbSize);
    if (payload_.size() < bytes) {
      payload_.resize(bytes);
    }
    std::memcpy(payload_.data(), message->m_pData, bytes);
    return payload_.data();
  }

 private:
  std::vector<char> payload_;
};

template <typename Reader>
class Receiver {
 public:
  explicit Receiver(const Network &network, size_t /*slots*/ = 0, size_t /*bytes*/ = 0) : network_(network) {}

  // Receives what waits in the poll group, up to kMostReceived messages, and answers how many they were.
  template <typename Take>
  int FromPollGroup(Take take) {
    return Each(SteamAPI_ISteamNetworkingSockets_ReceiveMessagesOnPollGroup(network_.Sockets(), network_.PollGroup(),
                                                                            messages_.data(), kMostReceived),
                take);
  }

  template <typename Take>
  int FromConnection(HSteamNetConnection connection, int most, Take take) {
    return Each(SteamAPI_ISteamNetworkingSockets_ReceiveMessagesOnConnection(network_.Sockets(), connection,
                                                                             messages_.data(), most),
                take);
  }

 private:
  template <typename Take>
  int Each(int count, Take &take) {
    for (int i = 0; i < count; ++i) {
      SteamNetworkingMessage_t *const message = messages_[static_cast<size_t>(i)];
      take(reader_.Read(message), *message);
      SteamAPI_SteamNetworkingMessage_t_Release(message);
    }
    return count;
  }

  const Network &network_;
  Reader reader_;
  std::array<SteamNetworkingMessage_t *, kMostReceived> messages_{};
};

}  // namespace bench
