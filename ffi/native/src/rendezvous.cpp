#include "rendezvous.h"

namespace steam_sockets {

namespace {

// Fields of CMsgSteamNetworkingP2PRendezvous and its ConnectRequest.
constexpr uint32_t kToConnection = 1;
constexpr uint32_t kConnectRequest = 4;
constexpr uint32_t kApplicationMessage = 15;
constexpr uint32_t kFromIdentity = 8;
constexpr uint32_t kFromConnection = 9;
constexpr uint32_t kToVirtualPort = 9;

enum WireType : uint32_t { kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5 };

struct Field {
  uint32_t number = 0;
  uint32_t type = 0;
  uint64_t value = 0;      // of varint and fixed32
  std::string_view bytes;  // of bytes
};

// Takes field after field off the front of a message.
class Reader {
 public:
  explicit Reader(std::string_view message) : rest_(message) {}

  bool AtEnd() const { return rest_.empty(); }

  // False when what follows is no field.
  bool Next(Field &field) {
    uint64_t key = 0;
    // The library's own reader takes a longer key for another one, by its lower bits.
    if (!Varint(key) || key > UINT32_MAX || key >> 3 == 0) {
      return false;
    }
    field = {static_cast<uint32_t>(key >> 3), static_cast<uint32_t>(key & 7), 0, {}};
    switch (field.type) {
      case kVarint:
        return Varint(field.value);
      case kFixed64:
        return Take(8, field.bytes);
      case kBytes: {
        uint64_t length = 0;
        return Varint(length) && Take(length, field.bytes);
      }
      case kFixed32:
        return Take(4, field.bytes) && Fixed32(field);
      default:
        return false;
    }
  }

 private:
  bool Varint(uint64_t &value) {
    value = 0;
    for (uint32_t shift = 0; shift < 64; shift += 7) {
      if (rest_.empty()) {
        return false;
      }
      const auto byte = static_cast<uint8_t>(rest_.front());
      rest_.remove_prefix(1);
      value |= static_cast<uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) {
        return true;
      }
    }
    return false;
  }

  bool Take(uint64_t length, std::string_view &bytes) {
    if (length > rest_.size()) {
      return false;
    }
    bytes = rest_.substr(0, static_cast<size_t>(length));
    rest_.remove_prefix(static_cast<size_t>(length));
    return true;
  }

  static bool Fixed32(Field &field) {
    for (size_t i = 4; i-- > 0;) {
      field.value = field.value << 8 | static_cast<uint8_t>(field.bytes[i]);
    }
    return true;
  }

  std::string_view rest_;
};

bool ReadConnectRequest(std::string_view message, Rendezvous &rendezvous) {
  Field field;
  for (Reader reader(message); !reader.AtEnd();) {
    if (!reader.Next(field)) {
      return false;
    }
    if (field.number == kToVirtualPort && field.type == kVarint) {
      rendezvous.to_virtual_port = static_cast<uint32_t>(field.value);
    }
  }
  rendezvous.is_connect_request = true;
  return true;
}

}  // namespace

std::optional<Rendezvous> ReadRendezvous(std::string_view signal) {
  Rendezvous rendezvous;
  Field field;
  for (Reader reader(signal); !reader.AtEnd();) {
    if (!reader.Next(field)) {
      return std::nullopt;
    }
    if (field.number == kFromIdentity && field.type == kBytes) {
      rendezvous.from_identity = field.bytes;
    } else if (field.number == kFromConnection && field.type == kFixed32) {
      rendezvous.from_connection = static_cast<uint32_t>(field.value);
    } else if (field.number == kToConnection && field.type == kFixed32) {
      rendezvous.to_connection = static_cast<uint32_t>(field.value);
    } else if (field.number == kApplicationMessage && field.type == kBytes) {
      rendezvous.has_messages = true;
    } else if (field.number == kConnectRequest && field.type == kBytes &&
               !ReadConnectRequest(field.bytes, rendezvous)) {
      return std::nullopt;
    }
  }
  return rendezvous;
}

std::string WithSender(std::string_view signal, std::string_view identity) {
  std::string whole(signal);
  whole += static_cast<char>(kFromIdentity << 3 | kBytes);
  // An identity's text has up to 127 bytes, so its length is one byte.
  whole += static_cast<char>(identity.size());
  whole += identity;
  return whole;
}

}  // namespace steam_sockets
