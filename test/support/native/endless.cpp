// Stands before GameNetworkingSockets and takes every message to a user, of which as many bytes are under way as it is
// told. All else is the library's own.
#include <atomic>
#include <cstdint>

namespace {

std::atomic<int32_t> outstanding{0};
std::atomic<uint32_t> messages{0};
std::atomic<uint32_t> questions{0};

constexpr int kPendingReliable = 10;
constexpr int kSentUnacknowledged = 11;

}  // namespace

#define EXPORTED __attribute__((visibility("default")))

extern "C" {

EXPORTED int32_t SteamAPI_ISteamNetworkingMessages_SendMessageToUser(void *, const void *, const void *, uint32_t, int,
                                                                     int) {
  ++messages;
  return 1;
}

EXPORTED int32_t SteamAPI_ISteamNetworkingMessages_GetSessionConnectionInfo(void *, const void *, void *,
                                                                            int32_t *status) {
  ++questions;
  status[kPendingReliable] = outstanding / 2;
  status[kSentUnacknowledged] = outstanding - outstanding / 2;
  return 3;
}

EXPORTED void endless_set_outstanding(int32_t bytes) { outstanding = bytes; }
EXPORTED uint32_t endless_messages(void) { return messages; }
EXPORTED uint32_t endless_questions(void) { return questions; }

}
