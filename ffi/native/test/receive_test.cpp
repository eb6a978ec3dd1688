// Proves of receiving, on the real library:
//  - columns say of every message what the library says of it, and payloads are where they say, whole;
//  - small payloads are copied while the arena has room, others are held, at their address or in their slot;
//  - what is held is released by release, the next receive, close, the end of the library and the end of the thread;
//  - capacity and maximum are kept to, and what does not fit comes the next time;
//  - connections, poll groups and channels are received from; every sender of a channel has its own identity;
//  - every wrong argument is refused with nothing received.
#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
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

void FillsColumns() {
  const Opened library;
  SteamNetworkingIdentity one;
  SteamNetworkingIdentity two;
  CHECK(one.SetGenericString("one") && two.SetGenericString("two"));
  std::array<HSteamNetConnection, 4> ends{};
  CHECK(SteamNetworkingSockets()->CreateSocketPair(&ends.at(0), &ends.at(1), false, &one, &two));
  CHECK(SteamNetworkingSockets()->CreateSocketPair(&ends.at(2), &ends.at(3), false, &two, &one));
  const HSteamNetPollGroup group = SteamNetworkingSockets()->CreatePollGroup();
  for (const size_t receiver : {1U, 3U}) {
    CHECK(SteamNetworkingSockets()->SetConnectionPollGroup(ends[receiver], group));
    CHECK(SteamNetworkingSockets()->SetConnectionUserData(ends[receiver], -1000 - static_cast<int64_t>(receiver)));
  }
  CHECK(steam_sockets_configure_lanes(library.number, library.epoch, ends[0], 3, nullptr, nullptr) == k_EResultOK);
  const std::string text = "abcdefghij";
  std::vector<steam_sockets_outgoing> rows;
  for (uint32_t i = 0; i < 10; ++i) {
    rows.push_back(CopyRow(ends[i < 3 || i > 7 ? 0 : 2], 0, i));
    rows.back().lane = i < 3 ? static_cast<uint16_t>(i) : 0;
    rows.back().flags = i % 2 == 0 ? kReliable : kUnreliable;
  }
  CHECK(Send(library, -1, rows, text) == 10);
  Inbox inbox(16, 1024);
  CHECK(inbox.Receive(library, group, 1024, STEAM_SOCKETS_FROM_POLL_GROUP) == 10);
  CHECK(inbox.columns.held == 0);
  size_t next_of_first = 0;
  const std::array<uint32_t, 5> of_first = {0, 1, 2, 8, 9};
  size_t next_of_second = 3;
  for (size_t i = 0; i < 10; ++i) {
    const bool first = inbox.connection[i] == ends[1];
    const size_t n = first ? of_first.at(next_of_first++) : next_of_second++;
    CHECK(inbox.connection[i] == ends[first ? 1 : 3]);
    CHECK(inbox.user_data[i] == (first ? -1001 : -1003));
    CHECK(inbox.Text(i) == text.substr(0, n) && inbox.offset[i] % 8 == 0);
    CHECK(inbox.lane[i] == (n < 3 ? n : 0));
    CHECK((inbox.flags[i] & k_nSteamNetworkingSend_Reliable) == (n % 2 == 0 ? k_nSteamNetworkingSend_Reliable : 0));
    CHECK(inbox.message_number[i] == rows[n].result);
    CHECK(inbox.time_received[i] > 0);
    SteamNetConnectionInfo_t info;
    CHECK(SteamNetworkingSockets()->GetConnectionInfo(inbox.connection[i], &info));
    CHECK(inbox.identities[inbox.identity[i]] == info.m_identityRemote);
    CHECK(info.m_identityRemote == one || info.m_identityRemote == two);
  }
  CHECK(inbox.Receive(library, group, 1024, STEAM_SOCKETS_FROM_POLL_GROUP) == 0);
}

