// What is written into payloads and read from them, the same in every variant.
#pragma once

#include <cstdint>
#include <cstring>

namespace bench {

template <typename T>
void Put(char *payload, size_t at, T value) {
  std::memcpy(payload + at, &value, sizeof value);
}

template <typename T>
T Get(const char *payload, size_t at) {
  T value;
  std::memcpy(&value, payload + at, sizeof value);
  return value;
}

// How payloads of the memory suite are touched: first and last byte, or a word in each 64-byte line.
struct Transport {
  static uint32_t Write(char *payload, size_t bytes, uint32_t number) {
    payload[0] = static_cast<char>(number);
    payload[bytes - 1] = static_cast<char>(number + 1);
    return (number & 0xffU) + ((number + 1) & 0xffU);
  }
  static uint32_t Read(const char *payload, size_t bytes) {
    return static_cast<uint8_t>(payload[0]) + static_cast<uint8_t>(payload[bytes - 1]);
  }
};

struct Touched {
  static constexpr size_t kLine = 64;
  static uint32_t Write(char *payload, size_t bytes, uint32_t number) {
    uint32_t sum = 0;
    for (size_t at = 0; at < bytes; at += kLine) {
      const auto word = static_cast<uint32_t>(number + at);
      Put(payload, at, word);
      sum += word;
    }
    return sum;
  }
  static uint32_t Read(const char *payload, size_t bytes) {
    uint32_t sum = 0;
    for (size_t at = 0; at < bytes; at += kLine) {
      sum += Get<uint32_t>(payload, at);
    }
    return sum;
  }
};

// A game's snapshot: tick and echo, then entities of 24 bytes, field by field. bench/payload.ts writes the same.
struct Snapshot {
  static constexpr size_t kHead = 8;
  static constexpr size_t kEntity = 24;
  static constexpr size_t kKinds = 7;

  static void Write(char *payload, size_t bytes, uint32_t tick, uint32_t echo) {
    Put(payload, 0, tick);
    Put(payload, 4, echo);
    const auto time = static_cast<float>(tick);
    uint32_t id = 0;
    for (size_t at = kHead; at + kEntity <= bytes; at += kEntity, ++id) {
      Put(payload, at, static_cast<uint16_t>(id));
      Put(payload, at + 2, static_cast<uint8_t>(id % kKinds));
      Put(payload, at + 3, static_cast<uint8_t>(tick));
      Put(payload, at + 4, static_cast<float>(id) + time * 0.25F);
      Put(payload, at + 8, static_cast<float>(id) - time * 0.5F);
      Put(payload, at + 12, time);
      Put(payload, at + 16, static_cast<int16_t>(id - tick));
      Put(payload, at + 18, static_cast<int16_t>(id + tick));
      Put(payload, at + 20, static_cast<int16_t>(tick));
      Put(payload, at + 22, static_cast<uint8_t>(100));
      Put(payload, at + 23, static_cast<uint8_t>(id));
    }
  }

  static uint32_t Tick(const char *payload) { return Get<uint32_t>(payload, 0); }
};

}  // namespace bench
