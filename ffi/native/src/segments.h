// How many reliable segments each connection has under way. Too many, and the library ends the process.
#pragma once

#include <cstdint>

namespace steam_sockets {

// How many segments a message takes; 0 for one that is not sent reliably.
uint16_t SegmentsOf(int32_t flags, uint32_t bytes);

// Connections of a library are told apart by the low half of their handles, as the library itself does. Should two
// ever share a count, they are held back early; nothing is sent too much.
int32_t SegmentsUnderWay(uint8_t library, uint16_t connection);

// Adds them unless that is more than a connection may have. The library's owner thread.
bool AddSegments(uint8_t library, uint16_t connection, uint16_t segments);

// Takes off what is done with. Any thread.
void SubtractSegments(uint8_t library, uint16_t connection, uint32_t segments);

}  // namespace steam_sockets