void CopiesWhatIsSmall(bool over_loopback) {
  const Opened library;
  RaiseLimits();
  const Pair pair(over_loopback);
  const std::string text = TextOf(3, 5000);
  const auto send = [&](const std::vector<size_t> &sizes) {
    std::vector<steam_sockets_outgoing> rows;
    rows.reserve(sizes.size());
    for (const size_t bytes : sizes) {
      rows.push_back(CopyRow(pair.one, 0, bytes));
    }
    CHECK(Send(library, -1, rows, text) == static_cast<int32_t>(sizes.size()));
  };
  // Receives them all at once, whenever they have come, and says which are in the arena.
  const auto receive = [&](Inbox &inbox, const std::vector<size_t> &sizes, uint32_t copy_up_to) {
    send(sizes);
    if (over_loopback) {
      CHECK(Await([&] { return SegmentsOf(library, pair.one) == 0; }));
    }
    CHECK(inbox.Receive(library, pair.two, copy_up_to) == static_cast<int32_t>(sizes.size()));
    std::vector<bool> copied;
    uint32_t held = 0;
    for (size_t i = 0; i < sizes.size(); ++i) {
      CHECK(inbox.Text(i) == text.substr(0, sizes[i]));
      CHECK(!inbox.IsInArena(i) || (inbox.offset[i] % 8 == 0 && inbox.offset[i] <= inbox.columns.arena_bytes));
      copied.push_back(inbox.IsInArena(i));
      held += copied.back() ? 0 : 1;
      if (!copied.back()) {
        CHECK(inbox.columns.apart != 0
                  ? inbox.window[i] == (STEAM_SOCKETS_APART | i) && inbox.offset[i] == 0
                  : (static_cast<int64_t>(inbox.window[i]) << 20) + inbox.offset[i] == inbox.address[i]);
      }
    }
    CHECK(inbox.columns.held == held);
    return copied;
  };
  using Copied = std::vector<bool>;
  Inbox inbox(16, 4000);
  for (const uint32_t apart : {0U, 1U}) {
    inbox.columns.apart = apart;
    CHECK(receive(inbox, {0, 1, 1000}, 0) == (Copied{true, false, false}));
    CHECK(receive(inbox, {0, 1, 1000, 1001, 999}, 1000) == (Copied{true, true, true, false, true}));
    CHECK(receive(inbox, {4000, 1}, UINT32_MAX) == (Copied{true, false}));
    CHECK(receive(inbox, {4001, 3999, 0, 1}, UINT32_MAX) == (Copied{false, true, true, false}));
    CHECK(receive(inbox, {1999, 2000, 5000, 1, 0}, UINT32_MAX) == (Copied{true, true, false, false, true}));
  }
  Inbox odd(16, 13);
  CHECK(receive(odd, {8}, 100) == Copied{true});
  CHECK(receive(odd, {13}, 100) == Copied{false});
  CHECK(receive(odd, {7, 0, 1, 0}, 100) == (Copied{true, true, false, true}));
  CHECK(receive(odd, {0, 9, 5, 1}, 100) == (Copied{true, false, true, false}));
  Inbox none(16, 0);
  none.columns.arena = nullptr;
  CHECK(receive(none, {0, 1, 0}, UINT32_MAX) == (Copied{true, false, true}));
}

