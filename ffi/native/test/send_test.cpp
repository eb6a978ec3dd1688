// Proves of sending, on the real library:
//  - what is sent out of slots and as copies, mixed, arrives byte for byte and in order, over memory and over loopback;
//  - every slot comes back once, when the last message that has it is done with, whatever became of the message;
//  - a failed message leaves the later ones to its connection untried, across the parts of a long batch, and no others;
//  - a broadcast's slot is let go of once for each message, also when some fail or do not follow;
//  - keep_failed leaves single slots with their owner, and no others;
//  - every wrong slot, offset, length, count or number is refused as the contract says, and nothing is leaked.
#include <set>

#include "check.h"
#include "library_test.h"
#include "pool_test.h"
#include "traffic_test.h"

namespace {

using library_test::Opened;
using library_test::Pair;
using pool_test::OpenPool;
using namespace traffic_test;

constexpr uint32_t kNowhere = 0xdeadbeef;

bool Comes(OpenPool &pool, const std::multiset<uint32_t> &expected) {
  std::multiset<uint32_t> came;
  return Await([&] {
           for (const uint32_t slot : pool.window.returned.TakeAll()) {
             came.insert(slot);
           }
           return came.size() >= expected.size();
         }) &&
         came == expected;
}

void Delivers(bool over_loopback, uint32_t copy_up_to) {
  const Opened library;
  RaiseLimits();
  const Pair pair(over_loopback);
  OpenPool pool(600, 20000);
  std::vector<std::string> texts;
  std::vector<steam_sockets_outgoing> rows;
  std::string copies;
  std::multiset<uint32_t> slots;
  for (uint32_t i = 0; i < 1200; ++i) {
    const size_t bytes = i % 100 == 7 ? 20000 : i % 301;
    texts.push_back(TextOf(i, bytes));
    if (i % 2 == 0) {
      const uint32_t slot = (i * 7 / 2) % 600;
      pool.Write(slot, texts.back());
      slots.insert(slot);
      rows.push_back(SlotRow(pair.one, slot, bytes));
    } else {
      rows.push_back(CopyRow(pair.one, static_cast<uint32_t>(copies.size()), bytes));
      copies += texts.back();
    }
  }
  CHECK(slots.size() == 600);
  CHECK(Send(library, pool.number, rows, copies) == 1200);
  for (const steam_sockets_outgoing &row : rows) {
    CHECK(row.result > 0);
  }
  Inbox inbox(300, 1 << 16);
  CHECK(inbox.ReceiveAll(library, pair.two, texts.size(), copy_up_to) == texts);
  CHECK(steam_sockets_inbox_release(inbox.number) >= 0);
  CHECK(Comes(pool, slots));
  CHECK(Await([&] { return pool.InFlight() == 0 && SegmentsOf(library, pair.one) == 0; }));
}

void SkipsAfterAFailure() {
  const Opened library;
  const Pair pair(false);
  const Pair other(false);
  OpenPool pool(3000, 8);
  std::vector<steam_sockets_outgoing> rows;
  std::multiset<uint32_t> failed;
  for (uint32_t i = 0; i < 5000; ++i) {
    switch (i % 5) {
      case 0:
        rows.push_back(CopyRow(kNowhere, 0, 4));
        break;
      case 1:
        // Too long from here on, in the second part.
        rows.push_back(SlotRow(other.one, i / 5, i < 2000 ? 4 : 9));
        break;
      case 2:
        // No such slot, in the third part.
        rows.push_back(SlotRow(pair.two, i < 2500 ? 1000 + i / 5 : 3000, 4));
        break;
      default:
        rows.push_back(CopyRow(pair.one, 0, 4));
    }
  }
  const int32_t sent = Send(library, pool.number, rows, "test");
  int32_t counted = 0;
  for (uint32_t i = 0; i < 5000; ++i) {
    const int64_t result = rows[i].result;
    counted += result > 0 ? 1 : 0;
    switch (i % 5) {
      case 0:
        CHECK(i == 0 ? result == -k_EResultInvalidParam : result == 0);
        break;
      case 1:
        CHECK(i < 2000 ? result > 0 : result == -k_EResultInvalidParam);
        if (i >= 2000) {
          failed.insert(i / 5);
        }
        break;
      case 2:
        CHECK(i < 2500 ? result > 0 : result == -k_EResultInvalidParam);
        break;
      default:
        CHECK(result > 0);
    }
  }
  CHECK(sent == counted && sent == 2000 + 400 + 500);
  CHECK(pool.InFlight() == 900);
  CHECK(Comes(pool, failed));

  // After a refusal of ours, what is good is not tried either, and its slot comes back.
  std::vector<steam_sockets_outgoing> later = {SlotRow(pair.one, 2999, 9), SlotRow(pair.one, 2998, 8),
                                               CopyRow(pair.one, 0, 4), SlotRow(other.two, 2997, 8)};
  CHECK(Send(library, pool.number, later, "test") == 1);
  CHECK(later[0].result == -k_EResultInvalidParam && later[1].result == 0 && later[2].result == 0 &&
        later[3].result > 0);
  CHECK(Comes(pool, {2999, 2998}));
}

void FailsManyConnections() {
  const Opened library;
  std::vector<steam_sockets_outgoing> rows;
  rows.reserve(50000);
  for (uint32_t i = 0; i < 50000; ++i) {
    rows.push_back(CopyRow(0x10000000 + i * 77, 0, 4));
  }
  CHECK(Send(library, -1, rows, "test") == 0);
  bool all_failed = true;
  for (const steam_sockets_outgoing &row : rows) {
    all_failed = all_failed && row.result < 0;
  }
  CHECK(all_failed);
}

// One slot for several connections.
std::vector<steam_sockets_outgoing> Broadcast(uint32_t slot, const std::vector<uint32_t> &connections) {
  std::vector<steam_sockets_outgoing> rows;
  for (const uint32_t connection : connections) {
    rows.push_back(SlotRow(connection, slot, 8));
    rows.back().references = rows.size() == 1 ? static_cast<uint32_t>(connections.size()) : 0;
  }
  return rows;
}

void Broadcasts(bool over_loopback, bool keep_failed) {
  const Opened library;
  const Pair a(over_loopback);
  const Pair b(over_loopback);
  const Pair dead(over_loopback);
  CHECK(SteamNetworkingSockets()->CloseConnection(dead.two, 0, nullptr, false));
  CHECK(SteamNetworkingSockets()->CloseConnection(dead.one, 0, nullptr, false));
  OpenPool pool(4, 8);
  for (const std::vector<uint32_t> &to :
       {std::vector<uint32_t>{dead.one, a.one, b.one}, {a.one, dead.one, b.one, a.one}, {a.one, b.one, dead.one}}) {
    pool.Write(2, "to all..");
    auto rows = Broadcast(2, to);
    CHECK(Send(library, pool.number, rows, {}, keep_failed) == static_cast<int32_t>(to.size()) - 1);
    CHECK(pool.InFlight() <= 1);
    Inbox inbox(16, 1024);
    CHECK(inbox.ReceiveAll(library, b.two, 1, 1024) == std::vector<std::string>{"to all.."});
    const size_t for_a = to.size() == 4 ? 2 : 1;
    CHECK(inbox.ReceiveAll(library, a.two, for_a, 1024) == std::vector<std::string>(for_a, "to all.."));
    CHECK(steam_sockets_inbox_close(inbox.number) == 0);
    CHECK(Comes(pool, {2}));
    CHECK(pool.InFlight() == 0);
  }
  auto rows = Broadcast(1, {dead.one, dead.two, kNowhere});
  CHECK(Send(library, pool.number, rows, {}, keep_failed) == 0);
  CHECK(Comes(pool, {1}) && pool.InFlight() == 0);
}

// A broadcast longer than a part of a batch.
void BroadcastsAcrossParts() {
  const Opened library;
  const Pair pair(false);
  OpenPool pool(2, 8);
  std::vector<uint32_t> to(3000, pair.one);
  to[1500] = kNowhere;
  auto rows = Broadcast(1, to);
  CHECK(Send(library, pool.number, rows) == 2999);
  CHECK(pool.InFlight() == 1 && pool.window.returned.TakeAll().empty());
  Inbox inbox(1000, 0);
  int32_t received = 0;
  while (inbox.Receive(library, pair.two, 0) > 0) {
    received += inbox.count;
    CHECK(pool.InFlight() == 1);
  }
  CHECK(received == 2999);
  CHECK(Comes(pool, {1}) && pool.InFlight() == 0);
}

void KeepsWhatFailed() {
  const Opened library;
  const Pair pair(false);
  OpenPool pool(8, 8);
  std::vector<steam_sockets_outgoing> rows = {SlotRow(kNowhere, 0, 8), SlotRow(kNowhere, 1, 8),  // failed, not tried
                                              SlotRow(pair.one, 2, 8),                           // sent
                                              SlotRow(pair.two, 3, 9),                           // refused
                                              SlotRow(kNowhere, 4, 8), SlotRow(kNowhere, 4, 8),  // several have it
                                              CopyRow(kNowhere, 0, 4)};
  rows[4].references = 2;
  rows[5].references = 0;
  CHECK(Send(library, pool.number, rows, "test", true) == 1);
  CHECK(rows[0].result < 0 && rows[1].result == 0 && rows[2].result > 0 && rows[3].result == -k_EResultInvalidParam);
  CHECK(pool.window.returned.TakeAll() == std::vector<uint32_t>{4});
  CHECK(pool.InFlight() == 1);
  // What was kept can be sent at once.
  std::vector<steam_sockets_outgoing> again = {SlotRow(pair.one, 0, 8), SlotRow(pair.one, 1, 8),
                                               SlotRow(pair.one, 3, 8)};
  CHECK(Send(library, pool.number, again, {}, true) == 3);
  CHECK(pool.InFlight() == 4);
  Inbox inbox(16, 16);
  CHECK(inbox.Receive(library, pair.two, 0) == 4);
  CHECK(steam_sockets_inbox_release(inbox.number) == 4);
  CHECK(Comes(pool, {2, 0, 1, 3}) && pool.InFlight() == 0);
}

void RefusesWhatIsWrong() {
  const Opened library;
  const Pair pair(false);
  OpenPool pool(4, 8);
  const int32_t n = library.number;
  const uint32_t e = library.epoch;
  steam_sockets_outgoing row = SlotRow(pair.one, 0, 8);
  CHECK(steam_sockets_send(n, e, pool.number, &row, -1, nullptr, 0, false) == STEAM_SOCKETS_BAD_ARGUMENT);
  CHECK(steam_sockets_send(n, e, pool.number, &row, INT32_MIN, nullptr, 0, false) == STEAM_SOCKETS_BAD_ARGUMENT);
  CHECK(steam_sockets_send(n, e, pool.number, nullptr, 1, nullptr, 0, false) == STEAM_SOCKETS_BAD_ARGUMENT);
  CHECK(steam_sockets_send(n, e, pool.number, &row, 1, nullptr, 1, false) == STEAM_SOCKETS_BAD_ARGUMENT);
  CHECK(steam_sockets_send(n, e, pool.number, nullptr, 0, nullptr, 0, false) == 0);
  CHECK(row.result == INT64_MIN);
  for (const int32_t wrong : {-1, INT32_MIN, n + 1, STEAM_SOCKETS_LIBRARIES, INT32_MAX}) {
    CHECK(steam_sockets_send(wrong, e, pool.number, &row, 1, nullptr, 0, false) == STEAM_SOCKETS_NOT_OPEN);
    CHECK(steam_sockets_send_share(wrong, e, pool.number, 1) == STEAM_SOCKETS_NOT_OPEN);
    CHECK(steam_sockets_segments(wrong, e, pair.one) == STEAM_SOCKETS_NOT_OPEN);
  }
  CHECK(steam_sockets_send(n, e + 2, pool.number, &row, 1, nullptr, 0, false) == STEAM_SOCKETS_NOT_OPEN);
  CHECK(steam_sockets_send(n, e, pool.number + 1, &row, 1, nullptr, 0, false) == STEAM_SOCKETS_NOT_OPEN);
  const int32_t closed = steam_sockets_pool_open(4, 8, false);
  CHECK(steam_sockets_pool_close(closed) == 0);
  CHECK(steam_sockets_send(n, e, closed, &row, 1, nullptr, 0, false) == STEAM_SOCKETS_NOT_OPEN);
  CHECK(steam_sockets_send_share(n, e, closed, 1) == STEAM_SOCKETS_NOT_OPEN);
  std::thread([&] {
    CHECK(steam_sockets_send(n, e, pool.number, &row, 1, nullptr, 0, false) == STEAM_SOCKETS_NOT_OPEN);
    const int32_t mine = steam_sockets_pool_open(4, 8, false);
    CHECK(steam_sockets_send(n, e, mine, &row, 1, nullptr, 0, false) == STEAM_SOCKETS_NOT_OPEN);
    CHECK(steam_sockets_segments(n, e, pair.one) == STEAM_SOCKETS_NOT_OPEN);
  }).join();

  // Single rows, each for itself.
  const auto refused = [&](const steam_sockets_outgoing &wrong, int32_t of_pool) {
    std::vector<steam_sockets_outgoing> rows = {wrong};
    return Send(library, of_pool, rows, "test") == 0 && rows[0].result == -k_EResultInvalidParam;
  };
  CHECK(refused(SlotRow(pair.one, 4, 8), pool.number));
  CHECK(refused(SlotRow(pair.one, UINT32_MAX, 8), pool.number));
  CHECK(refused(SlotRow(pair.one, 0, 8), -1));
  CHECK(refused(CopyRow(pair.one, 0, 5), -1));
  CHECK(refused(CopyRow(pair.one, 3, 2), -1));
  CHECK(refused(CopyRow(pair.one, 5, 0), -1));
  CHECK(refused(CopyRow(pair.one, UINT32_MAX, UINT32_MAX), -1));
  CHECK(refused(CopyRow(pair.one, 4, UINT32_MAX), -1));
  for (const uint32_t references : {0U, 2U, UINT32_MAX}) {
    row = SlotRow(pair.one, 0, 8);
    row.references = references;
    CHECK(refused(row, pool.number));
  }
  CHECK(pool.window.returned.TakeAll().empty() && pool.InFlight() == 0);
  // A slot that could be sent comes back when its length is wrong, and a connection that does not exist is the
  // library's to refuse.
  CHECK(refused(SlotRow(pair.one, 0, 9), pool.number));
  CHECK(Comes(pool, {0}));
  CHECK(refused(SlotRow(pair.one, 0, UINT32_MAX), pool.number));
  CHECK(Comes(pool, {0}));
  CHECK(refused(SlotRow(0, 0, 8), pool.number));
  CHECK(Comes(pool, {0}));
  row = SlotRow(pair.one, 0, 8);
  row.lane = UINT16_MAX;
  CHECK(refused(row, pool.number));
  CHECK(Comes(pool, {0}));
  CHECK(pool.InFlight() == 0 && SegmentsOf(library, pair.one) == 0);
  // At the very end of the copies there is room for nothing.
  std::vector<steam_sockets_outgoing> rows = {CopyRow(pair.one, 4, 0), CopyRow(pair.one, 3, 1)};
  CHECK(Send(library, -1, rows, "test") == 2);

  // Broadcasts whose followers are missing, have another slot, or come after something else.
  const Pair other(false);
  Inbox inbox(16, 64);
  const auto clear = [&] {
    CHECK(inbox.Receive(library, pair.two, UINT32_MAX) >= 0 && inbox.Receive(library, other.two, UINT32_MAX) >= 0);
  };
  clear();
  rows = {SlotRow(pair.one, 1, 8), SlotRow(other.one, 2, 8), SlotRow(other.one, 1, 8)};
  rows[0].references = 3;
  rows[1].references = rows[2].references = 0;
  CHECK(Send(library, pool.number, rows) == 1);
  CHECK(rows[0].result > 0 && rows[1].result == -k_EResultInvalidParam && rows[2].result == -k_EResultInvalidParam);
  clear();
  CHECK(Comes(pool, {1}) && pool.InFlight() == 0);
  rows = {SlotRow(pair.one, 1, 8), CopyRow(pair.one, 0, 4), SlotRow(other.one, 1, 8)};
  rows[0].references = 2;
  rows[2].references = 0;
  CHECK(Send(library, pool.number, rows, "test") == 2);
  CHECK(rows[2].result == -k_EResultInvalidParam);
  clear();
  CHECK(Comes(pool, {1}) && pool.InFlight() == 0);
  rows = {SlotRow(pair.one, 1, 8), SlotRow(other.one, 1, 9)};
  rows[0].references = 2;
  rows[1].references = 0;
  CHECK(Send(library, pool.number, rows) == 1);
  CHECK(rows[1].result == -k_EResultInvalidParam);
  clear();
  CHECK(Comes(pool, {1}) && pool.InFlight() == 0);
  rows = {SlotRow(pair.one, 1, 8)};
  rows[0].references = 2;
  rows.push_back(SlotRow(other.one, 1, 8));  // a second one of its own
  CHECK(Send(library, pool.number, rows) == 1);
  CHECK(rows[1].result == -k_EResultInvalidParam);
  // Under way already.
  CHECK(refused(SlotRow(other.one, 1, 8), pool.number));
  CHECK(pool.InFlight() == 1 && pool.window.returned.TakeAll().empty());
  clear();
  CHECK(Comes(pool, {1}) && pool.InFlight() == 0);
}

// Slots under way come back when their connection or the library ends, and the pool's memory waits for them.
void OutlivesConnections() {
  OpenPool pool(8, 8);
  const int32_t closed = steam_sockets_pool_open(8, 8, false);
  const steam_sockets_window window = pool_test::WindowOf(closed);
  {
    const Opened library;
    const Pair pair(true);
    const Pair memory(false);
    CHECK(SteamNetworkingUtils()->SetGlobalConfigValueFloat(k_ESteamNetworkingConfig_FakePacketLoss_Send, 100));
    std::vector<steam_sockets_outgoing> rows = {SlotRow(pair.one, 0, 8), SlotRow(memory.one, 1, 8)};
    CHECK(Send(library, pool.number, rows) == 2);
    rows = {SlotRow(pair.one, 2, 8), SlotRow(memory.one, 3, 8)};
    CHECK(Send(library, closed, rows) == 2);
    CHECK(steam_sockets_pool_close(closed) == 0);
    CHECK(steam_sockets_pools() == 2);
    CHECK(pool.InFlight() == 2 && pool.window.returned.TakeAll().empty());
    CHECK(SteamNetworkingSockets()->CloseConnection(memory.two, 0, nullptr, false));
    CHECK(Comes(pool, {1}));
    CHECK(Await([&] { return SegmentsOf(library, memory.one) == 0; }));
    CHECK(steam_sockets_pools() == 2);
    steam_sockets_let_go(window.address, window.context);
    CHECK(SteamNetworkingUtils()->SetGlobalConfigValueFloat(k_ESteamNetworkingConfig_FakePacketLoss_Send, 0));
  }
  CHECK(steam_sockets_pools() == 1);
  CHECK(Comes(pool, {0}));
  CHECK(pool.InFlight() == 0);
}

// A thread that ends with all of it open and messages under way.
void OutlivesItsThread() {
  steam_sockets_window window{};
  std::thread([&] {
    const steam_sockets_functions functions = library_test::BuiltIn();
    std::array<char, 1024> error{};
    steam_sockets_start start = library_test::StartOf();
    const int32_t number = steam_sockets_open(&functions, &start, error.data());
    CHECK(number >= 0);
    const uint32_t epoch = steam_sockets_state_of(number)->epoch;
    const int32_t pool = steam_sockets_pool_open(100, 1000, false);
    window = pool_test::WindowOf(pool);
    const int32_t inbox = steam_sockets_inbox_open();
    CHECK(inbox >= 0);
    for (const bool over_loopback : {false, true}) {
      const Pair pair(over_loopback);
      std::vector<steam_sockets_outgoing> rows;
      rows.reserve(50);
      for (uint32_t i = 0; i < 50; ++i) {
        rows.push_back(SlotRow(pair.one, (over_loopback ? 50 : 0) + i, 1000));
      }
      CHECK(steam_sockets_send(number, epoch, pool, rows.data(), 50, nullptr, 0, false) == 50);
    }
  }).join();
  CHECK(steam_sockets_pools() == 0);
  CHECK(static_cast<steam_sockets_pool_memory *>(window.address)->returned == 100);
  steam_sockets_let_go(window.address, window.context);
}

}  // namespace

int main() {
  Delivers(false, 0);
  Delivers(false, UINT32_MAX);
  Delivers(true, 0);
  Delivers(true, 1000);
  SkipsAfterAFailure();
  FailsManyConnections();
  Broadcasts(false, false);
  Broadcasts(false, true);
  Broadcasts(true, false);
  BroadcastsAcrossParts();
  KeepsWhatFailed();
  RefusesWhatIsWrong();
  OutlivesConnections();
  OutlivesItsThread();
  CHECK(steam_sockets_pools() == 0);
  return check::Done();
}
