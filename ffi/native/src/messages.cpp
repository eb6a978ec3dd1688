#include "messages.h"

#include <steam/steamnetworkingtypes.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace steam_sockets {

namespace {

// SendMessages takes stack memory for each message, so a batch goes out in parts of this size.
constexpr int32_t kSendPart = 1024;
constexpr int32_t kReceivePart = 256;

static_assert(sizeof(SteamNetworkingIdentity) == sizeof(steam_sockets_received::identity));

int32_t ReceiveFrom(Library &library, int32_t source, uint32_t handle, SteamNetworkingMessage_t **messages,
                    int32_t maximum) {
  auto *const receive = source == STEAM_SOCKETS_FROM_CONNECTION ? library.functions.receive_on_connection
                                                                : library.functions.receive_on_poll_group;
  return receive(library.sockets, handle, reinterpret_cast<void **>(messages), maximum);
}

uint32_t PayloadBytes(const SteamNetworkingMessage_t &message) {
  return static_cast<uint32_t>(std::max(message.m_cbSize, 0));
}

void FillRow(steam_sockets_received &row, const SteamNetworkingMessage_t &message, uint32_t offset) {
  row.connection = message.m_conn;
  row.bytes = PayloadBytes(message);
  row.offset = offset;
  row.flags = message.m_nFlags;
  row.channel = message.m_nChannel;
  row.lane = message.m_idxLane;
  row.reserved = 0;
  row.user_data = message.m_nConnUserData;
  row.message_number = message.m_nMessageNumber;
  row.time_received = message.m_usecTimeReceived;
  std::memcpy(row.identity, &message.m_identityPeer, sizeof row.identity);
}

// Rows and payloads of one call, written one message after the other.
class Batch {
 public:
  Batch(steam_sockets_received *rows, int32_t maximum, void *arena, uint32_t arena_bytes)
      : rows_(rows), maximum_(maximum), arena_(static_cast<char *>(arena)), arena_bytes_(arena_bytes) {}

  bool Fits(const SteamNetworkingMessage_t &message) const { return PayloadBytes(message) <= arena_bytes_ - used_; }

  void Take(const SteamNetworkingMessage_t &message) {
    FillRow(rows_[count_], message, used_);
    if (message.m_cbSize > 0) {
      std::memcpy(arena_ + used_, message.m_pData, PayloadBytes(message));
    }
    // Payloads start at multiples of 8, so that a view of any type can be made over one.
    used_ = std::min<uint32_t>(arena_bytes_, used_ + ((PayloadBytes(message) + 7) & ~7U));
    ++count_;
  }

  int32_t count() const { return count_; }
  int32_t left() const { return maximum_ - count_; }

 private:
  steam_sockets_received *const rows_;
  const int32_t maximum_;
  char *const arena_;
  const uint32_t arena_bytes_;
  uint32_t used_ = 0;
  int32_t count_ = 0;
};

void TakeHeld(Library &library, Batch &batch) {
  std::vector<SteamNetworkingMessage_t *> &held = library.held.messages;
  while (!held.empty() && batch.left() > 0 && batch.Fits(*held.back())) {
    batch.Take(*held.back());
    library.functions.release_message(held.back());
    held.pop_back();
  }
}

// The connections to which a message of an earlier part failed.
class FailedConnections {
 public:
  bool Has(uint32_t connection) const {
    return std::binary_search(connections_.begin(), connections_.end(), connection);
  }
  void Note(const steam_sockets_outgoing *messages, int32_t count) {
    for (int32_t i = 0; i < count; ++i) {
      if (messages[i].result <= 0 && !Has(messages[i].connection)) {
        const auto at = std::lower_bound(connections_.begin(), connections_.end(), messages[i].connection);
        connections_.insert(at, messages[i].connection);
      }
    }
  }

