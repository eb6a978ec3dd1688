// Sending a batch: out of slots without a copy, or of bytes that are copied once.
#include <steam/steamnetworkingtypes.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <unordered_set>

#include "gns.h"
#include "library.h"
#include "message_store.h"
#include "outgoing_message.h"
#include "pool.h"
#include "room.h"
#include "segments.h"
#include "send_tag.h"

namespace steam_sockets {

namespace {

// SendMessages takes stack memory for each message, so a batch goes out in parts of this size.
constexpr int32_t kPart = 1024;
constexpr size_t kGap = 128;

// Where the payloads of a batch lie.
struct Payloads {
  Pool *pool;
  uint32_t share;  // whose slots they may be
  const char *copies;
  uint32_t copies_bytes;
  bool keep_failed;
};

class Batch {
 public:
  Batch(Library &library, const Payloads &payloads)
      : library_(library), payloads_(payloads), store_(IsBuiltIn(library.functions) ? &store_of_built_in : nullptr) {}
  ~Batch() { DropShared(); }
  Batch(const Batch &) = delete;
  Batch &operator=(const Batch &) = delete;

  // Sends up to kPart messages; `following` more come in later parts. Answers how many were sent.
  int32_t SendPart(steam_sockets_outgoing *messages, int32_t count, int32_t following) {
    if (store_ != nullptr) {
      store_->Collect();
    }
    int32_t tried = 0;
    for (int32_t i = 0; i < count; ++i) {
      auto *const message = Prepare(messages[i], static_cast<uint32_t>(count - i + following));
      if (message != nullptr) {
        messages_[static_cast<size_t>(tried)] = message;
        indices_[static_cast<size_t>(tried)] = i;
        ++tried;
      }
    }
    if (tried == 0) {
      return 0;
    }
    // Libraries with the older, four-argument SendMessages ignore the last one and behave as `true` says.
    library_.functions.send_messages(library_.sockets, tried, messages_.data(), results_.data(), true);
    int32_t sent = 0;
    for (int32_t i = 0; i < tried; ++i) {
      steam_sockets_outgoing &outgoing = messages[indices_[static_cast<size_t>(i)]];
      outgoing.result = results_[static_cast<size_t>(i)];
      const bool was_sent = outgoing.result > 0;
      if (was_sent) {
        ++sent;
      } else {
        NoteFailure(outgoing);
      }
      if (IsHeld(outgoing)) {
        was_sent ? payloads_.pool->LetGo(outgoing.place) : payloads_.pool->Keep(outgoing.place);
      }
    }
    return sent;
  }

 private:
  // The library's message; or null, and the result says why not.
  SteamNetworkingMessage_t *Prepare(steam_sockets_outgoing &outgoing, uint32_t remaining) {
    if (!TakePayload(outgoing, remaining)) {
      outgoing.result = -k_EResultInvalidParam;
      NoteFailure(outgoing);
      return nullptr;
    }
    if (outgoing.copied == 0 && outgoing.bytes > payloads_.pool->slot_bytes()) {
      return Refuse(outgoing, k_EResultInvalidParam);
    }
    outgoing.result = 0;
    if (failures_ != nullptr && failures_->count(outgoing.connection) != 0) {
      GiveBackPayload(outgoing);
      return nullptr;
    }
    if (!library_.guarded.empty() && library_.guarded.count(outgoing.connection) != 0) {
      return Refuse(outgoing, k_EResultInvalidState);
    }
    SendTag tag{};
    tag.connection = static_cast<uint16_t>(outgoing.connection);
    tag.segments = SegmentsOf(outgoing.flags, outgoing.bytes);
    tag.library = library_.number;
    if (tag.segments != 0 && !AddSegments(tag.library, tag.connection, tag.segments)) {
      return Refuse(outgoing, k_EResultLimitExceeded);
    }
    SteamNetworkingMessage_t *const message = NewMessage();
    void *const payload = message == nullptr ? nullptr : PayloadOf(outgoing, tag);
    if (payload == nullptr) {
      if (message != nullptr) {
        // One that is used again still has what it had before.
        message->m_pData = nullptr;
        library_.functions.release_message(message);
      }
      SubtractSegments(tag.library, tag.connection, tag.segments);
      return Refuse(outgoing, k_EResultFail);
    }
    message->m_pData = payload;
    message->m_cbSize = static_cast<int32_t>(outgoing.bytes);
    message->m_pfnFreeData = outgoing.copied != 0 ? FreeCopy : FreeSlot;
    message->m_nUserData = tag.Pack();
    message->m_conn = outgoing.connection;
    message->m_nFlags = outgoing.flags;
    message->m_idxLane = outgoing.lane;
    return message;
  }

