#include "gns.h"

#include <steam/steamnetworkingsockets.h>

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
  for (CSteamNetworkConnectionBase *connection : g_mapConnections.IterValues()) {
    const ConnectionScopeLock connection_lock(*connection);
    lingering += connection->GetState() == k_ESteamNetworkingConnectionState_Linger ? 1 : 0;
  }
  return lingering;
}

}  // namespace steam_sockets
