#include "record_ring.h"

#include <algorithm>
#include <cstddef>

#include "shared_word.h"

namespace steam_sockets {

namespace {

size_t RecordBytes(uint32_t payload) { return (sizeof(steam_sockets_record) + payload + 7) & ~size_t{7}; }

}  // namespace

void RecordRing::Push(uint16_t kind, int32_t argument, const void *payload, uint32_t bytes) {
  const std::lock_guard<std::mutex> guard(lock_);
  const size_t whole = RecordBytes(bytes);
  if (limit_ != 0 && whole > limit_) {
    Store(dropped_, dropped_ + 1);
    return;
  }
  while (limit_ != 0 && memory_.size() + whole > limit_) {
    DropOldest();
  }
  steam_sockets_record head{};
  head.bytes = static_cast<uint32_t>(whole);
  head.payload = bytes;
  head.kind = kind;
  head.argument = argument;
  Append(&head, sizeof head);
  Append(payload, bytes);
  memory_.resize(memory_.size() + whole - sizeof head - bytes);
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
    CopyFront(static_cast<char *>(into) + written, whole);
    written += whole;
    RemoveFront(whole);
  }
  if (written == 0 && count_ > 0) {
    return STEAM_SOCKETS_BAD_ARGUMENT;
  }
  return static_cast<int32_t>(written);
}

void RecordRing::Clear() {
  const std::lock_guard<std::mutex> guard(lock_);
  std::deque<char>().swap(memory_);
  Store(count_, uint32_t{0});
  Store(dropped_, uint64_t{0});
}

void RecordRing::DropOldest() {
  RemoveFront(Front().bytes);
  Store(dropped_, dropped_ + 1);
}

void RecordRing::Append(const void *from, size_t bytes) {
  const char *const first = static_cast<const char *>(from);
  memory_.insert(memory_.end(), first, first + bytes);
}

void RecordRing::RemoveFront(size_t bytes) {
  memory_.erase(memory_.begin(), memory_.begin() + static_cast<std::ptrdiff_t>(bytes));
  Store(count_, count_ - 1);
}

void RecordRing::CopyFront(void *to, size_t bytes) const {
  std::copy(memory_.begin(), memory_.begin() + static_cast<std::ptrdiff_t>(bytes), static_cast<char *>(to));
}

steam_sockets_record RecordRing::Front() const {
  steam_sockets_record head;
  CopyFront(&head, sizeof head);
  return head;
}

}  // namespace steam_sockets
