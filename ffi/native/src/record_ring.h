// A ring of records with many writers and one reader. One that grows never drops a record; one with a limit drops the
// oldest and counts them.
#pragma once

#include <cstdint>
#include <mutex>
#include <vector>

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
  void MakeRoom(size_t bytes);
  void DropOldest();
  void RemoveFront();
  void CopyIn(size_t at, const void *from, size_t bytes);
  void CopyOut(size_t at, void *to, size_t bytes) const;
  steam_sockets_record Front() const;

  const uint32_t limit_;
  std::mutex lock_;
  std::vector<char> memory_;  // used from first_ on, over the end to the start: `used_` bytes
  size_t first_ = 0;
  size_t used_ = 0;
  uint32_t &count_;
  uint64_t &dropped_;
};

}  // namespace steam_sockets
