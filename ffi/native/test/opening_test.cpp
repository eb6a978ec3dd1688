// Proves of opening and closing, on the real library:
//  - opens on one thread are counted, the last close ends the library, and it can be opened again;
//  - another thread is told that it is open, and may open it after the last close;
//  - the epoch changes at each start and end, and nothing answers to an old one or to another thread;
//  - a thread that ends with the library open leaves it closed;
//  - many threads that open and close at once never crash, and somebody always gets in;
//  - missing functions and a failing start are told in words.
#include <atomic>
#include <cstring>
#include <thread>
#include <vector>

#include "check.h"
#include "library_test.h"

namespace {

using library_test::BuiltIn;
using library_test::Opened;
using library_test::StartOf;

void CountsOpens() {
  const Opened first;
  CHECK(first.number >= 0);
  const steam_sockets_state *const state = steam_sockets_state_of(first.number);
  const uint32_t epoch = first.epoch;
  CHECK(epoch % 2 == 1 && state->opens == 1 && state->owner == steam_sockets_thread());
  {
    const Opened second;
    CHECK(second.number == first.number && second.epoch == epoch && state->opens == 2);
  }
  CHECK(state->opens == 1 && state->epoch == epoch);
  std::thread([&] {
    const Opened elsewhere;
    CHECK(elsewhere.number == STEAM_SOCKETS_OTHER_THREAD);
    CHECK(std::strlen(elsewhere.error.data()) > 0);
    CHECK(steam_sockets_close(first.number, epoch, 0) == STEAM_SOCKETS_NOT_OPEN);
    CHECK(steam_sockets_run_callbacks(first.number, epoch, nullptr, 0) == STEAM_SOCKETS_NOT_OPEN);
  }).join();
  CHECK(steam_sockets_close(first.number, epoch, 0) == 0);
  CHECK(state->epoch == epoch + 1 && state->opens == 0 && state->owner == 0);
  CHECK(steam_sockets_close(first.number, epoch, 0) == STEAM_SOCKETS_NOT_OPEN);
  CHECK(steam_sockets_run_callbacks(first.number, epoch, nullptr, 0) == STEAM_SOCKETS_NOT_OPEN);
  CHECK(steam_sockets_read_events(first.number, epoch, nullptr, 0) == STEAM_SOCKETS_NOT_OPEN);
  CHECK(steam_sockets_send(first.number, epoch, -1, nullptr, 0, nullptr, 0, false) == STEAM_SOCKETS_NOT_OPEN);
  CHECK(steam_sockets_poll(first.number, epoch, 0) == STEAM_SOCKETS_NOT_OPEN);
  CHECK(steam_sockets_state_of(-1) == nullptr && steam_sockets_state_of(STEAM_SOCKETS_LIBRARIES) == nullptr);
}

void OpensAgain() {
  uint32_t last = 0;
  for (int i = 0; i < 20; ++i) {
    const Opened again(i % 2 == 1);
    CHECK(again.number >= 0 && again.epoch > last);
    last = again.epoch;
  }
}

void EndsWithItsThread() {
  int32_t number = -1;
  uint32_t epoch = 0;
  std::thread([&] {
    steam_sockets_functions const functions = BuiltIn();
    steam_sockets_start start = StartOf();
    std::array<char, 1024> error{};
    number = steam_sockets_open(&functions, &start, error.data());
    CHECK(number >= 0);
    epoch = steam_sockets_state_of(number)->epoch;
    CHECK(steam_sockets_open(&functions, &start, error.data()) == number);
  }).join();
  CHECK(steam_sockets_state_of(number)->opens == 0 && steam_sockets_state_of(number)->epoch == epoch + 1);
  const Opened after;
  CHECK(after.number >= 0);
}

void StandsACrowd() {
  std::atomic<int> opened{0};
  std::vector<std::thread> threads;
  threads.reserve(4);
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&opened] {
      for (int round = 0; round < 25; ++round) {
        const Opened mine;
        if (mine.number >= 0) {
          ++opened;
          CHECK(steam_sockets_run_callbacks(mine.number, mine.epoch, nullptr, 0) == 0);
        } else {
          CHECK(mine.number == STEAM_SOCKETS_OTHER_THREAD);
        }
      }
    });
  }
  for (std::thread &thread : threads) {
    thread.join();
  }
  CHECK(opened > 0);
}

void TellsWhatIsWrong() {
  std::array<char, 1024> error{};
  steam_sockets_start start = StartOf();
  steam_sockets_start by_hand = StartOf(true);
  steam_sockets_functions functions = BuiltIn();
  functions.send_messages = nullptr;
  CHECK(steam_sockets_open(&functions, &start, error.data()) == STEAM_SOCKETS_NO_FUNCTION);
  CHECK(std::strlen(error.data()) > 0);
  CHECK(steam_sockets_open(nullptr, &start, error.data()) == STEAM_SOCKETS_NO_FUNCTION);
  functions = BuiltIn();
  CHECK(steam_sockets_open(&functions, nullptr, error.data()) == STEAM_SOCKETS_NO_FUNCTION);
  functions = BuiltIn();
  functions.poll = nullptr;
  CHECK(steam_sockets_open(&functions, &by_hand, error.data()) == STEAM_SOCKETS_NO_FUNCTION);
  functions = BuiltIn();
  functions.init = [](const void *, char *text) {
    (void)std::snprintf(text, 1024, "no luck");
    return false;
  };
  CHECK(steam_sockets_open(&functions, &start, error.data()) == STEAM_SOCKETS_START_FAILED);
  CHECK(std::strcmp(error.data(), "no luck") == 0);
  const Opened fine;
  CHECK(fine.number >= 0);
  CHECK(steam_sockets_poll(fine.number, fine.epoch, 0) == STEAM_SOCKETS_BAD_ARGUMENT);
  CHECK(steam_sockets_set_debug_level(fine.number, fine.epoch, 9) == STEAM_SOCKETS_BAD_ARGUMENT);
  CHECK(steam_sockets_contract() == STEAM_SOCKETS_CONTRACT);
  CHECK(steam_sockets_build()[0] == '{');
}

}  // namespace

int main() {
  CountsOpens();
  OpensAgain();
  EndsWithItsThread();
  StandsACrowd();
  TellsWhatIsWrong();
  return check::Done();
}
