// A ring of records with many writers and one reader. One that grows never drops a record; one with a limit drops the
// oldest and counts them. Memory is given back as records are read, in pieces so small that the C library, too, gives
// it back: once it has freed a large piece, it keeps all that is smaller.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>

#include "steam_sockets.h"

namespace steam_sockets {

class RecordRing {
 public:
  // `limit` in bytes; 0: grows without end. How many records wait, and how many were dropped, is kept in the two words,
  // which others may read at any time.
  RecordRing(uint32_t limit, uint32_t &count, uint64_t &dropped) : limit_(limit), count_(count), dropped_(dropped) {}

  // Any thread. The lock inside is a leaf: nothing else is locked while it is held.
  void Push(uint16_t kind, int32_t argument, const void *payload, uint32_t bytes);

  // Moves whole records, oldest first, as many as fit. Answers the bytes written, or STEAM_SOCKETS_BAD_ARGUMENT when
  // not even the first one fits.
  int32_t Read(void *into, uint32_t capacity);

  // Forgets the records and the count of those dropped, and gives the memory back.
  void Clear();

 private:
  // These want the lock held.
  void DropOldest();
  void Append(const void *from, size_t bytes);
  void RemoveFront(size_t bytes);
  void CopyFront(void *to, size_t bytes) const;
  steam_sockets_record Front() const;

  const uint32_t limit_;
  std::mutex lock_;
  std::deque<char> memory_;
  uint32_t &count_;
  uint64_t &dropped_;
};

}  // namespace steam_sockets
