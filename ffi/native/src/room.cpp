#include "room.h"

#include <steam/isteamnetworkingutils.h>

#include "instances.h"
#include "segments.h"

namespace steam_sockets {

namespace {

enum class Room { kNone, kEnough, kGone };

// How many bytes may wait to be sent; negative when there is no such connection.
int32_t SendBufferOf(const Library &library, uint32_t connection) {
  int32_t send_buffer = 0;
  size_t bytes = sizeof send_buffer;
  int32_t type = 0;
  return library.functions.config_value(library.utils, k_ESteamNetworkingConfig_SendBufferSize,
                                        k_ESteamNetworkingConfig_Connection, connection, &type, &send_buffer,
                                        &bytes) < 0
             ? -1
             : send_buffer;
}

Room RoomOf(const Library &library, uint32_t connection) {
  const steam_sockets_functions &functions = library.functions;
  SteamNetConnectionRealTimeStatus_t status;
  if (functions.real_time_status(library.sockets, connection, &status, 0, nullptr) != k_EResultOK ||
      status.m_eState == k_ESteamNetworkingConnectionState_ClosedByPeer ||
      status.m_eState == k_ESteamNetworkingConnectionState_ProblemDetectedLocally) {
    return Room::kGone;
  }
  const int32_t send_buffer = SendBufferOf(library, connection);
  if (send_buffer < 0) {
    return Room::kGone;
  }
  const int64_t pending = int64_t{status.m_cbPendingReliable} + status.m_cbPendingUnreliable;
  const int32_t segments = SegmentsUnderWay(library.number, static_cast<uint16_t>(connection));
  return pending <= send_buffer / 2 && segments <= STEAM_SOCKETS_SEGMENTS / 2 ? Room::kEnough : Room::kNone;
}

}  // namespace

void AwaitRoom(Library &library, uint32_t connection, uint32_t bytes) {
  if (static_cast<int64_t>(bytes) <= SendBufferOf(library, connection)) {
    library.full.insert(connection);
  }
}

void TellOfRoom(Library &library) {
  for (auto connection = library.full.begin(); connection != library.full.end();) {
    const Room room = RoomOf(library, *connection);
    if (room == Room::kEnough) {
      library.events.Push(STEAM_SOCKETS_DRAINED, InstanceOf(library, *connection), &*connection, sizeof *connection);
    }
    connection = room == Room::kNone ? ++connection : library.full.erase(connection);
  }
}

}  // namespace steam_sockets