  // A message of the library without a payload, or null.
  SteamNetworkingMessage_t *NewMessage() {
    SteamNetworkingMessage_t *const message = store_ == nullptr ? nullptr : store_->Take();
    return message != nullptr ? message : AllocateMessage(library_, store_);
  }

  // Where the library finds the bytes; null when there is no memory for them.
  void *PayloadOf(const steam_sockets_outgoing &outgoing, SendTag &tag) const {
    if (outgoing.copied == 0) {
      tag.pool = static_cast<uint16_t>(payloads_.pool->place());
      tag.slot = outgoing.place;
      return payloads_.pool->Payload(outgoing.place);
    }
    // Never none: only a payload with an address has its free function called.
    void *const copy = std::malloc(std::max(outgoing.bytes, 1U));
    if (copy != nullptr && outgoing.bytes > 0) {
      std::memcpy(copy, payloads_.copies + outgoing.place, outgoing.bytes);
    }
    return copy;
  }

  // Makes one reference to the payload ours. False when there is no such payload, or when it is under way already. A
  // slot's length is not looked at: whoever names a slot that he may name gets it back.
  bool TakePayload(const steam_sockets_outgoing &outgoing, uint32_t remaining) {
    if (outgoing.copied == 0 && outgoing.references == 0 && shared_left_ > 0 && outgoing.place == shared_slot_) {
      --shared_left_;
      return true;
    }
    DropShared();
    if (outgoing.copied != 0) {
      return outgoing.place <= payloads_.copies_bytes && outgoing.bytes <= payloads_.copies_bytes - outgoing.place &&
             outgoing.bytes <= INT32_MAX;
    }
    Pool *const pool = payloads_.pool;
    if (pool == nullptr || outgoing.place >= pool->slots() || outgoing.references == 0 ||
        outgoing.references > remaining || pool->ShareOf(outgoing.place) != payloads_.share ||
        !pool->TakeOver(outgoing.place, outgoing.references + (IsHeld(outgoing) ? 1 : 0))) {
      return false;
    }
    shared_slot_ = outgoing.place;
    shared_left_ = outgoing.references - 1;
    return true;
  }

  void GiveBackPayload(const steam_sockets_outgoing &outgoing) {
    if (outgoing.copied == 0) {
      payloads_.pool->LetGo(outgoing.place);
    }
    if (IsHeld(outgoing)) {
      payloads_.pool->Keep(outgoing.place);
    }
  }

  // Whether a slot has one reference more than messages, until it is known what became of the message.
  bool IsHeld(const steam_sockets_outgoing &outgoing) const {
    return payloads_.keep_failed && outgoing.copied == 0 && outgoing.references == 1;
  }

  // Lets go for messages that a payload was announced for and that did not follow.
  void DropShared() {
    for (; shared_left_ > 0; --shared_left_) {
      payloads_.pool->LetGo(shared_slot_);
    }
  }

  SteamNetworkingMessage_t *Refuse(steam_sockets_outgoing &outgoing, int32_t why) {
    GiveBackPayload(outgoing);
    outgoing.result = -why;
    NoteFailure(outgoing);
    return nullptr;
  }

  void NoteFailure(const steam_sockets_outgoing &outgoing) {
    if (failures_ == nullptr) {
      failures_ = std::make_unique<std::unordered_set<uint32_t>>();
    }
    failures_->insert(outgoing.connection);
    if (outgoing.result == -k_EResultLimitExceeded) {
      AwaitRoom(library_, outgoing.connection, outgoing.bytes);
    }
  }