void ShowsSlotsWhereTheyLie() {
  const Opened library;
  const Pair pair(false);
  OpenPool pool(8, 100);
  Inbox inbox(8, 4096);
  std::vector<steam_sockets_outgoing> rows;
  const auto send = [&] {
    rows.clear();
    for (uint32_t slot = 0; slot < 4; ++slot) {
      pool.Write(slot, TextOf(slot, 100));
      rows.push_back(SlotRow(pair.one, slot, slot * 30));
    }
    rows.push_back(CopyRow(pair.one, 0, 4));
    CHECK(Send(library, pool.number, rows, "test") == 5);
  };
  send();
  CHECK(inbox.Receive(library, pair.two, 1000) == 5);
  for (size_t i = 0; i < 4; ++i) {
    CHECK(inbox.IsInPool(i) && inbox.Payload(i) == pool.window.Payload(static_cast<uint32_t>(i)));
    CHECK(inbox.Text(i) == TextOf(i, 100).substr(0, i * 30));
  }
  CHECK(inbox.IsInArena(4) && inbox.Text(4) == "test");
  CHECK(pool.InFlight() == 4 && inbox.columns.held == 4);
  CHECK(steam_sockets_inbox_release(inbox.number) == 4);
  CHECK(pool.InFlight() == 0 && pool.window.returned.TakeAll() == (std::vector<uint32_t>{0, 1, 2, 3}));
  send();
  CHECK(inbox.Receive(library, pair.two, UINT32_MAX) == 5);
  CHECK(inbox.columns.held == 0 && inbox.IsInArena(0) && inbox.IsInArena(3) && inbox.Text(3) == TextOf(3, 90));
  CHECK(pool.InFlight() == 0 && pool.window.returned.TakeAll().size() == 4);

  // Of a pool that was closed meanwhile they are held like any other; its memory lives until they are released.
  const int32_t closed = steam_sockets_pool_open(2, 100, false);
  const steam_sockets_window window = pool_test::WindowOf(closed);
  rows = {SlotRow(pair.one, 0, 100), SlotRow(pair.one, 1, 100)};
  CHECK(Send(library, closed, rows) == 2);
  CHECK(inbox.Receive(library, pair.two, 0, STEAM_SOCKETS_FROM_CONNECTION, 1) == 1 && inbox.IsInPool(0));
  CHECK(steam_sockets_pool_close(closed) == 0);
  steam_sockets_let_go(window.address, window.context);
  CHECK(inbox.Receive(library, pair.two, 0) == 1);
  CHECK(!inbox.IsInPool(0) && inbox.Text(0) == std::string(100, '\0'));
  CHECK(steam_sockets_pools() == 2);
  CHECK(steam_sockets_inbox_release(inbox.number) == 1);
  CHECK(steam_sockets_pools() == 1);
}

void ReleasesWhatItHolds() {
  OpenPool pool(10, 8);
  const auto hold = [&](const Opened &library, const Pair &pair, Inbox &inbox) {
    std::vector<steam_sockets_outgoing> rows;
    for (const uint32_t slot : pool.window.returned.TakeAll()) {
      CHECK(slot < 10);
    }
    rows.reserve(10);
    for (uint32_t slot = 0; slot < 10; ++slot) {
      rows.push_back(SlotRow(pair.one, slot, 8));
    }
    CHECK(Send(library, pool.number, rows) == 10);
    CHECK(inbox.Receive(library, pair.two, 0) == 10);
    CHECK(pool.InFlight() == 10);
  };
  Inbox outside(16, 0);
  {
    const Opened library;
    const Pair pair(false);
    Inbox inbox(16, 0);
    hold(library, pair, inbox);
    CHECK(steam_sockets_inbox_release(inbox.number) == 10 && pool.InFlight() == 0);
    CHECK(steam_sockets_inbox_release(inbox.number) == 0);
    hold(library, pair, inbox);
    CHECK(inbox.Receive(library, pair.two, 0) == 0 && pool.InFlight() == 0);
    hold(library, pair, inbox);
    CHECK(inbox.Receive(library, pair.two, 0, STEAM_SOCKETS_FROM_CONNECTION, 0) == 0 && pool.InFlight() == 0);
    hold(library, pair, inbox);
    CHECK(inbox.Receive(library, 12345, 0) == STEAM_SOCKETS_NO_HANDLE && pool.InFlight() == 0);
    hold(library, pair, inbox);
    CHECK(steam_sockets_inbox_close(inbox.number) == 0 && pool.InFlight() == 0);
    CHECK(steam_sockets_inbox_close(inbox.number) == STEAM_SOCKETS_NOT_OPEN);
    CHECK(steam_sockets_inbox_release(inbox.number) == STEAM_SOCKETS_NOT_OPEN);
    CHECK(inbox.Receive(library, pair.two, 0) == STEAM_SOCKETS_NOT_OPEN);
    hold(library, pair, outside);
    // Copies as well; the leak check sees whether they are released.
    CHECK(SendCopies(library, pair.one, "a copy", 4) == 4);
    auto *const copies = new Inbox(16, 0);
    CHECK(copies->Receive(library, pair.two, 0) == 4);
    CHECK(steam_sockets_inbox_leave(copies->number, nullptr) == STEAM_SOCKETS_BAD_ARGUMENT);
    CHECK(steam_sockets_inbox_leave(copies->number + 1, nullptr) == STEAM_SOCKETS_NOT_OPEN);
    delete copies;
    // Closed while they are held.
    CHECK(SteamNetworkingSockets()->CloseConnection(pair.two, 0, nullptr, false));
    CHECK(SteamNetworkingSockets()->CloseConnection(pair.one, 0, nullptr, false));
    CHECK(pool.InFlight() == 10);
  }
  CHECK(pool.InFlight() == 0);
  CHECK(steam_sockets_inbox_release(outside.number) == 0);
  int32_t number = -1;
  std::thread([&] {
    number = steam_sockets_inbox_open();
    const Opened library;
    const Pair pair(false);
    CHECK(SendCopies(library, pair.one, "a copy", 4) == 4);
    auto *const inbox = new Inbox(16, 0);
    CHECK(inbox->Receive(library, pair.two, 0) == 4);
    inbox->number = -1;  // left open
    delete inbox;
  }).join();
  CHECK(steam_sockets_inbox_close(number) == STEAM_SOCKETS_NOT_OPEN);
}

