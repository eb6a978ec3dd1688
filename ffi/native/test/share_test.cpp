// Proves of shares of pools:
//  - a borrower on another thread takes slots and hands them over by the documented protocol, while the owner sends;
//  all
//    arrives, and every slot comes back to the share, none lost or doubled;
//  - reclaiming gives back what is not under way, handed over or not, and the rest in time; then the number is no more;
//  - slots are sent only by whom they belong to, and every wrong argument is refused with nothing changed;
//  - a pool has 64 shares and no more, and places of shares are used again under new numbers;
//  - a pool that is closed with shares out tells the borrowers, whose memory lives as long as they look at it.
#include <atomic>
#include <set>
#include <thread>

#include "check.h"
#include "library_test.h"
#include "pool.h"
#include "pool_test.h"
#include "traffic_test.h"

namespace {

using library_test::Opened;
using library_test::Pair;
using pool_test::Borrowed;
using pool_test::OpenPool;
using namespace traffic_test;

std::vector<uint32_t> Slots(uint32_t first, uint32_t count) {
  std::vector<uint32_t> slots;
  slots.reserve(count);
  for (uint32_t i = 0; i < count; ++i) {
    slots.push_back(first + i);
  }
  return slots;
}

int32_t Lend(const OpenPool &pool, const std::vector<uint32_t> &slots) {
  return steam_sockets_share_open(pool.number, slots.data(), static_cast<uint32_t>(slots.size()));
}

struct Reclaimed {
  int32_t count;
  uint32_t left = UINT32_MAX;
  std::set<uint32_t> slots;
  Reclaimed(const OpenPool &pool, int32_t share) {
    std::vector<uint32_t> into(pool.window.memory()->slots);
    count = steam_sockets_share_reclaim(pool.number, share, into.data(), static_cast<uint32_t>(into.size()), &left);
    for (int32_t i = 0; i < count; ++i) {
      slots.insert(into[static_cast<size_t>(i)]);
    }
    CHECK(count < 0 || slots.size() == static_cast<size_t>(count));
  }
};

int32_t SendShare(const Opened &library, const OpenPool &pool, int32_t share) {
  return steam_sockets_send_share(library.number, library.epoch, pool.number, share);
}

// Two borrowers with a few slots each, so that every slot goes round many times.
void SendsForBorrowers(bool over_loopback) {
  const uint32_t each = over_loopback ? 500 : 3000;
  // Reliable slots wait for an acknowledgement. Nothing is lost on the loopback device.
  const int32_t flags = over_loopback ? kUnreliable : kReliable;
  const Opened library;
  RaiseLimits();
  const Pair pair(over_loopback);
  OpenPool pool(24, 64);
  const std::array<int32_t, 2> shares = {Lend(pool, Slots(4, 7)), Lend(pool, Slots(11, 13))};
  CHECK(shares[0] >= 0 && shares[1] >= 0);
  std::atomic<bool> in_one_place{true};
  std::vector<std::thread> borrowers;
  borrowers.reserve(2);
  for (size_t who = 0; who < 2; ++who) {
    borrowers.emplace_back([&, who] {
      Borrowed mine(pool.number, shares[who]);
      const pool_test::PoolWindow window(pool.number);
      std::set<uint32_t> away(who == 0 ? std::set<uint32_t>{4, 5, 6, 7, 8, 9, 10}
                                       : std::set<uint32_t>{11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23});
      for (uint32_t i = 0; i < each;) {
        const int64_t slot = mine.returned.Take();
        if (slot < 0) {
          std::this_thread::yield();
          continue;
        }
        in_one_place = in_one_place && away.erase(static_cast<uint32_t>(slot)) == 1;
        const std::array<uint32_t, 2> text = {static_cast<uint32_t>(who), i};
        std::memcpy(window.Payload(static_cast<uint32_t>(slot)), text.data(), sizeof text);
        steam_sockets_outgoing outgoing = SlotRow(pair.one, static_cast<uint32_t>(slot), sizeof text);
        outgoing.flags = flags;
        mine.HandOver(outgoing);
        away.insert(static_cast<uint32_t>(slot));
        ++i;
      }
    });
  }
  Inbox inbox(300, 1 << 16);
  std::array<uint32_t, 2> next{};
  bool in_order = true;
  int32_t sent = 0;
  CHECK(Await(
      [&] {
        for (const int32_t share : shares) {
          sent += SendShare(library, pool, share);
        }
        while (inbox.Receive(library, pair.two, next[0] % 2 == 0 ? UINT32_MAX : 0) > 0) {
          for (const std::string &text : inbox.Texts()) {
            std::array<uint32_t, 2> read{};
            CHECK(text.size() == sizeof read);
            std::memcpy(read.data(), text.data(), sizeof read);
            in_order = in_order && read[0] < 2 && read[1] == next[read[0] % 2];
            ++next[read[0] % 2];
          }
        }
        return next[0] + next[1] == 2 * each;
      },
      30000));
  for (std::thread &borrower : borrowers) {
    borrower.join();
  }
  CHECK(in_order && in_one_place && sent == static_cast<int32_t>(2 * each));
  CHECK(Await([&] { return pool.InFlight() == 0; }));
  for (const int32_t share : shares) {
    const Borrowed looked(pool.number, share);
    CHECK(looked.memory()->sent == each && looked.memory()->failed == 0 && looked.memory()->taken == each);
    const Reclaimed all(pool, share);
    CHECK(all.left == 0 && all.slots.size() == looked.memory()->slots);
    CHECK(looked.memory()->closed == 1);
  }
  CHECK(pool.window.returned.TakeAll().empty());
}

void ReclaimsFromTheDead() {
  const Opened library;
  const Pair pair(false);
  OpenPool pool(10, 64);
  const int32_t share = Lend(pool, Slots(1, 8));
  // Three are sent, two handed over and not sent, one is held, and two were never taken.
  std::thread([&] {
    Borrowed mine(pool.number, share);
    CHECK(mine.memory()->slots == 8 && mine.memory()->returned == 8);
    for (uint32_t i = 0; i < 3; ++i) {
      mine.HandOver(SlotRow(pair.one, static_cast<uint32_t>(mine.returned.Take()), 64));
    }
  }).join();
  CHECK(SendShare(library, pool, share) == 3);
  Borrowed looked(pool.number, share);
  CHECK(pool.InFlight() == 3);
  looked.HandOver(SlotRow(pair.one, 4, 64));
  looked.HandOver(SlotRow(pair.one, 5, 64));
  const Reclaimed first(pool, share);
  CHECK(first.slots == (std::set<uint32_t>{4, 5, 6, 7, 8}) && first.left == 3);
  CHECK(looked.memory()->closed == 1);
  const Reclaimed second(pool, share);
  CHECK(second.count == 0 && second.left == 3);
  // What was handed over is the owner's now; nothing of it is sent any more.
  CHECK(SendShare(library, pool, share) == 0);
  CHECK(pool.InFlight() == 3);
  std::vector<steam_sockets_outgoing> rows = {SlotRow(pair.one, 4, 64)};
  CHECK(Send(library, pool.number, rows) == 1);
  Inbox inbox(2, 0);
  CHECK(inbox.Receive(library, pair.two, 0) == 2);
  CHECK(steam_sockets_inbox_release(inbox.number) == 2);
  const Reclaimed third(pool, share);
  CHECK(third.slots == (std::set<uint32_t>{1, 2}) && third.left == 1);
  CHECK(inbox.Receive(library, pair.two, 0) == 2);
  CHECK(steam_sockets_inbox_release(inbox.number) == 2);
  const Reclaimed last(pool, share);
  CHECK(last.slots == (std::set<uint32_t>{3}) && last.left == 0);
  CHECK(Reclaimed(pool, share).count == STEAM_SOCKETS_NOT_OPEN);
  CHECK(SendShare(library, pool, share) == STEAM_SOCKETS_NOT_OPEN);
  steam_sockets_window window{};
  CHECK(steam_sockets_share_window(pool.number, share, &window) == STEAM_SOCKETS_NOT_OPEN);
  CHECK(pool.window.returned.TakeAll() == std::vector<uint32_t>{4});
  CHECK(pool.InFlight() == 0);
  // All are the owner's again.
  const int32_t again = Lend(pool, Slots(0, 10));
  CHECK(again >= 0 && again != share);
  CHECK(Reclaimed(pool, again).slots.size() == 10);
}

void RefusesWhatIsWrong() {
  const Opened library;
  const Pair pair(false);
  OpenPool pool(8, 64);
  steam_sockets_window window{};
  std::vector<uint32_t> slots = {0, 1};
  uint32_t left = 0;
  CHECK(steam_sockets_share_open(pool.number + 1, slots.data(), 2) == STEAM_SOCKETS_NOT_OPEN);
  CHECK(steam_sockets_share_open(-1, slots.data(), 2) == STEAM_SOCKETS_NOT_OPEN);
  CHECK(steam_sockets_share_open(pool.number, nullptr, 2) == STEAM_SOCKETS_BAD_ARGUMENT);
  CHECK(steam_sockets_share_open(pool.number, slots.data(), 0) == STEAM_SOCKETS_BAD_ARGUMENT);
  CHECK(steam_sockets_share_open(pool.number, slots.data(), UINT32_MAX) == STEAM_SOCKETS_BAD_ARGUMENT);
  for (const std::vector<uint32_t> &wrong :
       {std::vector<uint32_t>{8}, {0, UINT32_MAX}, {0, 1, 0}, {0, 1, 2, 3, 4, 5, 6, 7, 0}, {5, 5}}) {
    CHECK(Lend(pool, wrong) == STEAM_SOCKETS_BAD_ARGUMENT);
  }
  const int32_t share = Lend(pool, slots);
  CHECK(share >= 0);
  CHECK(Lend(pool, {1}) == STEAM_SOCKETS_BAD_ARGUMENT);
  CHECK(Lend(pool, {2, 1}) == STEAM_SOCKETS_BAD_ARGUMENT);
  for (const int32_t wrong : {-1, INT32_MIN, INT32_MAX, 0, share + 1, share - 65}) {
    CHECK(steam_sockets_share_window(pool.number, wrong, &window) == STEAM_SOCKETS_NOT_OPEN);
    CHECK(steam_sockets_share_reclaim(pool.number, wrong, slots.data(), 8, &left) == STEAM_SOCKETS_NOT_OPEN);
    CHECK(SendShare(library, pool, wrong) == STEAM_SOCKETS_NOT_OPEN);
  }
  CHECK(steam_sockets_share_window(pool.number + 1, share, &window) == STEAM_SOCKETS_NOT_OPEN);
  CHECK(steam_sockets_share_window(pool.number, share, nullptr) == STEAM_SOCKETS_BAD_ARGUMENT);
  CHECK(steam_sockets_share_reclaim(pool.number, share, nullptr, 8, &left) == STEAM_SOCKETS_BAD_ARGUMENT);
  CHECK(steam_sockets_share_reclaim(pool.number, share, slots.data(), static_cast<uint32_t>(slots.size()) - 1, &left) ==
        STEAM_SOCKETS_BAD_ARGUMENT);
  CHECK(steam_sockets_share_reclaim(pool.number, share, slots.data(), 8, nullptr) == STEAM_SOCKETS_BAD_ARGUMENT);
  std::thread([&] {
    CHECK(steam_sockets_share_open(pool.number, slots.data(), 1) == STEAM_SOCKETS_NOT_OPEN);
    CHECK(steam_sockets_share_reclaim(pool.number, share, slots.data(), 8, &left) == STEAM_SOCKETS_NOT_OPEN);
    CHECK(SendShare(library, pool, share) == STEAM_SOCKETS_NOT_OPEN);
  }).join();

  // Each sends his own.
  std::vector<steam_sockets_outgoing> rows = {SlotRow(pair.one, 0, 64)};
  CHECK(Send(library, pool.number, rows) == 0 && rows[0].result == -k_EResultInvalidParam);
  Borrowed mine(pool.number, share);
  CHECK(mine.returned.Take() == 0 && mine.returned.Take() == 1 && mine.returned.Take() == -1);
  mine.HandOver(SlotRow(pair.two, 2, 64));
  mine.HandOver(SlotRow(pair.two, UINT32_MAX, 64));
  CHECK(SendShare(library, pool, share) == 0);
  CHECK(mine.memory()->failed == 2 && mine.memory()->sent == 0 && mine.memory()->taken == 2);
  CHECK(mine.returned.Take() == -1);
  // One that failed comes back to the share: by its length, by its connection, and because another one failed. What
  // else an entry says is not looked at.
  mine.HandOver(SlotRow(pair.one, 0, 65));
  steam_sockets_outgoing odd = SlotRow(pair.one, 1, 64);
  odd.references = 77;
  odd.copied = 1;
  mine.HandOver(odd);
  CHECK(SendShare(library, pool, share) == 0);
  CHECK(mine.memory()->failed == 4);
  CHECK(mine.returned.Take() == 0 && mine.returned.Take() == 1 && mine.returned.Take() == -1);
  mine.HandOver(odd);
  mine.HandOver(SlotRow(0xdeadbeef, 0, 64));
  CHECK(SendShare(library, pool, share) == 1);
  CHECK(mine.returned.Take() == 0 && mine.returned.Take() == -1);
  // Handed over twice.
  mine.HandOver(odd);
  CHECK(SendShare(library, pool, share) == 0);
  CHECK(pool.InFlight() == 1 && mine.returned.Take() == -1);
  // A count from who knows where sends no more than there are entries.
  mine.memory()->handed += 1000000;
  CHECK(SendShare(library, pool, share) == 0);
  CHECK(SendShare(library, pool, share) == 0);
  Inbox inbox(8, 64);
  CHECK(inbox.Receive(library, pair.two, UINT32_MAX) == 1);
  CHECK(mine.returned.Take() == 1 && pool.InFlight() == 0);
  CHECK(Lend(pool, {1}) == STEAM_SOCKETS_BAD_ARGUMENT);
  // Under way.
  rows = {SlotRow(pair.one, 3, 64)};
  CHECK(Send(library, pool.number, rows) == 1);
  CHECK(Lend(pool, {4, 3}) == STEAM_SOCKETS_BAD_ARGUMENT);
  CHECK(inbox.Receive(library, pair.two, UINT32_MAX) == 1);
  const int32_t second = Lend(pool, {4, 3});
  CHECK(second >= 0);
  CHECK(Reclaimed(pool, second).count == 2 && Reclaimed(pool, share).count == 2);
}

void HasSixtyFour() {
  OpenPool pool(100, 8);
  std::set<int32_t> shares;
  for (uint32_t i = 0; i < STEAM_SOCKETS_SHARES; ++i) {
    shares.insert(Lend(pool, {i}));
  }
  CHECK(shares.size() == STEAM_SOCKETS_SHARES && *shares.begin() >= 0);
  CHECK(Lend(pool, {99}) == STEAM_SOCKETS_TOO_MANY);
  CHECK(Reclaimed(pool, *shares.begin()).left == 0);
  const int32_t next = Lend(pool, {99});
  CHECK(next >= 0 && shares.count(next) == 0);
  CHECK(pool.InFlight() == 0);
}

void ClosesWithSharesOut() {
  const int32_t number = steam_sockets_pool_open(8, 64, false);
  steam_sockets::Pool &pool = *steam_sockets::OwnPool(number);
  const std::vector<uint32_t> slots = {0, 1, 2};
  const int32_t share = steam_sockets_share_open(number, slots.data(), 3);
  const void *address = nullptr;
  {
    const Borrowed mine(number, share);
    address = mine.window.address;
    CHECK(pool.TakeOver(1, 1));
    CHECK(steam_sockets_pool_close(number) == 0);
    CHECK(mine.memory()->closed == 1);
    steam_sockets_window window{};
    CHECK(steam_sockets_share_window(number, share, &window) == STEAM_SOCKETS_NOT_OPEN);
    CHECK(steam_sockets_pools() == 1);
    // Together with another one, and after the pool was closed.
    const std::array<uint32_t, 1> last = {1};
    pool.LetGoOfAll(last.data(), 1);
    CHECK(steam_sockets_pools() == 0);
    CHECK(mine.memory()->returned == 4);
  }
  CHECK(!pool_test::IsMapped(address));
}

}  // namespace

int main() {
  SendsForBorrowers(false);
  SendsForBorrowers(true);
  ReclaimsFromTheDead();
  RefusesWhatIsWrong();
  HasSixtyFour();
  ClosesWithSharesOut();
  CHECK(steam_sockets_pools() == 0);
  return check::Done();
}
