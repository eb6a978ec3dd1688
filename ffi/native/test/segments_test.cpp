// Proves of back-pressure, on the real library:
//  - segments are counted as they are sent, and come off when acknowledged, when the message fails, when the connection
//    is closed and when the library ends;
//  - a connection refuses with LimitExceeded exactly what would be above STEAM_SOCKETS_SEGMENTS;
//  - floods that would end the process pass: small reliable messages and large unreliable ones that nobody
//  acknowledges;
//  - a connection that refused tells once that it has room, when both limits are half free; a closed one never does.
#include <array>
#include <vector>

#include "check.h"
#include "library_test.h"
#include "pool_test.h"
#include "traffic_test.h"

namespace {

using library_test::Opened;
using library_test::Pair;
using pool_test::OpenPool;
using namespace traffic_test;

void Lose(bool everything) {
  CHECK(SteamNetworkingUtils()->SetGlobalConfigValueFloat(k_ESteamNetworkingConfig_FakePacketLoss_Send,
                                                          everything ? 100 : 0));
}

// The connections that tell that they have room, of all that waits.
std::vector<uint32_t> Drained(const Opened &library) {
  std::vector<uint32_t> connections;
  std::vector<char> into(1 << 20);
  const int32_t written = steam_sockets_run_callbacks(library.number, library.epoch, into.data(), 1 << 20);
  CHECK(written >= 0);
  for (int32_t at = 0; at < written;) {
    steam_sockets_record head;
    std::memcpy(&head, into.data() + at, sizeof head);
    if (head.kind == STEAM_SOCKETS_DRAINED) {
      uint32_t connection = 0;
      CHECK(head.payload == sizeof connection && head.argument == 0);
      std::memcpy(&connection, into.data() + at + sizeof head, sizeof connection);
      connections.push_back(connection);
    }
    at += static_cast<int32_t>(head.bytes);
  }
  return connections;
}

bool TellsRoom(const Opened &library, uint32_t connection) {
  std::vector<uint32_t> told;
  const bool came = Await(
      [&] {
        told = Drained(library);
        return !told.empty();
      },
      10000);
  return came && told == std::vector<uint32_t>{connection} && Drained(library).empty();
}

void CountsEachMessage() {
  const Opened library;
  const Pair pair(false);
  struct Case {
    int32_t flags;
    uint32_t bytes;
    int32_t segments;
  };
  const std::string text(100000, 'x');
  int32_t expected = 0;
  for (const Case &each : {Case{kReliable, 0, 1},
                           {kReliable, 1, 2},
                           {kReliable, 1000, 2},
                           {kReliable, 1001, 3},
                           {kReliable, 100000, 101},
                           {kUnreliable, 0, 0},
                           {kUnreliable, 16500, 0},
                           {kUnreliable, 16501, 18}}) {
    std::vector<steam_sockets_outgoing> rows = {CopyRow(pair.one, 0, each.bytes)};
    rows[0].flags = each.flags;
    CHECK(Send(library, -1, rows, text) == 1);
    expected += each.segments;
    CHECK(SegmentsOf(library, pair.one) == expected);
    CHECK(SegmentsOf(library, pair.two) == 0);
  }
  // What fails is not counted.
  const uint32_t nobody = pair.one ^ pair.two ^ 0x5555;
  std::vector<steam_sockets_outgoing> rows = {CopyRow(nobody, 0, 5000), CopyRow(nobody, 0, 5000)};
  CHECK(Send(library, -1, rows, text) == 0);
  CHECK(SegmentsOf(library, nobody) == 0);
  CHECK(SegmentsOf(library, pair.one) == expected);
  Inbox inbox(4, 0);
  while (inbox.Receive(library, pair.two, UINT32_MAX) > 0) {
  }
  CHECK(steam_sockets_inbox_release(inbox.number) >= 0);
  CHECK(SegmentsOf(library, pair.one) == 0);
}

void FallsWhenAcknowledged() {
  const Opened library;
  RaiseLimits();
  const Pair pair(true);
  CHECK(SendCopies(library, pair.one, TextOf(1, 1500), 1000) == 1000);
  CHECK(SegmentsOf(library, pair.one) > 0 && SegmentsOf(library, pair.one) <= 3000);
  CHECK(Await([&] { return SegmentsOf(library, pair.one) == 0; }));
}

void FallsWhenItEnds() {
  uint32_t last = 0;
  {
    const Opened library;
    RaiseLimits();
    Lose(true);
    const Pair closed(true);
    CHECK(SendCopies(library, closed.one, "text", 100) == 100);
    CHECK(SegmentsOf(library, closed.one) == 200);
    CHECK(SteamNetworkingSockets()->CloseConnection(closed.one, 0, nullptr, false));
    CHECK(Await([&] { return SegmentsOf(library, closed.one) == 0; }));
    const Pair open(true);
    CHECK(SendCopies(library, open.one, "text", 100) == 100);
    const Pair memory(false);
    CHECK(SendCopies(library, memory.one, "text", 100) == 100);
    last = open.one;
    Lose(false);
  }
  const Opened again;
  CHECK(SegmentsOf(again, last) == 0);
  for (uint32_t connection = 0; connection < 0x10000; ++connection) {
    if (SegmentsOf(again, connection) != 0) {
      CHECK(false);
    }
  }
}

void RefusesExactly() {
  const Opened library;
  const Pair pair(false);
  CHECK(SendCopies(library, pair.one, "x", 24999) == 24999);
  CHECK(SegmentsOf(library, pair.one) == STEAM_SOCKETS_SEGMENTS - 2);
  const std::string text(2000, 'x');
  OpenPool pool(4, 2000);
  std::vector<steam_sockets_outgoing> rows = {SlotRow(pair.one, 0, 1001)};  // 3 segments
  CHECK(Send(library, pool.number, rows) == 0 && rows[0].result == -k_EResultLimitExceeded);
  CHECK(pool.window.returned.TakeAll() == std::vector<uint32_t>{0});
  rows = {CopyRow(pair.one, 0, 1000), CopyRow(pair.one, 0, 1), CopyRow(pair.one, 0, 0)};
  CHECK(Send(library, -1, rows, text) == 1);
  CHECK(rows[0].result > 0 && rows[1].result == -k_EResultLimitExceeded && rows[2].result == 0);
  CHECK(SegmentsOf(library, pair.one) == STEAM_SOCKETS_SEGMENTS);
  CHECK(SendCopies(library, pair.one, "", 1) == 0);
  // What is not reliable is not refused, nor what goes elsewhere; kept is what is asked to be kept.
  rows = {SlotRow(pair.one, 1, 1), SlotRow(pair.two, 2, 1), SlotRow(pair.two, 3, 1)};
  rows[0].flags = kUnreliable;
  CHECK(Send(library, pool.number, rows) == 3);
  rows = {SlotRow(pair.one, 0, 1)};
  CHECK(Send(library, pool.number, rows, {}, true) == 0 && rows[0].result == -k_EResultLimitExceeded);
  CHECK(pool.window.returned.TakeAll().empty() && pool.InFlight() == 3);

  // Room is told of once, at half and not before.
  CHECK(Drained(library).empty());
  Inbox inbox(5000, 0);
  while (SegmentsOf(library, pair.one) > STEAM_SOCKETS_SEGMENTS / 2) {
    CHECK(Drained(library).empty());
    CHECK(inbox.Receive(library, pair.two, UINT32_MAX) > 0);
    CHECK(steam_sockets_inbox_release(inbox.number) >= 0);
  }
  CHECK(Drained(library) == std::vector<uint32_t>{pair.one});
  CHECK(Drained(library).empty());
  CHECK(SendCopies(library, pair.one, "x", 1) == 1);
  CHECK(Drained(library).empty());
}

void OutlivesAFlood(const std::string &text, int32_t flags) {
  const Opened library;
  RaiseLimits();
  SteamNetworkingUtils()->SetGlobalConfigValueInt32(k_ESteamNetworkingConfig_SendBufferSize, 512 << 20);
  const Pair pair(true);
  Lose(true);
  int32_t sent = 0;
  size_t offered = 0;
  const int32_t each = text.size() > 1000 ? static_cast<int32_t>(text.size() / 1000) + 2 : 2;
  const size_t wanted = 140000 / static_cast<size_t>(each);
  while (offered < wanted) {
    std::vector<steam_sockets_outgoing> rows(wanted / 50, CopyRow(pair.one, 0, text.size()));
    for (steam_sockets_outgoing &row : rows) {
      row.flags = flags;
    }
    const int32_t now = Send(library, -1, rows, text);
    if (now < static_cast<int32_t>(rows.size())) {
      CHECK(rows[static_cast<size_t>(now)].result == -k_EResultLimitExceeded);
    }
    sent += now;
    offered += rows.size();
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  CHECK(sent == STEAM_SOCKETS_SEGMENTS / each);
  CHECK(SegmentsOf(library, pair.one) == sent * each);
  CHECK(Drained(library).empty());
  Lose(false);
}

void TellsRoomOfASendBuffer() {
  const Opened library;
  RaiseLimits();
  SteamNetworkingUtils()->SetGlobalConfigValueInt32(k_ESteamNetworkingConfig_SendBufferSize, 1 << 20);
  SteamNetworkingUtils()->SetGlobalConfigValueInt32(k_ESteamNetworkingConfig_SendRateMin, 2 << 20);
  SteamNetworkingUtils()->SetGlobalConfigValueInt32(k_ESteamNetworkingConfig_SendRateMax, 2 << 20);
  const Pair pair(true);
  const Pair closed(true);
  const Pair left(true);
  for (const Pair *each : {&pair, &closed, &left}) {
    std::vector<steam_sockets_outgoing> rows(2000, CopyRow(each->one, 0, 1000));
    const int32_t sent = Send(library, -1, rows, std::string(1000, 'x'));
    CHECK(sent > 500 && sent < 2000);
    CHECK(rows[static_cast<size_t>(sent)].result == -k_EResultLimitExceeded);
    CHECK(rows.back().result == 0);
  }
  CHECK(SendCopies(library, pair.one, std::string(100000, 'x'), 1) == 0);
  CHECK(SteamNetworkingSockets()->CloseConnection(closed.one, 0, nullptr, false));
  CHECK(SteamNetworkingSockets()->CloseConnection(left.two, 0, nullptr, false));
  CHECK(Await([&] {
    SteamNetConnectionInfo_t info;
    return SteamNetworkingSockets()->GetConnectionInfo(left.one, &info) &&
           info.m_eState == k_ESteamNetworkingConnectionState_ClosedByPeer;
  }));
  CHECK(TellsRoom(library, pair.one));
}

}  // namespace

int main() {
  CountsEachMessage();
  FallsWhenAcknowledged();
  FallsWhenItEnds();
  RefusesExactly();
  OutlivesAFlood("x", kReliable);
  OutlivesAFlood(std::string(500, 'x'), kReliable);
  OutlivesAFlood(std::string(16501, 'x'), kUnreliable);
  TellsRoomOfASendBuffer();
  return check::Done();
}
