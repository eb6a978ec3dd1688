// Rows to send and an inbox to receive with, as ffi/ would make them.
#pragma once

#include <steam/steamnetworkingtypes.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include "library_test.h"

namespace traffic_test {

using library_test::Opened;

constexpr int32_t kReliable = k_nSteamNetworkingSend_ReliableNoNagle;
constexpr int32_t kUnreliable = k_nSteamNetworkingSend_UnreliableNoNagle;

inline std::string TextOf(size_t i, size_t bytes) {
  std::string text(bytes, '\0');
  for (size_t at = 0; at < bytes; ++at) {
    text[at] = static_cast<char>('a' + (i * 31 + at) % 26);
  }
  return text;
}

inline steam_sockets_outgoing Row(uint32_t connection, uint32_t place, size_t bytes, bool copied) {
  steam_sockets_outgoing row{};
  row.connection = connection;
  row.flags = kReliable;
  row.place = place;
  row.bytes = static_cast<uint32_t>(bytes);
  row.references = copied ? 0 : 1;
  row.copied = copied ? 1 : 0;
  row.result = INT64_MIN;
  return row;
}

inline steam_sockets_outgoing CopyRow(uint32_t connection, uint32_t offset, size_t bytes) {
  return Row(connection, offset, bytes, true);
}

inline steam_sockets_outgoing SlotRow(uint32_t connection, uint32_t slot, size_t bytes) {
  return Row(connection, slot, bytes, false);
}

inline int32_t Send(const Opened &library, int32_t pool, std::vector<steam_sockets_outgoing> &rows,
                    const std::string &copies = {}, bool keep_failed = false) {
  return steam_sockets_send(library.number, library.epoch, pool, rows.data(), static_cast<int32_t>(rows.size()),
                            copies.data(), static_cast<uint32_t>(copies.size()), keep_failed);
}

// Sends copies of a text, up to `count`, and answers how many were sent.
inline int32_t SendCopies(const Opened &library, uint32_t connection, const std::string &text, size_t count) {
  std::vector<steam_sockets_outgoing> rows(count, CopyRow(connection, 0, text.size()));
  return Send(library, -1, rows, text);
}

inline int32_t SegmentsOf(const Opened &library, uint32_t connection) {
  return steam_sockets_segments(library.number, library.epoch, connection);
}

// Waits until something holds, at most so long. Answers whether it did.
template <typename Condition>
bool Await(Condition condition, int32_t milliseconds = 5000) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(milliseconds);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) {
      return false;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

// An inbox, and columns of some capacity.
struct Inbox {
  int32_t number = steam_sockets_inbox_open();
  std::vector<char> arena;
  std::vector<uint32_t> connection, bytes, window, offset, identity, lane;
  std::vector<int32_t> flags, channel;
  std::vector<int64_t> user_data, message_number, time_received, address;
  std::vector<SteamNetworkingIdentity> identities;
  steam_sockets_columns columns{};
  int32_t count = 0;

  Inbox(size_t capacity, size_t arena_bytes)
      : arena(arena_bytes),
        connection(capacity),
        bytes(capacity),
        window(capacity),
        offset(capacity),
        identity(capacity),
        lane(capacity),
        flags(capacity),
        channel(capacity),
        user_data(capacity),
        message_number(capacity),
        time_received(capacity),
        address(capacity),
        identities(capacity) {
    columns.capacity = static_cast<uint32_t>(capacity);
    columns.arena_bytes = static_cast<uint32_t>(arena_bytes);
    columns.arena = arena.data();
    columns.connection = connection.data();
    columns.bytes = bytes.data();
    columns.window = window.data();
    columns.offset = offset.data();
    columns.identity = identity.data();
    columns.flags = flags.data();
    columns.channel = channel.data();
    columns.lane = lane.data();
    columns.user_data = user_data.data();
    columns.message_number = message_number.data();
    columns.time_received = time_received.data();
    columns.address = address.data();
    columns.identities = identities.data();
  }
  Inbox(const Inbox &) = delete;
  Inbox &operator=(const Inbox &) = delete;
  ~Inbox() { (void)steam_sockets_inbox_close(number); }

  int32_t Receive(const Opened &library, uint32_t from, uint32_t copy_up_to,
                  int32_t source = STEAM_SOCKETS_FROM_CONNECTION, int32_t maximum = -1) {
    count = steam_sockets_receive(library.number, library.epoch, number, source, from, &columns,
                                  maximum < 0 ? static_cast<int32_t>(columns.capacity) : maximum, copy_up_to);
    return count;
  }

  bool IsInArena(size_t i) const { return window[i] == STEAM_SOCKETS_IN_ARENA; }
  bool IsInPool(size_t i) const { return (window[i] & STEAM_SOCKETS_IN_POOL) != 0; }

  // Where an entry says that its payload lies.
  const char *Payload(size_t i) const {
    if (IsInArena(i)) {
      return arena.data() + offset[i];
    }
    if (IsInPool(i)) {
      steam_sockets_window of_pool{};
      (void)steam_sockets_pool_window(static_cast<int32_t>(window[i] & ~STEAM_SOCKETS_IN_POOL), &of_pool);
      const char *const start = static_cast<char *>(of_pool.address);
      const char *const payload =
          start + static_cast<steam_sockets_pool_memory *>(of_pool.address)->first_slot + offset[i];
      steam_sockets_let_go(of_pool.address, of_pool.context);
      return payload;
    }
    const char *payload = nullptr;
    std::memcpy(static_cast<void *>(&payload), &address[i], sizeof payload);
    return payload;
  }

  std::string Text(size_t i) const { return {Payload(i), bytes[i]}; }

  std::vector<std::string> Texts() const {
    std::vector<std::string> texts;
    texts.reserve(static_cast<size_t>(std::max(count, 0)));
    for (int32_t i = 0; i < count; ++i) {
      texts.push_back(Text(static_cast<size_t>(i)));
    }
    return texts;
  }

  // Receives until so many messages came, at most five seconds long.
  std::vector<std::string> ReceiveAll(const Opened &library, uint32_t from, size_t wanted, uint32_t copy_up_to) {
    std::vector<std::string> all;
    (void)Await([&] {
      while (Receive(library, from, copy_up_to) > 0) {
        for (std::string &text : Texts()) {
          all.push_back(std::move(text));
        }
      }
      return all.size() >= wanted;
    });
    return all;
  }
};

// So that a loopback connection takes what is sent at once.
inline void RaiseLimits() {
  SteamNetworkingUtils()->SetGlobalConfigValueInt32(k_ESteamNetworkingConfig_SendRateMin, 100 << 20);
  SteamNetworkingUtils()->SetGlobalConfigValueInt32(k_ESteamNetworkingConfig_SendRateMax, 100 << 20);
  SteamNetworkingUtils()->SetGlobalConfigValueInt32(k_ESteamNetworkingConfig_SendBufferSize, 64 << 20);
  SteamNetworkingUtils()->SetGlobalConfigValueInt32(k_ESteamNetworkingConfig_RecvBufferSize, 64 << 20);
  SteamNetworkingUtils()->SetGlobalConfigValueInt32(k_ESteamNetworkingConfig_RecvBufferMessages, 1 << 20);
}

}  // namespace traffic_test
