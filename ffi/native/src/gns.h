// What the helper asks of the GameNetworkingSockets that it was built together with, beyond the flat functions.
#pragma once

#include <cstdint>

#include "steam_sockets.h"

namespace steam_sockets {

// Whether these are the functions of the library that was built in.
bool IsBuiltIn(const steam_sockets_functions &functions);

// How many connections of the built-in library have been closed by us and still flush reliable data.
int LingeringConnections();

// Calls configure_lanes of the built-in library, with mistakes of it mended that can end the process or
// the connection.
int32_t ConfigureLanes(const steam_sockets_functions &functions, void *sockets, uint32_t connection, int32_t count,
                       const int32_t *priorities, const uint16_t *weights);

}  // namespace steam_sockets
