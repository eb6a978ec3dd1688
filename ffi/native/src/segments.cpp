#include "segments.h"

#include <steam/steamnetworkingtypes.h>

#include <algorithm>
#include <array>
#include <atomic>

#include "steam_sockets.h"

namespace steam_sockets {

namespace {

// A larger message is sent reliably, whatever its flags say.
constexpr uint32_t kMostUnreliableBytes = 15 * 1100;
constexpr uint32_t kSegmentBytes = 1000;
// As many as SendTag can hold; a message over UDP has far fewer.
constexpr uint32_t kMostOfOneMessage = 0xfff;

std::array<std::array<std::atomic<int32_t>, 0x10000>, STEAM_SOCKETS_LIBRARIES> under_way;

std::atomic<int32_t> &CountOf(uint8_t library, uint16_t connection) { return under_way[library][connection]; }

}  // namespace

uint16_t SegmentsOf(int32_t flags, uint32_t bytes) {
  if ((flags & k_nSteamNetworkingSend_Reliable) == 0 && bytes <= kMostUnreliableBytes) {
    return 0;
  }
  const uint32_t segments = bytes / kSegmentBytes + (bytes % kSegmentBytes != 0 ? 1 : 0) + 1;
  return static_cast<uint16_t>(std::min(segments, kMostOfOneMessage));
}

int32_t SegmentsUnderWay(uint8_t library, uint16_t connection) {
  return CountOf(library, connection).load(std::memory_order_relaxed);
}

bool AddSegments(uint8_t library, uint16_t connection, uint16_t segments) {
  std::atomic<int32_t> &count = CountOf(library, connection);
  if (count.load(std::memory_order_relaxed) + segments > STEAM_SOCKETS_SEGMENTS) {
    return false;
  }
  count.fetch_add(segments, std::memory_order_relaxed);
  return true;
}

void SubtractSegments(uint8_t library, uint16_t connection, uint16_t segments) {
  CountOf(library, connection).fetch_sub(segments, std::memory_order_relaxed);
}

}  // namespace steam_sockets
