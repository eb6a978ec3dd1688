#include "gns.h"

#include <steam/steamnetworkingsockets.h>

#include <vector>

#include "steamnetworkingsockets/clientlib/csteamnetworkingsockets.h"
#include "steamnetworkingsockets/clientlib/steamnetworkingsockets_connections.h"

#ifndef STEAMNETWORKINGSOCKETS_ALLOW_DYNAMIC_SELFSIGNED_CERTS
#error "The helper and GameNetworkingSockets must be built with the same definitions"
#endif

namespace steam_sockets {

bool IsBuiltIn(const steam_sockets_functions &functions) { return functions.kill == &GameNetworkingSockets_Kill; }

int LingeringConnections() {
  using namespace SteamNetworkingSocketsLib;
  const SteamNetworkingGlobalLock global_lock("LingeringConnections");
  const TableScopeLock table_lock(g_tables_lock);
  int lingering = 0;
  for (const CSteamNetworkConnectionBase *connection : g_mapConnections.IterValues()) {
    lingering += connection->GetState() == k_ESteamNetworkingConnectionState_Linger ? 1 : 0;
  }
  return lingering;
}

namespace {

using namespace SteamNetworkingSocketsLib;

// Names a protected member, as only a derived class may.
struct SenderOf : CSteamNetworkConnectionBase {
  static SSNPSenderState &State(CSteamNetworkConnectionBase &connection) {
    return connection.*(&SenderOf::m_senderState);
  }
};

// Locks the connection, or answers null when there is none. The library takes these two locks in either order, so
// neither is waited for while the other is held.
CSteamNetworkConnectionBase *Lock(uint32_t handle, ConnectionScopeLock &connection_lock) {
  for (;;) {
    const TableScopeLock table_lock(g_tables_lock);
    const int index = g_mapConnections.Find(static_cast<uint16>(handle));
    if (!g_mapConnections.IsValidIndex(index)) {
      return nullptr;
    }
    CSteamNetworkConnectionBase *const connection = g_mapConnections[index];
    if (connection_lock.TryLock(*connection->m_pLock, 1, nullptr)) {
      return connection;
    }
  }
}

}  // namespace

int32_t ConfigureLanes(const steam_sockets_functions &functions, void *sockets, uint32_t connection, int32_t count,
                       const int32_t *priorities, const uint16_t *weights) {
  // What it sends on a ninth lane its peer can't read, and gives the connection up.
  constexpr int32_t kMostLanes = 8;
  if (count > kMostLanes) {
    return k_EResultInvalidParam;
  }
  ConnectionScopeLock lock;
  CSteamNetworkConnectionBase *const found = Lock(connection, lock);
  if (found == nullptr) {
    return functions.configure_lanes(sockets, connection, count, priorities, weights);
  }
  // The library sets every lane's priority class anew but that of the lane which comes first: it keeps its old one,
  // which may not exist any more. It is the first class. What the library refuses must leave all as it was.
  SSNPSenderState &sender = SenderOf::State(*found);
  std::vector<uint16> before;
  before.reserve(static_cast<size_t>(kMostLanes));
  for (auto &lane : sender.m_vecLanes) {
    before.push_back(lane.m_idxPriorityClass);
    lane.m_idxPriorityClass = 0;
  }
  const int32_t result = functions.configure_lanes(sockets, connection, count, priorities, weights);
  if (result != k_EResultOK) {
    for (size_t lane = 0; lane < before.size(); ++lane) {
      sender.m_vecLanes[static_cast<int>(lane)].m_idxPriorityClass = before[lane];
    }
  }
  return result;
}

}  // namespace steam_sockets
