// Signals: what the library wants said to peers over a channel of the application's own, and what came over it.
#pragma once

#include <cstdint>

namespace steam_sockets {

// Forgets what is known of the peers of a library that has ended.
void ForgetSignals(int32_t number);

}  // namespace steam_sockets
