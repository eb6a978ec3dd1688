// Proves of pools:
//  - whatever several threads that let go and one that takes and sends again do at once, every slot is in one place,
//    none is lost or doubled, and one that came back can be sent at once;
//  - a pool that is closed while slots come back is over exactly when the last one has come, whoever was later;
//  - memory lives until the last window and the last message are gone, in any order and on any thread, and no longer;
//  - a pool whose thread ends is closed;
//  - numbers are never used again, and every wrong argument is refused;
//  - slots, ring and guard words lie where the head says, and apart from each other.
#include "pool.h"

#include <array>
#include <atomic>
#include <thread>
#include <vector>

#include "check.h"
#include "pool_test.h"

namespace {

using pool_test::IsMapped;
using pool_test::OpenPool;
using pool_test::PoolWindow;
using pool_test::WindowOf;
using steam_sockets::OwnPool;
using steam_sockets::Pool;

// A thread that lets go of what it is given.
class Releaser {
 public:
  Releaser() : thread_([this] { Run(); }) {}
  Releaser(const Releaser &) = delete;
  Releaser &operator=(const Releaser &) = delete;
  ~Releaser() {
    while (!IsDone()) {
      std::this_thread::yield();
    }
    given_.store(kStop, std::memory_order_release);
    thread_.join();
  }

  // One slot of a pool, to be let go of so many times. The one before must be done.
  void Give(Pool &pool, uint32_t slot, uint32_t times) {
    pool_ = &pool;
    slot_ = slot;
    given_.store(times, std::memory_order_release);
  }

  bool IsDone() const { return given_.load(std::memory_order_acquire) == 0; }

 private:
  static constexpr uint32_t kStop = UINT32_MAX;

  void Run() {
    for (;;) {
      const uint32_t times = given_.load(std::memory_order_acquire);
      if (times == kStop) {
        return;
      }
      if (times == 0) {
        std::this_thread::yield();
        continue;
      }
      for (uint32_t i = 0; i < times; ++i) {
        pool_->LetGo(slot_);
      }
      given_.store(0, std::memory_order_release);
    }
  }

