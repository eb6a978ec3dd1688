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

// In all, both round and round. Only the library's owner adds, so that costs it nothing.
struct Count {
  std::atomic<uint32_t> added{0};
  std::atomic<uint32_t> done{0};
};

std::array<std::array<Count, 0x10000>, STEAM_SOCKETS_LIBRARIES> counts;

Count &CountOf(uint8_t library, uint16_t connection) { return counts[library][connection]; }

}  // namespace

uint16_t SegmentsOf(int32_t flags, uint32_t bytes) {
  if ((flags & k_nSteamNetworkingSend_Reliable) == 0 && bytes <= kMostUnreliableBytes) {
    return 0;
  }
  const uint32_t segments = bytes / kSegmentBytes + (bytes % kSegmentBytes != 0 ? 1 : 0) + 1;
  return static_cast<uint16_t>(std::min(segments, kMostOfOneMessage));
}

int32_t SegmentsUnderWay(uint8_t library, uint16_t connection) {
  const Count &count = CountOf(library, connection);
  return static_cast<int32_t>(count.added.load(std::memory_order_relaxed) - count.done.load(std::memory_order_relaxed));
}

bool AddSegments(uint8_t library, uint16_t connection, uint16_t segments) {
  if (SegmentsUnderWay(library, connection) + segments > STEAM_SOCKETS_SEGMENTS) {
    return false;
  }
  std::atomic<uint32_t> &added = CountOf(library, connection).added;
  added.store(added.load(std::memory_order_relaxed) + segments, std::memory_order_relaxed);
  return true;
}

void SubtractSegments(uint8_t library, uint16_t connection, uint32_t segments) {
  CountOf(library, connection).done.fetch_add(segments, std::memory_order_relaxed);
}

}  // namespace steam_sockets
