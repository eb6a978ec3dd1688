// What a message that we send carries with it, in its user data, until its free function is called.
#pragma once

#include <cstdint>

namespace steam_sockets {

struct SendTag {
  uint16_t connection;  // low half of the handle
  uint16_t segments;    // up to 4,095
  uint8_t library;      // up to 3
  uint16_t pool;        // place in the registry, up to 4,095
  uint32_t slot;        // up to 2^22 - 1

  int64_t Pack() const {
    return static_cast<int64_t>(uint64_t{connection} | uint64_t{segments} << 16 | uint64_t{library} << 28 |
                                uint64_t{pool} << 30 | uint64_t{slot} << 42);
  }

  static SendTag Unpack(int64_t packed) {
    const auto bits = static_cast<uint64_t>(packed);
    return {static_cast<uint16_t>(bits), static_cast<uint16_t>(bits >> 16 & 0xfff),
            static_cast<uint8_t>(bits >> 28 & 3), static_cast<uint16_t>(bits >> 30 & 0xfff),
            static_cast<uint32_t>(bits >> 42)};
  }
};

}  // namespace steam_sockets
