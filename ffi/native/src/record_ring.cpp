#include "record_ring.h"

#include <algorithm>
#include <cstring>

#include "shared_word.h"

namespace steam_sockets {

namespace {

constexpr size_t kFirstCapacity = 16 * 1024;

size_t RecordBytes(uint32_t payload) { return (sizeof(steam_sockets_record) + payload + 7) & ~size_t{7}; }

}  // namespace

void RecordRing::Push(uint16_t kind, int32_t argument, const void *payload, uint32_t bytes) {
  const std::lock_guard<std::mutex> guard(lock_);
  const size_t whole = RecordBytes(bytes);
  if (limit_ != 0 && whole > limit_) {
    Store(dropped_, dropped_ + 1);
    return;
  }
  MakeRoom(whole);
  steam_sockets_record head{};
  head.bytes = static_cast<uint32_t>(whole);
  head.payload = bytes;
  head.kind = kind;
  head.argument = argument;
  const size_t at = first_ + used_;
  CopyIn(at, &head, sizeof head);
  CopyIn(at + sizeof head, payload, bytes);
  used_ += whole;
  Store(count_, count_ + 1);
}

int32_t RecordRing::Read(void *into, uint32_t capacity) {
  const std::lock_guard<std::mutex> guard(lock_);
  const size_t space = std::min<size_t>(capacity, INT32_MAX);
  size_t written = 0;
  while (count_ > 0) {
    const size_t whole = Front().bytes;
    if (whole > space - written) {
      break;
    }
    CopyOut(first_, static_cast<char *>(into) + written, whole);
    written += whole;
    RemoveFront();
  }
  if (written == 0 && count_ > 0) {
    return STEAM_SOCKETS_BAD_ARGUMENT;
  }
  return static_cast<int32_t>(written);
}

void RecordRing::Clear() {
  const std::lock_guard<std::mutex> guard(lock_);
  std::vector<char>().swap(memory_);
  first_ = used_ = 0;
  Store(count_, uint32_t{0});
  Store(dropped_, uint64_t{0});
}

void RecordRing::MakeRoom(size_t bytes) {
  while (limit_ != 0 && used_ + bytes > limit_) {
    DropOldest();
  }
  if (used_ + bytes <= memory_.size()) {
    return;
  }
  size_t capacity = std::max(kFirstCapacity, memory_.size());
  while (capacity < used_ + bytes) {
    capacity *= 2;
  }
  std::vector<char> larger(capacity);
  CopyOut(first_, larger.data(), used_);
  memory_.swap(larger);
  first_ = 0;
}

void RecordRing::DropOldest() {
  RemoveFront();
  Store(dropped_, dropped_ + 1);
}

void RecordRing::RemoveFront() {
  const size_t whole = Front().bytes;
  first_ = (first_ + whole) % memory_.size();
  used_ -= whole;
  Store(count_, count_ - 1);
}

void RecordRing::CopyIn(size_t at, const void *from, size_t bytes) {
  if (bytes == 0) {
    return;
  }
  at %= memory_.size();
  const size_t straight = std::min(bytes, memory_.size() - at);
  std::memcpy(memory_.data() + at, from, straight);
  std::memcpy(memory_.data(), static_cast<const char *>(from) + straight, bytes - straight);
}

void RecordRing::CopyOut(size_t at, void *to, size_t bytes) const {
  if (bytes == 0) {
    return;
  }
  at %= memory_.size();
  const size_t straight = std::min(bytes, memory_.size() - at);
  std::memcpy(to, memory_.data() + at, straight);
  std::memcpy(static_cast<char *>(to) + straight, memory_.data(), bytes - straight);
}

steam_sockets_record RecordRing::Front() const {
  steam_sockets_record head;
  CopyOut(first_, &head, sizeof head);
  return head;
}

}  // namespace steam_sockets
