// A library that stands in for steam_api where no Steam client runs: it is linked against Valve's own, so that every
// flat function is Valve's, and exports anew what needs a client: start, end, pipes, manual dispatch and accessors.
// Which objects the accessors give is up to the source that it is linked with: gns.cpp or recorder.cpp.
#pragma once

#include <steam/steam_api.h>
#include <steam/steam_gameserver.h>
#include <steam/steamnetworkingfakeip.h>

#include <cstddef>
#include <cstdint>

// The user of the Steam client, or the game server.
enum class Role { kUser, kServer };

// What a flavour of the library provides.
namespace provider {

// Null, or why it can't begin.
const char *Begin(Role role);
void End(Role role);
ISteamNetworkingSockets *Sockets(Role role);
ISteamNetworkingMessages *Messages(Role role);
ISteamNetworkingUtils *Utils();
// Has callbacks that are due posted.
void RunFrame(Role role);

}  // namespace provider

// Puts a callback into the pipe of a role that runs.
void Post(Role role, int32_t callback, const void *payload, size_t bytes);

// The game server, which notes what it is asked.
ISteamGameServer *RecordingGameServer();

// A message as a library makes it, with room for a payload. Released by itself.
SteamNetworkingMessage_t *NewMessage(int bytes);
