// The fake UDP ports of a library, by number: JavaScript hands in no address when it receives.
#include <algorithm>

#include "library.h"

using namespace steam_sockets;

int32_t steam_sockets_fake_port_open(int32_t number, uint32_t epoch, void *port) {
  Library *const library = OpenLibrary(number, epoch);
  if (library == nullptr) {
    return STEAM_SOCKETS_NOT_OPEN;
  }
  if (port == nullptr) {
    return STEAM_SOCKETS_BAD_ARGUMENT;
  }
  std::vector<void *> &ports = library->fake_ports;
  const auto known = std::find(ports.begin(), ports.end(), port);
  const auto place = known != ports.end() ? known : std::find(ports.begin(), ports.end(), nullptr);
  const auto index = static_cast<int32_t>(place - ports.begin());
  if (place == ports.end()) {
    ports.push_back(port);
  } else {
    *place = port;
  }
  return index;
}

int32_t steam_sockets_fake_port_close(int32_t number, uint32_t epoch, uint32_t port) {
  Library *const library = OpenLibrary(number, epoch);
  if (library == nullptr) {
    return STEAM_SOCKETS_NOT_OPEN;
  }
  if (port >= library->fake_ports.size() || library->fake_ports[port] == nullptr) {
    return STEAM_SOCKETS_NO_HANDLE;
  }
  library->fake_ports[port] = nullptr;
  return 0;
}
