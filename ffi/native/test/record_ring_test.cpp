// Proves of RecordRing:
//  - records come out whole, with their kind, argument and payload, in the order in which each writer wrote them;
//  - one that grows drops none, whatever several writers and a reader do at once;
//  - one with a limit drops the oldest, counts each, and never holds more than its limit;
//  - a read takes only whole records, and says so when the first does not fit.
#include "record_ring.h"

#include <array>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include "check.h"

namespace {

using steam_sockets::RecordRing;

struct Counted {
  uint32_t count = 0;
  uint64_t dropped = 0;
  RecordRing ring;
  explicit Counted(uint32_t limit) : ring(limit, count, dropped) {}
};

struct Entry {
  uint16_t kind;
  int32_t argument;
  std::string payload;
};

std::vector<Entry> ReadAll(RecordRing &ring, uint32_t capacity) {
  std::vector<Entry> entries;
  std::vector<char> into(capacity);
  for (int32_t written = ring.Read(into.data(), capacity); written > 0; written = ring.Read(into.data(), capacity)) {
    for (int32_t at = 0; at < written;) {
      steam_sockets_record head;
      std::memcpy(&head, into.data() + at, sizeof head);
      CHECK(head.bytes % 8 == 0);
      CHECK(head.bytes >= sizeof head + head.payload);
      entries.push_back({head.kind, head.argument, std::string(into.data() + at + sizeof head, head.payload)});
      at += static_cast<int32_t>(head.bytes);
    }
  }
  return entries;
}

void KeepsRecordsWhole() {
  Counted counted(0);
  RecordRing &ring = counted.ring;
  for (int32_t i = 0; i < 1000; ++i) {
    const std::string text(static_cast<size_t>(i) % 97, static_cast<char>('a' + i % 26));
    ring.Push(static_cast<uint16_t>(i % 7), i, text.data(), static_cast<uint32_t>(text.size()));
  }
  CHECK(counted.count == 1000);
  const std::vector<Entry> entries = ReadAll(ring, 256);
  CHECK(entries.size() == 1000);
  for (int32_t i = 0; i < 1000; ++i) {
    const Entry &entry = entries[static_cast<size_t>(i)];
    CHECK(entry.kind == i % 7 && entry.argument == i);
    CHECK(entry.payload == std::string(static_cast<size_t>(i) % 97, static_cast<char>('a' + i % 26)));
  }
  CHECK(counted.count == 0 && counted.dropped == 0);
}

void SaysWhenTheFirstDoesNotFit() {
  Counted counted(0);
  RecordRing &ring = counted.ring;
  const std::string text(100, 'x');
  ring.Push(1, 0, text.data(), 100);
  std::array<char, 64> small{};
  CHECK(ring.Read(small.data(), small.size()) == STEAM_SOCKETS_BAD_ARGUMENT);
  CHECK(counted.count == 1);
  CHECK(ReadAll(ring, 256).size() == 1);
  CHECK(ring.Read(small.data(), small.size()) == 0);
}

void DropsTheOldest() {
  constexpr uint32_t kLimit = 64 * 1024;
  Counted counted(kLimit);
  RecordRing &ring = counted.ring;
  const std::string text(1000, 'x');
  for (int32_t i = 0; i < 500; ++i) {
    ring.Push(1, i, text.data(), 1000);
  }
  const std::vector<Entry> entries = ReadAll(ring, kLimit);
  CHECK(entries.size() == kLimit / 1016);
  CHECK(counted.dropped == 500 - entries.size());
  for (size_t i = 0; i < entries.size(); ++i) {
    CHECK(entries[i].argument == static_cast<int32_t>(500 - entries.size() + i));
  }
  const std::string too_large(kLimit, 'x');
  ring.Push(1, 0, too_large.data(), kLimit);
  CHECK(counted.count == 0 && counted.dropped == 501 - entries.size());
  ring.Clear();
  CHECK(counted.dropped == 0);
}

void SurvivesManyWriters() {
  constexpr int32_t kWriters = 4;
  constexpr int32_t kEach = 20000;
  Counted counted(0);
  RecordRing &ring = counted.ring;
  std::vector<std::thread> writers;
  writers.reserve(kWriters);
  for (int32_t writer = 0; writer < kWriters; ++writer) {
    writers.emplace_back([&ring, writer] {
      for (int32_t i = 0; i < kEach; ++i) {
        ring.Push(static_cast<uint16_t>(writer), i, &i, sizeof i);
      }
    });
  }
  std::array<int32_t, kWriters> next{};
  int32_t seen = 0;
  bool in_order = true;
  while (seen < kWriters * kEach) {
    for (const Entry &entry : ReadAll(ring, 4096)) {
      int32_t value = 0;
      std::memcpy(&value, entry.payload.data(), sizeof value);
      in_order = in_order && entry.argument == next[entry.kind] && value == next[entry.kind];
      ++next[entry.kind];
      ++seen;
    }
  }
  for (std::thread &writer : writers) {
    writer.join();
  }
  CHECK(in_order);
  CHECK(counted.count == 0 && counted.dropped == 0);
}

}  // namespace

int main() {
  KeepsRecordsWhole();
  SaysWhenTheFirstDoesNotFit();
  DropsTheOldest();
  SurvivesManyWriters();
  return check::Done();
}