  Pool *pool_ = nullptr;
  uint32_t slot_ = 0;
  std::atomic<uint32_t> given_{0};
  std::thread thread_;
};

constexpr size_t kReleasers = 3;

void LosesNothing(uint32_t slots, int32_t rounds) {
  OpenPool open(slots, 100);
  Pool &pool = *OwnPool(open.number);
  enum class Place : uint8_t { kMine, kUnderWay };
  std::vector<Place> places(slots, Place::kMine);
  std::vector<uint32_t> mine;
  mine.reserve(slots);
  for (uint32_t slot = 0; slot < slots; ++slot) {
    mine.push_back(slot);
  }
  bool in_one_place = true;
  bool sent_at_once = true;
  const auto take_back = [&] {
    for (const uint32_t slot : open.window.returned.TakeAll()) {
      in_one_place = in_one_place && slot < slots && places[slot] == Place::kUnderWay;
      places[slot] = Place::kMine;
      mine.push_back(slot);
    }
  };
  {
    std::array<Releaser, kReleasers> releasers;
    for (int32_t round = 0; round < rounds && in_one_place && sent_at_once;) {
      take_back();
      if (mine.empty()) {
        std::this_thread::yield();
      }
      for (size_t i = 0; i < kReleasers && !mine.empty(); ++i) {
        // By one thread, or by all of them at once.
        const size_t parts = round % 3 == 0 ? kReleasers : 1;
        size_t ready = 0;
        for (const Releaser &releaser : releasers) {
          ready += releaser.IsDone() ? 1 : 0;
        }
        if (ready < parts) {
          break;
        }
        const uint32_t slot = mine.back();
        mine.pop_back();
        sent_at_once = pool.TakeOver(slot, static_cast<uint32_t>(parts) * 2) && !pool.TakeOver(slot, 1);
        if (!sent_at_once) {
          break;
        }
        places[slot] = Place::kUnderWay;
        size_t given = 0;
        for (Releaser &releaser : releasers) {
          if (given < parts && releaser.IsDone()) {
            releaser.Give(pool, slot, 2);
            ++given;
          }
        }
        ++round;
      }
    }
  }
  take_back();
  CHECK(in_one_place);
  CHECK(sent_at_once);
  CHECK(mine.size() == slots);
  CHECK(open.InFlight() == 0);
  CHECK(open.window.memory()->returned == static_cast<uint32_t>(rounds));
}

void ClosesWhileSlotsComeBack() {
  std::array<Releaser, kReleasers> releasers;
  for (int32_t round = 0; round < 300; ++round) {
    const int32_t number = steam_sockets_pool_open(kReleasers, 16, false);
    Pool &pool = *OwnPool(number);
    for (uint32_t slot = 0; slot < kReleasers; ++slot) {
      CHECK(pool.TakeOver(slot, 1));
    }
    for (uint32_t slot = 0; slot < kReleasers; ++slot) {
      releasers[slot].Give(pool, slot, 1);
    }
    for (int32_t i = 0; i < round % 50; ++i) {
      std::this_thread::yield();
    }
    CHECK(steam_sockets_pool_close(number) == 0);
    for (const Releaser &releaser : releasers) {
      while (!releaser.IsDone()) {
        std::this_thread::yield();
      }
    }
    CHECK(steam_sockets_pools() == 0);
  }
}

void LivesAsLongAsItIsHeld() {
  // Closed with a message under way and two windows: over when all three are gone.
  for (int32_t last = 0; last < 3; ++last) {
    const int32_t number = steam_sockets_pool_open(8, 100000, false);
    Pool &pool = *OwnPool(number);
    const steam_sockets_window one = WindowOf(number);
    const steam_sockets_window two = WindowOf(number);
    CHECK(one.address == two.address && one.bytes == two.bytes && one.bytes >= 800000);
    CHECK(pool.TakeOver(5, 1));
    CHECK(steam_sockets_pool_close(number) == 0);
    CHECK(steam_sockets_pools() == 1);
    for (int32_t i = 1; i <= 3; ++i) {
      CHECK(IsMapped(one.address));
      switch ((last + i) % 3) {
        case 0:
          std::thread([&] { pool.LetGo(5); }).join();
          CHECK(steam_sockets_pools() == 0);
          break;
        case 1:
          std::thread([&] { steam_sockets_let_go(one.address, one.context); }).join();
          break;
        default:
          steam_sockets_let_go(two.address, two.context);
      }
    }
    CHECK(!IsMapped(one.address));
  }
  steam_sockets_let_go(nullptr, nullptr);
}

void LetsGoOfWindowsOnManyThreads() {
  const int32_t number = steam_sockets_pool_open(8, 100000, false);
  const void *const address = PoolWindow(number).window.address;
  std::vector<std::thread> threads;
  threads.reserve(4);
  for (int32_t i = 0; i < 4; ++i) {
    threads.emplace_back([number] {
      // Until the owner closes it.
      for (steam_sockets_window window{}; steam_sockets_pool_window(number, &window) == 0;) {
        CHECK(static_cast<char *>(window.address)[window.bytes - 1] == 0);
        steam_sockets_let_go(window.address, window.context);
      }
    });
  }
  std::this_thread::yield();
  CHECK(steam_sockets_pool_close(number) == 0);
  for (std::thread &thread : threads) {
    thread.join();
  }
  CHECK(steam_sockets_pools() == 0);
  CHECK(!IsMapped(address));
}

// Numbers that are no more, while the places that they had are used by others.
void TellsNumbersApart() {
  std::atomic<int32_t> shown{0};
  std::atomic<bool> over{false};
  std::thread other([&] {
    while (!over) {
      const int32_t number = shown;
      steam_sockets_window window{};
      if (number != 0 && steam_sockets_pool_window(number, &window) == 0) {
        // Who made it wrote its number there.
        const uint32_t states = static_cast<steam_sockets_pool_memory *>(window.address)->states;
        uint32_t written = 0;
        std::memcpy(&written, static_cast<char *>(window.address) + states, sizeof written);
        CHECK(written == static_cast<uint32_t>(number));
        steam_sockets_let_go(window.address, window.context);
      }
      CHECK(steam_sockets_pool_in_flight(number) == STEAM_SOCKETS_NOT_OPEN);
    }
  });
  for (int32_t round = 0; round < 300; ++round) {
    const int32_t number = steam_sockets_pool_open(1, 1, false);
    {
      const PoolWindow window(number);
      *window.WordsAt(window.memory()->states) = static_cast<uint32_t>(number);
    }
    CHECK(number != shown);
    shown = number;
    CHECK(steam_sockets_pool_close(number) == 0);
    CHECK(steam_sockets_pool_close(number) == STEAM_SOCKETS_NOT_OPEN);
  }
  over = true;
  other.join();
  CHECK(steam_sockets_pools() == 0);
}

void ClosesWithItsThread() {
  int32_t number = -1;
  Pool *pool = nullptr;
  steam_sockets_window window{};
  std::thread([&] {
    CHECK(steam_sockets_pool_open(1, 1, false) >= 0);
    number = steam_sockets_pool_open(4, 100000, false);
    pool = OwnPool(number);
    window = WindowOf(number);
    CHECK(pool->TakeOver(3, 2));
  }).join();
  CHECK(steam_sockets_pools() == 1);
  // It can be looked into until the last message is done with.
  const steam_sockets_window late = WindowOf(number);
  CHECK(late.address == window.address);
  steam_sockets_let_go(late.address, late.context);
  steam_sockets_let_go(window.address, window.context);
  CHECK(IsMapped(window.address));
  pool->LetGo(3);
  CHECK(IsMapped(window.address) && steam_sockets_pools() == 1);
  pool->LetGo(3);
  CHECK(!IsMapped(window.address) && steam_sockets_pools() == 0);
  CHECK(steam_sockets_pool_window(number, &window) == STEAM_SOCKETS_NOT_OPEN);
}

void RefusesWhatIsWrong() {
  CHECK(steam_sockets_pool_open(0, 1, false) == STEAM_SOCKETS_BAD_ARGUMENT);
  CHECK(steam_sockets_pool_open(1, 0, false) == STEAM_SOCKETS_BAD_ARGUMENT);
  CHECK(steam_sockets_pool_open(UINT32_MAX, 1, false) == STEAM_SOCKETS_BAD_ARGUMENT);
  CHECK(steam_sockets_pool_open(STEAM_SOCKETS_SLOTS + 1, 1, false) == STEAM_SOCKETS_BAD_ARGUMENT);
  CHECK(steam_sockets_pool_open(1, STEAM_SOCKETS_SLOT_BYTES + 1, false) == STEAM_SOCKETS_BAD_ARGUMENT);
  CHECK(steam_sockets_pool_open(STEAM_SOCKETS_SLOTS, STEAM_SOCKETS_SLOT_BYTES, true) == STEAM_SOCKETS_NO_MEMORY);
  CHECK(steam_sockets_pool_open((1U << 30) / STEAM_SOCKETS_SLOT_BYTES, STEAM_SOCKETS_SLOT_BYTES, true) ==
        STEAM_SOCKETS_NO_MEMORY);
  CHECK(steam_sockets_pools() == 0);

  const OpenPool open(2, 8);
  steam_sockets_window window{};
  for (const int32_t number : {-1, INT32_MIN, 0, INT32_MAX, open.number + 1, open.number - 4096, open.number + 4096}) {
    CHECK(steam_sockets_pool_window(number, &window) == STEAM_SOCKETS_NOT_OPEN);
    CHECK(steam_sockets_pool_close(number) == STEAM_SOCKETS_NOT_OPEN);
    CHECK(steam_sockets_pool_in_flight(number) == STEAM_SOCKETS_NOT_OPEN);
  }
  CHECK(steam_sockets_pool_window(open.number, nullptr) == STEAM_SOCKETS_BAD_ARGUMENT);
  std::thread([&] {
    CHECK(steam_sockets_pool_close(open.number) == STEAM_SOCKETS_NOT_OPEN);
    CHECK(steam_sockets_pool_in_flight(open.number) == STEAM_SOCKETS_NOT_OPEN);
  }).join();
  CHECK(open.InFlight() == 0);
}

void GivesEveryNumberOut() {
  std::vector<int32_t> numbers;
  for (int32_t number = steam_sockets_pool_open(1, 1, false); number >= 0;
       number = steam_sockets_pool_open(1, 1, false)) {
    numbers.push_back(number);
  }
  CHECK(numbers.size() == 4096);
  CHECK(steam_sockets_pool_open(1, 1, false) == STEAM_SOCKETS_TOO_MANY);
  CHECK(steam_sockets_pools() == 4096);
  for (const int32_t number : numbers) {
    CHECK(steam_sockets_pool_close(number) == 0);
  }
  CHECK(steam_sockets_pools() == 0);
}

void LaysMemoryOut(uint32_t slots, uint32_t slot_bytes, bool guarded) {
  const int32_t number = steam_sockets_pool_open(slots, slot_bytes, guarded);
  CHECK(number >= 0);
  const PoolWindow window(number);
  const steam_sockets_pool_memory &memory = *window.memory();
  CHECK(memory.slots == slots && memory.slot_bytes == slot_bytes && memory.guarded == (guarded ? 1 : 0));
  CHECK(memory.states >= sizeof memory && memory.states % 8 == 0);
  CHECK(memory.ring >= memory.states + slots * 4 && memory.ring % 64 == 0);
  CHECK(memory.ring_slots >= slots && (memory.ring_slots & (memory.ring_slots - 1)) == 0);
  CHECK(memory.first_slot >= memory.ring + memory.ring_slots * 4 && memory.first_slot % 8 == 0);
  CHECK(memory.stride >= slot_bytes + 4 && memory.stride % 64 == 0);
  CHECK(window.window.bytes >= memory.first_slot + uint64_t{slots} * memory.stride);
  for (uint32_t slot = 0; slot < slots; slot += slots > 100 ? slots / 100 : 1) {
    uint32_t guard = 0;
    std::memcpy(&guard, window.Payload(slot) + slot_bytes, sizeof guard);
    CHECK(guard == (guarded ? STEAM_SOCKETS_GUARD : 0));
    CHECK(OwnPool(number)->Payload(slot) == window.Payload(slot));
  }
  CHECK(window.Payload(slots - 1) + memory.stride <= window.At(window.window.bytes));
  CHECK(steam_sockets_pool_close(number) == 0);
}

}  // namespace

int main() {
  LosesNothing(1, 4000);
  LosesNothing(3, 4000);
  LosesNothing(64, 4000);
  ClosesWhileSlotsComeBack();
  LivesAsLongAsItIsHeld();
  LetsGoOfWindowsOnManyThreads();
  TellsNumbersApart();
  ClosesWithItsThread();
  RefusesWhatIsWrong();
  GivesEveryNumberOut();
  LaysMemoryOut(1, 1, true);
  LaysMemoryOut(3, 60, true);
  LaysMemoryOut(1000, 61, false);
  LaysMemoryOut(2000, STEAM_SOCKETS_SLOT_BYTES, false);
  LaysMemoryOut(STEAM_SOCKETS_SLOTS, 64, true);
  return check::Done();
}
