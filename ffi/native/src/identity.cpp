#include "identity.h"

#include <steam/isteamnetworkingutils.h>

#include <array>

namespace steam_sockets {

std::string TextOf(const SteamNetworkingIdentity &identity) {
  std::array<char, SteamNetworkingIdentity::k_cchMaxString> text{};
  SteamNetworkingIdentity_ToString(&identity, text.data(), text.size());
  return text.data();
}

}  // namespace steam_sockets
