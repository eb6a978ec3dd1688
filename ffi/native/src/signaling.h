// Signals: what the library wants said to peers over a channel of the application's own, and what came over it.
#pragma once

#include <cstdint>

#include "library.h"

namespace steam_sockets {

// Takes from a library that is about to end what makes its signaling: its options outlive it.
void EndSignaling(Library &library);

// Forgets what is known of the peers of a library that has ended.
void ForgetSignals(int32_t number);

// Has peers told once more of connections that were closed, as long as the library would tell them.
void RepeatEnds(Library &library);

}  // namespace steam_sockets
