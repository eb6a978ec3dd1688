// Proves of what the library tells, on the real library:
//  - status events and debug output come out of their rings;
//  - a complaint is told once, on the thread whose call it was about;
//  - free ports are found.
#include <array>
#include <chrono>
#include <cstring>
#include <vector>

#include "check.h"
#include "library_test.h"

namespace {

using library_test::Opened;
using library_test::Pair;

void TellsEvents() {
  const Opened library(false, k_ESteamNetworkingSocketsDebugOutputType_Everything);
  const Pair pair(true);
  CHECK(SteamNetworkingSockets()->CloseConnection(pair.one, 1234, "done", false));
  std::vector<char> into(1 << 20);
  bool closed = false;
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(2);
  while (!closed && std::chrono::steady_clock::now() < end) {
    const int32_t written = steam_sockets_run_callbacks(library.number, library.epoch, into.data(), 1 << 20);
    for (int32_t at = 0; at < written;) {
      steam_sockets_record head;
      std::memcpy(&head, into.data() + at, sizeof head);
      if (head.kind == STEAM_SOCKETS_STATUS_CHANGED) {
        SteamNetConnectionStatusChangedCallback_t event;
        CHECK(head.payload == sizeof event);
        std::memcpy(&event, into.data() + at + sizeof head, sizeof event);
        closed = closed || (event.m_hConn == pair.two && event.m_info.m_eEndReason == 1234 &&
                            std::strcmp(event.m_info.m_szEndDebug, "done") == 0);
      }
      at += static_cast<int32_t>(head.bytes);
    }
  }
  CHECK(closed);
  CHECK(steam_sockets_state_of(library.number)->debug_outputs > 0);
  CHECK(steam_sockets_read_debug_output(library.number, library.epoch, into.data(), 1 << 20) > 0);
  CHECK(steam_sockets_state_of(library.number)->events == 0);

  std::array<char, 1024> complaint{};
  (void)steam_sockets_take_complaint(complaint.data(), complaint.size());
  SteamNetworkingIPAddr nowhere;
  nowhere.Clear();
  CHECK(SteamNetworkingSockets()->CreateListenSocketIP(nowhere, 0, nullptr) == 0);
  CHECK(steam_sockets_take_complaint(complaint.data(), complaint.size()) > 0);
  CHECK(steam_sockets_take_complaint(complaint.data(), complaint.size()) == 0);
}

void FindsAFreePort() {
  const std::array<uint8_t, 16> any{};
  const std::array<uint8_t, 16> loopback{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 127, 0, 0, 1};
  CHECK(steam_sockets_free_port(any.data()) > 0);
  CHECK(steam_sockets_free_port(loopback.data()) > 0);
}

}  // namespace

int main() {
  TellsEvents();
  FindsAFreePort();
  return check::Done();
}
