// What the helper reads of a signal. The library's own message of protocol buffers, of which only a few fields matter
// here; all else is passed on as it is.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace steam_sockets {

// The virtual port of ISteamNetworkingMessages.
constexpr uint32_t kMessagesVirtualPort = 0x7fffffff;

struct Rendezvous {
  std::string_view from_identity;           // empty when it does not say
  std::optional<uint32_t> from_connection;  // the sender's number of the connection
  std::optional<uint32_t> to_connection;    // ours
  bool is_connect_request = false;
  std::optional<uint32_t> to_virtual_port;  // of a connect request
  bool has_messages = false;                // of the application: neither encrypted nor signed
};

// Reads a signal; nothing when it is none.
std::optional<Rendezvous> ReadRendezvous(std::string_view signal);

// A signal with the name of its sender added, for one that lacks it.
std::string WithSender(std::string_view signal, std::string_view identity);

}  // namespace steam_sockets
