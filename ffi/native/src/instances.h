// Networks beside the first one of the GameNetworkingSockets that is built in: each has an identity, a certificate,
// connections, poll groups and sessions of its own. Handles, config options, the clock and the threads are the
// process's, so what goes by a handle goes through the first network, whosever it is.
#pragma once

#include <cstdint>

#include "library.h"

namespace steam_sockets {

// The number of the instance that has a connection; 0 for the first network's, and when there is no such connection.
int32_t InstanceOf(const Library &library, uint32_t connection);

// The ISteamNetworkingMessages of an instance, of the first network for 0; null when there is none.
void *MessagesOf(const Library &library, int32_t instance);

// Ends all instances of a library, which is about to end.
void EndInstancesOf(Library &library);

}  // namespace steam_sockets
