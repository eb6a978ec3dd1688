// The native functions that the library calls back: each writes a record and returns.
#pragma once

#include <cstdint>

namespace steam_sockets {

// Hands the library our functions for every callback that it makes. It must have been started.
void SetCallbacks(int32_t number);

// Takes or gives up the library's debug output. Complaints are always taken, so that a refused call can be explained.
void SetDebugOutput(int32_t number, bool take);

}  // namespace steam_sockets
