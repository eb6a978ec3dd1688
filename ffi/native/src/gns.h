// What the helper asks of the GameNetworkingSockets that it was built together with, beyond the flat functions.
#pragma once

#include "steam_sockets.h"

namespace steam_sockets {

// Whether these are the functions of the library that was built in.
bool IsBuiltIn(const steam_sockets_functions &functions);

// How many connections of the built-in library have been closed by us and still flush reliable data.
int LingeringConnections();

}  // namespace steam_sockets
