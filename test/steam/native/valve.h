// Valve's own library, which this one is linked against.
#pragma once

#include <steam/steam_api.h>

// Its functions for addresses and identities ask it for ISteamNetworkingUtils themselves, and crash when it has none:
// from now on it gives them this one. Null, or why that can't be done.
const char *GiveUtilsToValve(ISteamNetworkingUtils *utils);
