// Batches of messages, one call each.
#pragma once

#include "library.h"

namespace steam_sockets {

// Releases what was received and never fetched.
void ReleaseHeld(Library &library);

}  // namespace steam_sockets