  Library &library_;
  const Payloads payloads_;
  MessageStore *const store_;  // null: the library's messages are not used again
  // Connections; later messages to them are not tried. Made when there are any.
  std::unique_ptr<std::unordered_set<uint32_t>> failures_;
  uint32_t shared_slot_ = 0;
  uint32_t shared_left_ = 0;
  // With gaps: at distances of 2^n bytes they would all want the same few lines of the processor's cache.
  std::array<void *, kPart + kGap> messages_;
  std::array<int64_t, kPart + kGap> results_;
  std::array<int32_t, kPart> indices_;
};

}  // namespace

}  // namespace steam_sockets

using namespace steam_sockets;

int32_t steam_sockets_send(int32_t number, uint32_t epoch, int32_t pool_number, steam_sockets_outgoing *messages,
                           int32_t count, const void *copies, uint32_t copies_bytes, bool keep_failed) {
  Library *const library = OpenLibrary(number, epoch);
  if (library == nullptr) {
    return STEAM_SOCKETS_NOT_OPEN;
  }
  // Of the calling thread, as the library is.
  Pool *const pool = pool_number < 0 ? nullptr : PoolOf(library->state.owner, pool_number);
  if (pool_number >= 0 && pool == nullptr) {
    return STEAM_SOCKETS_NOT_OPEN;
  }
  if (count < 0 || (count > 0 && messages == nullptr) || (copies == nullptr && copies_bytes > 0)) {
    return STEAM_SOCKETS_BAD_ARGUMENT;
  }
  Batch batch(*library, {pool, 0, static_cast<const char *>(copies), copies_bytes, keep_failed});
  int32_t sent = 0;
  for (int32_t left = count; left > 0;) {
    const int32_t part = std::min(kPart, left);
    left -= part;
    sent += batch.SendPart(messages, part, left);
    messages += part;
  }
  return sent;
}

int32_t steam_sockets_send_share(int32_t number, uint32_t epoch, int32_t pool_number, int32_t share_number) {
  Library *const library = OpenLibrary(number, epoch);
  Pool *const pool = OwnPool(pool_number);
  Share *const share = pool == nullptr ? nullptr : pool->FindShare(share_number);
  if (library == nullptr || share == nullptr) {
    return STEAM_SOCKETS_NOT_OPEN;
  }
  steam_sockets_share_memory &memory = *share->memory;
  Batch batch(*library, {pool, pool->PlaceOf(*share), nullptr, 0, false});
  // The borrower may go on writing: what is sent is a copy that it can't change any more.
  std::array<steam_sockets_outgoing, 256> part;
  uint32_t taken = memory.taken;
  uint32_t waiting = std::min(Load(memory.handed) - taken, share->entry_count);
  int32_t sent = 0;
  int32_t failed = 0;
  while (waiting > 0) {
    const uint32_t count = std::min(waiting, static_cast<uint32_t>(part.size()));
    for (uint32_t i = 0; i < count; ++i) {
      part[i] = share->entries[(taken + i) & (share->entry_count - 1)];
      part[i].references = 1;
      part[i].copied = 0;
    }
    taken += count;
    waiting -= count;
    Store(memory.taken, taken);
    const int32_t part_sent = batch.SendPart(part.data(), static_cast<int32_t>(count), 0);
    sent += part_sent;
    failed += static_cast<int32_t>(count) - part_sent;
  }
  Store(memory.sent, memory.sent + static_cast<uint32_t>(sent));
  Store(memory.failed, memory.failed + static_cast<uint32_t>(failed));
  return sent;
}

int32_t steam_sockets_segments(int32_t number, uint32_t epoch, uint32_t connection) {
  const Library *const library = OpenLibrary(number, epoch);
  return library == nullptr ? static_cast<int32_t>(STEAM_SOCKETS_NOT_OPEN)
                            : SegmentsUnderWay(library->number, static_cast<uint16_t>(connection));
}
