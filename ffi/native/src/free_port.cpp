#include <algorithm>
#include <cstring>

#include "steam_sockets.h"

#if defined(_WIN32)
#include <winsock2.h>
#include <ws2tcpip.h>
#else
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>
#endif

namespace {

#if defined(_WIN32)
using Socket = SOCKET;
const Socket kNoSocket = INVALID_SOCKET;
void Close(Socket socket) { closesocket(socket); }
struct Winsock {
  Winsock() {
    WSADATA data;
    WSAStartup(MAKEWORD(2, 2), &data);
  }
  ~Winsock() { WSACleanup(); }
};
#else
using Socket = int;
constexpr Socket kNoSocket = -1;
void Close(Socket socket) { (void)close(socket); }
struct Winsock {};
#endif

// Binds to port 0, asks which port it became, and lets go of it.
template <typename Address>
uint16_t PortGivenTo(Socket socket, Address address, uint16_t Address::*port) {
  if (socket == kNoSocket) {
    return 0;
  }
  socklen_t length = sizeof address;
  auto *const generic = reinterpret_cast<sockaddr *>(&address);
  const bool bound = bind(socket, generic, length) == 0 && getsockname(socket, generic, &length) == 0;
  Close(socket);
  return bound ? ntohs(address.*port) : uint16_t{0};
}

bool IsMappedIPv4(const uint8_t *ipv6) {
  return std::all_of(ipv6, ipv6 + 10, [](uint8_t byte) { return byte == 0; }) && ipv6[10] == 0xff && ipv6[11] == 0xff;
}

}  // namespace

uint16_t steam_sockets_free_port(const uint8_t ipv6[16]) {
  [[maybe_unused]] const Winsock winsock{};
  if (IsMappedIPv4(ipv6)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    std::memcpy(&address.sin_addr, ipv6 + 12, 4);
    return PortGivenTo(socket(AF_INET, SOCK_DGRAM, 0), address, &sockaddr_in::sin_port);
  }
  const Socket dual = socket(AF_INET6, SOCK_DGRAM, 0);
  if (dual == kNoSocket) {
    // A machine without IPv6: every local address is then every local IPv4 address.
    sockaddr_in any{};
    any.sin_family = AF_INET;
    return PortGivenTo(socket(AF_INET, SOCK_DGRAM, 0), any, &sockaddr_in::sin_port);
  }
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  std::memcpy(&address.sin6_addr, ipv6, 16);
  const int only_ipv6 = 0;
  (void)setsockopt(dual, IPPROTO_IPV6, IPV6_V6ONLY, reinterpret_cast<const char *>(&only_ipv6), sizeof only_ipv6);
  return PortGivenTo(dual, address, &sockaddr_in6::sin6_port);
}
