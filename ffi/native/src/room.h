// Connections that refused a message because they were full.
#pragma once

#include "library.h"

namespace steam_sockets {

// Notes that a connection refused a message. Not when the message could never fit.
void AwaitRoom(Library &library, uint32_t connection, uint32_t bytes);

// Writes a record for each one that has room again, which is half of what it may have, and forgets it.
void TellOfRoom(Library &library);

}  // namespace steam_sockets