 private:
  std::vector<uint32_t> connections_;
};

void SendPart(const Library &library, steam_sockets_outgoing *messages, int32_t count, const char *payloads,
              const FailedConnections &failed) {
  std::array<void *, kSendPart> pointers;
  std::array<int64_t, kSendPart> results;
  std::array<int32_t, kSendPart> indices;
  int32_t tried = 0;
  for (int32_t i = 0; i < count; ++i) {
    steam_sockets_outgoing &outgoing = messages[i];
    outgoing.result = 0;
    if (failed.Has(outgoing.connection)) {
      continue;
    }
    auto *const message = static_cast<SteamNetworkingMessage_t *>(
        library.functions.allocate_message(library.utils, static_cast<int32_t>(outgoing.bytes)));
    if (message == nullptr) {
      outgoing.result = -k_EResultFail;
      continue;
    }
    if (outgoing.bytes > 0) {
      std::memcpy(message->m_pData, payloads + outgoing.offset, outgoing.bytes);
    }
    message->m_conn = outgoing.connection;
    message->m_nFlags = outgoing.flags;
    message->m_idxLane = outgoing.lane;
    pointers[static_cast<size_t>(tried)] = message;
    indices[static_cast<size_t>(tried)] = i;
    ++tried;
  }
  if (tried == 0) {
    return;
  }
  // Libraries with the older, four-argument SendMessages ignore the last one and behave as `true` says.
  library.functions.send_messages(library.sockets, tried, pointers.data(), results.data(), true);
  for (int32_t i = 0; i < tried; ++i) {
    messages[indices[static_cast<size_t>(i)]].result = results[static_cast<size_t>(i)];
  }
}

}  // namespace

void ReleaseHeld(Library &library) {
  for (SteamNetworkingMessage_t *message : library.held.messages) {
    library.functions.release_message(message);
  }
  library.held.messages.clear();
}

}  // namespace steam_sockets

using namespace steam_sockets;

int32_t steam_sockets_receive(int32_t number, uint32_t epoch, int32_t source, uint32_t handle,
                              steam_sockets_received *rows, int32_t maximum, void *arena, uint32_t arena_bytes,
                              uint32_t *needed) {
  Library *const library = OpenLibrary(number, epoch);
  if (library == nullptr) {
    return STEAM_SOCKETS_NOT_OPEN;
  }
  if ((source != STEAM_SOCKETS_FROM_CONNECTION && source != STEAM_SOCKETS_FROM_POLL_GROUP) || rows == nullptr ||
      maximum < 0 || (arena == nullptr && arena_bytes > 0) || needed == nullptr) {
    return STEAM_SOCKETS_BAD_ARGUMENT;
  }
  *needed = 0;
  HeldMessages &held = library->held;
  if (held.source != source || held.handle != handle) {
    ReleaseHeld(*library);
    held.source = source;
    held.handle = handle;
  }
  Batch batch(rows, maximum, arena, arena_bytes);
  TakeHeld(*library, batch);
  while (held.messages.empty() && batch.left() > 0) {
    std::array<SteamNetworkingMessage_t *, kReceivePart> part;
    const int32_t wanted = std::min(kReceivePart, batch.left());
    const int32_t received = ReceiveFrom(*library, source, handle, part.data(), wanted);
    if (received < 0) {
      return batch.count() > 0 ? batch.count() : static_cast<int32_t>(STEAM_SOCKETS_NO_HANDLE);
    }
    held.messages.assign(std::make_reverse_iterator(part.begin() + received), part.rend());
    TakeHeld(*library, batch);
    if (received < wanted) {
      break;
    }
  }
  if (!held.messages.empty()) {
    *needed = PayloadBytes(*held.messages.back());
  }
  return batch.count();
}

int32_t steam_sockets_send(int32_t number, uint32_t epoch, steam_sockets_outgoing *messages, int32_t count,
                           const void *payloads, uint32_t payload_bytes) {
  Library *const library = OpenLibrary(number, epoch);
  if (library == nullptr) {
    return STEAM_SOCKETS_NOT_OPEN;
  }
  if (count < 0 || (count > 0 && messages == nullptr) || (payloads == nullptr && payload_bytes > 0)) {
    return STEAM_SOCKETS_BAD_ARGUMENT;
  }
  for (int32_t i = 0; i < count; ++i) {
    if (messages[i].offset > payload_bytes || messages[i].bytes > payload_bytes - messages[i].offset ||
        messages[i].bytes > INT32_MAX) {
      return STEAM_SOCKETS_BAD_ARGUMENT;
    }
  }
  FailedConnections failed;
  for (int32_t sent = 0; sent < count; sent += kSendPart) {
    const int32_t part = std::min(kSendPart, count - sent);
    SendPart(*library, messages + sent, part, static_cast<const char *>(payloads), failed);
    failed.Note(messages + sent, part);
  }
  return 0;
}
