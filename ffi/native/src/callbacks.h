// The native functions that the library calls back: each writes a record and returns.
#pragma once

#include <cstdint>

#include "library.h"

namespace steam_sockets {

// Has every callback that waits in the library come into its rings. The library must be open.
void RunCallbacks(Library &library);

// Hands the library our functions for every callback that it makes. It must have been started.
void SetCallbacks(int32_t number);

// Takes or gives up the library's debug output. Complaints are always taken, so that a refused call can be explained.
void SetDebugOutput(int32_t number, bool take);

}  // namespace steam_sockets