void KeepsToCapacity() {
  const Opened library;
  const Pair pair(false);
  std::vector<steam_sockets_outgoing> rows;
  std::string copies;
  for (uint32_t i = 0; i < 1000; ++i) {
    rows.push_back(CopyRow(pair.one, i, 1));
    copies.push_back(static_cast<char>(i % 251));
  }
  CHECK(Send(library, -1, rows, copies) == 1000);
  Inbox inbox(700, 1 << 16);
  std::string all;
  for (const int32_t maximum : {0, 1, 255, 257, 400, 700}) {
    const int32_t count = inbox.Receive(library, pair.two, 8, STEAM_SOCKETS_FROM_CONNECTION, maximum);
    CHECK(count == std::min(maximum, 1000 - static_cast<int32_t>(all.size())));
    for (const std::string &text : inbox.Texts()) {
      all += text;
    }
  }
  CHECK(all == copies);
}

// Messages of a channel name no connection: whose they are only their identity says.
std::atomic<int32_t> on_channel{0};

int32_t ReceiveFromMany(void * /*channels*/, int32_t channel, void **messages, int32_t maximum) {
  int32_t count = 0;
  for (; count < maximum && on_channel > 0; --on_channel, ++count) {
    SteamNetworkingMessage_t *const message = SteamNetworkingUtils()->AllocateMessage(4);
    std::memcpy(message->m_pData, "test", 4);
    message->m_nChannel = channel;
    message->m_identityPeer.SetSteamID64(static_cast<uint64_t>(76561197960265728 + on_channel));
    messages[count] = message;
  }
  return count;
}

void ReceivesFromChannels() {
  Inbox inbox(600, 1 << 16);
  {
    const Opened library;
    for (const uint32_t channel : {0U, 7U, UINT32_MAX}) {
      CHECK(inbox.Receive(library, channel, 100, STEAM_SOCKETS_FROM_CHANNEL) == 0);
    }
  }
  steam_sockets_functions functions = library_test::BuiltIn();
  functions.receive_on_channel = ReceiveFromMany;
  {
    const Opened library(functions);
    on_channel = 600;
    CHECK(inbox.Receive(library, static_cast<uint32_t>(-3), 100, STEAM_SOCKETS_FROM_CHANNEL) == 600);
    for (size_t i = 0; i < 600; ++i) {
      CHECK(inbox.identities[inbox.identity[i]].GetSteamID64() == 76561197960265728 + 600 - i);
      CHECK(inbox.channel[i] == -3 && inbox.connection[i] == 0 && inbox.Text(i) == "test");
    }
    on_channel = 5;
    CHECK(inbox.Receive(library, 1, 0, STEAM_SOCKETS_FROM_CHANNEL) == 5 && inbox.columns.held == 5);
  }
  functions.messages = [] { return static_cast<void *>(nullptr); };
  {
    const Opened library(functions);
    on_channel = 5;
    CHECK(inbox.Receive(library, 1, 0, STEAM_SOCKETS_FROM_CHANNEL) == 0);
  }
  functions.messages = nullptr;
  const Opened library(functions);
  CHECK(inbox.Receive(library, 1, 0, STEAM_SOCKETS_FROM_CHANNEL) == STEAM_SOCKETS_NO_FUNCTION);
}

