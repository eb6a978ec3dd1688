// Proves of batches, on the real library:
//  - what one side sends the other receives, byte for byte and in order, over memory and over the loopback device;
//  - a payload larger than the arena waits, says what it needs, and comes first the next time; nothing is lost;
//  - a failed message leaves the later ones to its connection untried, also across the parts of a long batch;
//  - indices, lengths and handles that are wrong are refused before anything is done;
//  - lanes can be configured again with any priorities, and every lane goes on delivering;
//  - status events and debug output come out of their rings.
#include <chrono>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include "check.h"
#include "library_test.h"

namespace {

using library_test::Opened;
using library_test::Pair;

constexpr int32_t kReliable = k_nSteamNetworkingSend_ReliableNoNagle;

std::string TextOf(int32_t i, size_t bytes) {
  std::string text(bytes, '\0');
  for (size_t at = 0; at < bytes; ++at) {
    text[at] = static_cast<char>('a' + (static_cast<size_t>(i) * 31 + at) % 26);
  }
  return text;
}

// Receives until `wanted` messages came or two seconds went by.
std::vector<std::string> ReceiveAll(const Opened &library, HSteamNetConnection from, size_t wanted,
                                    uint32_t arena_bytes) {
  std::vector<std::string> texts;
  std::vector<steam_sockets_received> rows(300);
  std::vector<char> arena(arena_bytes);
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(2);
  while (texts.size() < wanted && std::chrono::steady_clock::now() < end) {
    uint32_t needed = 0;
    const int32_t count =
        steam_sockets_receive(library.number, library.epoch, STEAM_SOCKETS_FROM_CONNECTION, from, rows.data(), 300,
                              arena.data(), static_cast<uint32_t>(arena.size()), &needed);
    CHECK(count >= 0);
    for (int32_t i = 0; i < count; ++i) {
      const steam_sockets_received &row = rows[static_cast<size_t>(i)];
      CHECK(row.connection == from && row.offset % 8 == 0);
      texts.emplace_back(arena.data() + row.offset, row.bytes);
    }
    if (needed > arena.size()) {
      arena.resize(needed);
    }
    if (count == 0 && needed == 0) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }
  return texts;
}

void Send(const Opened &library, HSteamNetConnection to, const std::vector<std::string> &texts) {
  std::string payloads;
  std::vector<steam_sockets_outgoing> rows;
  for (const std::string &text : texts) {
    steam_sockets_outgoing row{};
    row.connection = to;
    row.flags = kReliable;
    row.offset = static_cast<uint32_t>(payloads.size());
    row.bytes = static_cast<uint32_t>(text.size());
    rows.push_back(row);
    payloads += text;
  }
  CHECK(steam_sockets_send(library.number, library.epoch, rows.data(), static_cast<int32_t>(rows.size()),
                           payloads.data(), static_cast<uint32_t>(payloads.size())) == 0);
  for (auto &row : rows) {
    CHECK(row.result > 0);
  }
}

void Delivers(bool over_loopback, uint32_t arena_bytes) {
  const Opened library;
  const Pair pair(over_loopback);
  std::vector<std::string> texts;
  texts.reserve(600);
  for (int32_t i = 0; i < 600; ++i) {
    texts.push_back(TextOf(i, static_cast<size_t>(i) % 301));
  }
  texts.push_back(TextOf(7, 100000));
  texts.push_back(TextOf(8, 0));
  Send(library, pair.one, texts);
  CHECK(ReceiveAll(library, pair.two, texts.size(), arena_bytes) == texts);
}

void ReleasesWhatNobodyFetched() {
  const Opened library;
  const Pair pair(false);
  Send(library, pair.one, {TextOf(1, 1000), TextOf(2, 1000)});
  std::array<steam_sockets_received, 4> rows{};
  std::array<char, 16> arena{};
  uint32_t needed = 0;
  CHECK(steam_sockets_receive(library.number, library.epoch, STEAM_SOCKETS_FROM_CONNECTION, pair.two, rows.data(), 4,
                              arena.data(), arena.size(), &needed) == 0);
  CHECK(needed == 1000);
  // The address sanitizer's leak check sees that closing releases them.
}

void SkipsAfterAFailure() {
  const Opened library;
  const Pair pair(false);
  std::vector<steam_sockets_outgoing> rows(3000);
  for (size_t i = 0; i < rows.size(); ++i) {
    rows[i].connection = i % 3 == 0 ? 0xdeadbeef : pair.one;
    rows[i].flags = kReliable;
    rows[i].bytes = 4;
  }
  CHECK(steam_sockets_send(library.number, library.epoch, rows.data(), 3000, "test", 4) == 0);
  CHECK(rows[0].result < 0);
  int32_t sent = 0;
  for (size_t i = 1; i < rows.size(); ++i) {
    if (i % 3 == 0) {
      CHECK(rows[i].result == 0);
    } else {
      sent += rows[i].result > 0 ? 1 : 0;
    }
  }
  CHECK(sent == 2000);
  CHECK(ReceiveAll(library, pair.two, 2000, 4096).size() == 2000);
}

void RefusesWhatIsWrong() {
  const Opened library;
  const Pair pair(false);
  steam_sockets_outgoing row{};
  row.connection = pair.one;
  row.offset = 3;
  row.bytes = 2;
  CHECK(steam_sockets_send(library.number, library.epoch, &row, 1, "test", 4) == STEAM_SOCKETS_BAD_ARGUMENT);
  row.offset = UINT32_MAX;
  CHECK(steam_sockets_send(library.number, library.epoch, &row, 1, "test", 4) == STEAM_SOCKETS_BAD_ARGUMENT);
  CHECK(steam_sockets_send(library.number, library.epoch, &row, -1, "test", 4) == STEAM_SOCKETS_BAD_ARGUMENT);
  CHECK(steam_sockets_send(library.number, library.epoch, nullptr, 1, "test", 4) == STEAM_SOCKETS_BAD_ARGUMENT);
  steam_sockets_received received{};
  uint32_t needed = 0;
  CHECK(steam_sockets_receive(library.number, library.epoch, 3, pair.two, &received, 1, nullptr, 0, &needed) ==
        STEAM_SOCKETS_BAD_ARGUMENT);
  CHECK(steam_sockets_receive(library.number, library.epoch, STEAM_SOCKETS_FROM_POLL_GROUP, 12345, &received, 1,
                              nullptr, 0, &needed) == STEAM_SOCKETS_NO_HANDLE);
  CHECK(steam_sockets_receive(library.number, library.epoch, STEAM_SOCKETS_FROM_CONNECTION, 12345, &received, 1,
                              nullptr, 0, &needed) == STEAM_SOCKETS_NO_HANDLE);
}

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
    std::vector<steam_sockets_outgoing> rows(static_cast<size_t>(lanes));
    for (int32_t lane = 0; lane < lanes; ++lane) {
      steam_sockets_outgoing &row = rows[static_cast<size_t>(lane)];
      row.connection = pair.one;
      row.flags = kReliable;
      row.bytes = 4;
      row.lane = static_cast<uint16_t>(lane);
    }
    CHECK(steam_sockets_send(library.number, library.epoch, rows.data(), lanes, "test", 4) == 0);
    CHECK(ReceiveAll(library, pair.two, rows.size(), 4096).size() == rows.size());
  }
  const Pair pair(true);
  CHECK(steam_sockets_configure_lanes(library.number, library.epoch, pair.one, 9, nullptr, nullptr) ==
        k_EResultInvalidParam);
  CHECK(steam_sockets_configure_lanes(library.number, library.epoch, 4242, 1, nullptr, nullptr) ==
        k_EResultNoConnection);
  CHECK(steam_sockets_configure_lanes(library.number, library.epoch, 4242, 0, nullptr, nullptr) ==
        STEAM_SOCKETS_BAD_ARGUMENT);
}

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
  Delivers(false, 1 << 20);
  Delivers(false, 512);
  Delivers(true, 1 << 20);
  Delivers(true, 512);
  ReleasesWhatNobodyFetched();
  SkipsAfterAFailure();
  RefusesWhatIsWrong();
  ConfiguresLanesAgain();
  TellsEvents();
  FindsAFreePort();
  return check::Done();
}
