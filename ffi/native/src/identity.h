// Identities as text, by which they are remembered.
#pragma once

#include <steam/steamnetworkingtypes.h>

#include <string>

namespace steam_sockets {

// In the SDK's text form.
std::string TextOf(const SteamNetworkingIdentity &identity);

}  // namespace steam_sockets