void RefusesWhatIsWrong() {
  const Opened library;
  const Pair pair(false);
  CHECK(SendCopies(library, pair.one, "test", 1) == 1);
  Inbox inbox(4, 64);
  const auto receive = [&](int32_t source, int32_t maximum) {
    return steam_sockets_receive(library.number, library.epoch, inbox.number, source, pair.two, &inbox.columns, maximum,
                                 0);
  };
  CHECK(receive(STEAM_SOCKETS_FROM_FAKE_PORT, 1) == STEAM_SOCKETS_NO_FUNCTION);
  for (const int32_t source : {0, 5, INT32_MAX, INT32_MIN}) {
    CHECK(receive(source, 1) == STEAM_SOCKETS_BAD_ARGUMENT);
  }
  CHECK(receive(-1, 1) == STEAM_SOCKETS_NO_HANDLE);
  for (const int32_t maximum : {-1, 5, INT32_MAX, INT32_MIN}) {
    CHECK(receive(STEAM_SOCKETS_FROM_CONNECTION, maximum) == STEAM_SOCKETS_BAD_ARGUMENT);
  }
  CHECK(steam_sockets_receive(library.number, library.epoch, inbox.number, STEAM_SOCKETS_FROM_CONNECTION, pair.two,
                              nullptr, 1, 0) == STEAM_SOCKETS_BAD_ARGUMENT);
  const steam_sockets_columns whole = inbox.columns;
  // Each pointer, in turn.
  for (size_t at = offsetof(steam_sockets_columns, arena); at <= offsetof(steam_sockets_columns, identities);
       at += sizeof(void *)) {
    std::memset(reinterpret_cast<char *>(&inbox.columns) + at, 0, sizeof(void *));
    CHECK(receive(STEAM_SOCKETS_FROM_CONNECTION, 1) == STEAM_SOCKETS_BAD_ARGUMENT);
    inbox.columns = whole;
  }
  for (const int32_t wrong : {-1, INT32_MIN, INT32_MAX, inbox.number + 1, inbox.number + 4096, 0}) {
    CHECK(steam_sockets_receive(library.number, library.epoch, wrong, STEAM_SOCKETS_FROM_CONNECTION, pair.two,
                                &inbox.columns, 1, 0) == STEAM_SOCKETS_NOT_OPEN);
    CHECK(steam_sockets_inbox_release(wrong) == STEAM_SOCKETS_NOT_OPEN);
    CHECK(steam_sockets_inbox_close(wrong) == STEAM_SOCKETS_NOT_OPEN);
  }
  std::thread([&] {
    CHECK(receive(STEAM_SOCKETS_FROM_CONNECTION, 1) == STEAM_SOCKETS_NOT_OPEN);
    CHECK(steam_sockets_inbox_release(inbox.number) == STEAM_SOCKETS_NOT_OPEN);
    CHECK(steam_sockets_inbox_close(inbox.number) == STEAM_SOCKETS_NOT_OPEN);
  }).join();
  CHECK(inbox.Receive(library, 12345, 0) == STEAM_SOCKETS_NO_HANDLE);
  CHECK(inbox.Receive(library, 12345, 0, STEAM_SOCKETS_FROM_POLL_GROUP) == STEAM_SOCKETS_NO_HANDLE);
  CHECK(inbox.Receive(library, pair.two, 0) == 1);
}

}  // namespace

int main() {
  FillsColumns();
  CopiesWhatIsSmall(false);
  CopiesWhatIsSmall(true);
  ShowsSlotsWhereTheyLie();
  ReleasesWhatItHolds();
  KeepsToCapacity();
  ReceivesFromChannels();
  RefusesWhatIsWrong();
  CHECK(steam_sockets_pools() == 0);
  return check::Done();
}
