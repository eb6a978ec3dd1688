// Proves of lanes, on the real library:
//  - they can be configured again with any priorities, and every lane goes on delivering;
//  - a number of lanes that the library can't stand is refused.
#include <vector>

#include "check.h"
#include "library_test.h"
#include "traffic_test.h"

namespace {

using library_test::Opened;
using library_test::Pair;
using namespace traffic_test;

// The library itself crashes at some of these counts, leaves a lane dead at others, and loses connections with more.
void ConfiguresLanesAgain() {
  const Opened library;
  for (int32_t lanes = 2; lanes <= 8; ++lanes) {
    const Pair pair(true);
    std::vector<int32_t> falling;
    falling.reserve(static_cast<size_t>(lanes));
    for (int32_t lane = 0; lane < lanes; ++lane) {
      falling.push_back(lanes - lane);
    }
    const auto configure = [&](const int32_t *priorities) {
      return steam_sockets_configure_lanes(library.number, library.epoch, pair.one, lanes, priorities, nullptr);
    };
    CHECK(configure(falling.data()) == k_EResultOK);
    CHECK(configure(nullptr) == k_EResultOK);
    CHECK(configure(falling.data()) == k_EResultOK);
    CHECK(configure(nullptr) == k_EResultOK);
    std::vector<steam_sockets_outgoing> rows(static_cast<size_t>(lanes), CopyRow(pair.one, 0, 4));
    for (int32_t lane = 0; lane < lanes; ++lane) {
      rows[static_cast<size_t>(lane)].lane = static_cast<uint16_t>(lane);
    }
    CHECK(Send(library, -1, rows, "test") == lanes);
    Inbox inbox(16, 256);
    CHECK(inbox.ReceiveAll(library, pair.two, rows.size(), 256).size() == rows.size());
  }
  const Pair pair(true);
  CHECK(steam_sockets_configure_lanes(library.number, library.epoch, pair.one, 9, nullptr, nullptr) ==
        k_EResultInvalidParam);
  CHECK(steam_sockets_configure_lanes(library.number, library.epoch, 4242, 1, nullptr, nullptr) ==
        k_EResultNoConnection);
  CHECK(steam_sockets_configure_lanes(library.number, library.epoch, 4242, 0, nullptr, nullptr) ==
        STEAM_SOCKETS_BAD_ARGUMENT);
}

}  // namespace

int main() {
  ConfiguresLanesAgain();
  return check::Done();
}
