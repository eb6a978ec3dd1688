// What is particular about Steam: how it starts, and that its callbacks are fetched from a pipe.
#pragma once

#include <cstdint>
#include <vector>

#include "library.h"

namespace steam_sockets {

// Whether these are functions of Steam's library, for its user or for a game server.
bool IsSteam(const steam_sockets_functions &functions);

// Whether all of it is there that belongs to the one start they name.
bool CanStartSteam(const steam_sockets_functions &functions);

// Starts it, and has its callbacks wait in the pipe. False with a reason, and start.result set, when it refuses.
bool StartSteam(const steam_sockets_functions &functions, steam_sockets_start &start, char *reason);

// The other open libraries that have the same ISteamNetworkingUtils. Called with the OpeningLock.
std::vector<int32_t> CompanionsOf(const Library &library);

// Fetches every callback that waits, and keeps those that we tell of.
void FetchCallbacks(Library &library);

}  // namespace steam_sockets
