#include "inbox.h"

#include <steam/steamnetworkingtypes.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <mutex>

#include "instances.h"
#include "library.h"
#include "outgoing_message.h"
#include "pool.h"
#include "send_tag.h"

namespace steam_sockets {

namespace {

constexpr int32_t kPart = 256;
constexpr int32_t kWindowBits = 20;
constexpr size_t kIdentityBytes = sizeof(SteamNetworkingIdentity);

// Never destroyed: the last thread may end after it else.
Inboxes &all_inboxes = *new Inboxes;

Inbox *InboxOf(uint64_t owner, int32_t number) {
  Inbox *const inbox = all_inboxes.Find(number);
  return inbox != nullptr && inbox->owner.load(std::memory_order_relaxed) == owner ? inbox : nullptr;
}

Inbox *OwnInbox(int32_t number) { return InboxOf(ThisThread(), number); }

int32_t Release(Inbox &inbox) {
  const auto count = static_cast<int32_t>(inbox.held.size() + inbox.slots.size());
  if (count > 0) {
    Releasing releasing(inbox.release);
    for (SteamNetworkingMessage_t *message : inbox.held) {
      releasing.Release(message);
    }
    for (const HeldSlot &held : inbox.slots) {
      releasing.LetGo(held.pool, held.slot);
    }
    inbox.held.clear();
    inbox.slots.clear();
  }
  return count;
}

// Gives a message up without releasing it: somebody may look at its payload for ever.
void Leave(SteamNetworkingMessage_t *message) {
  // Kept, so that it can be seen that it was left on purpose.
  static std::mutex lock;
  static auto *const left = new std::vector<SteamNetworkingMessage_t *>;
  ForgetSegments(*message);
  const std::lock_guard<std::mutex> guard(lock);
  left->push_back(message);
}

void Close(const Inboxes::Entry &entry) {
  all_inboxes.Hide(entry.number);
  (void)Release(*entry.thing);
  entry.thing->held.shrink_to_fit();
  entry.thing->slots.shrink_to_fit();
  all_inboxes.GiveBack(Inboxes::PlaceOf(entry.number));
}

// Columns and arena of one call, filled one message after the other.
class Filling {
 public:
  // Of the arena only whole words are used, so that payloads can start at each of them, and empty ones always fit.
  Filling(const steam_sockets_columns &columns, uint32_t copy_up_to)
      : to_(columns), copy_up_to_(copy_up_to), arena_bytes_(columns.arena_bytes & ~7U) {}

  // Everything but where the payload is.
  void Add(const SteamNetworkingMessage_t &message) {
    const auto i = static_cast<size_t>(count_++);
    to_.connection[i] = message.m_conn;
    to_.bytes[i] = BytesOf(message);
    to_.flags[i] = message.m_nFlags;
    to_.channel[i] = message.m_nChannel;
    to_.lane[i] = message.m_idxLane;
    to_.user_data[i] = message.m_nConnUserData;
    to_.message_number[i] = message.m_nMessageNumber;
    to_.time_received[i] = message.m_usecTimeReceived;
    to_.identity[i] = IdentityOf(message);
  }

  // The payload of the message that was added last. One that we have sent out of a slot, over a pair in memory, is
  // looked at where it lies.
  bool ShowInPool(const SteamNetworkingMessage_t &message, SendTag &tag) {
    if (message.m_pfnFreeData != FreeSlot || copy_up_to_ == UINT32_MAX) {
      return false;
    }
    tag = SendTag::Unpack(message.m_nUserData);
    if (pool_ == nullptr || tag.pool != pool_place_) {
      pool_ = &all_pools.At(tag.pool);
      pool_place_ = tag.pool;
      // Nobody but this thread, which owns it, could close it meanwhile.
      pool_is_open_ = pool_->IsOpen();
    }
    if (!pool_is_open_) {
      return false;
    }
    Place(STEAM_SOCKETS_IN_POOL | static_cast<uint32_t>(pool_->number()), pool_->OffsetOf(tag.slot));
    return true;
  }

  bool Copy(const SteamNetworkingMessage_t &message) {
    const uint32_t bytes = BytesOf(message);
    if (bytes > copy_up_to_ || bytes > arena_bytes_ - used_) {
      return false;
    }
    Place(STEAM_SOCKETS_IN_ARENA, used_);
    if (bytes > 0) {
      std::memcpy(static_cast<char *>(to_.arena) + used_, message.m_pData, bytes);
    }
    used_ += (bytes + 7) & ~7U;
    return true;
  }

  void ShowInLibrary(const SteamNetworkingMessage_t &message) {
    const auto address = reinterpret_cast<uintptr_t>(message.m_pData);
    const auto i = static_cast<uint32_t>(count_ - 1);
    to_.address[i] = static_cast<int64_t>(address);
    if (to_.apart != 0) {
      Place(STEAM_SOCKETS_APART | i, 0);
    } else {
      Place(static_cast<uint32_t>(address >> kWindowBits),
            static_cast<uint32_t>(address & ((uintptr_t{1} << kWindowBits) - 1)));
    }
  }

  int32_t count() const { return count_; }

 private:
  static uint32_t BytesOf(const SteamNetworkingMessage_t &message) {
    return static_cast<uint32_t>(std::max(message.m_cbSize, 0));
  }

  void Place(uint32_t window, uint32_t offset) const {
    to_.window[count_ - 1] = window;
    to_.offset[count_ - 1] = offset;
  }

  // Messages of one connection, which often come one after the other, share an identity. Those of a channel tell no
  // connection.
  uint32_t IdentityOf(const SteamNetworkingMessage_t &message) {
    if (message.m_conn != sender_ || message.m_conn == k_HSteamNetConnection_Invalid) {
      sender_ = message.m_conn;
      std::memcpy(static_cast<char *>(to_.identities) + identities_ * kIdentityBytes, &message.m_identityPeer,
                  kIdentityBytes);
      ++identities_;
    }
    return identities_ - 1;
  }

  const steam_sockets_columns to_;
  const uint32_t copy_up_to_;
  const uint32_t arena_bytes_;
  uint32_t used_ = 0;
  uint32_t sender_ = k_HSteamNetConnection_Invalid;
  uint32_t identities_ = 0;
  int32_t count_ = 0;
  // The one that was looked into last.
  const Pool *pool_ = nullptr;
  uint32_t pool_place_ = 0;
  bool pool_is_open_ = false;
};

// Puts a message into the columns, and holds what must be held of it.
void Take(Inbox &inbox, SteamNetworkingMessage_t *message, Filling &filling, Releasing &releasing) {
  SendTag tag{};
  filling.Add(*message);
  if (filling.ShowInPool(*message, tag)) {
    if (Releasing::CanLeaveSlot(*message)) {
      releasing.ReleaseAllButSlot(message, tag);
      inbox.slots.push_back({tag.pool, tag.slot});
      return;
    }
  } else if (filling.Copy(*message)) {
    releasing.Release(message);
    return;
  } else {
    filling.ShowInLibrary(*message);
  }
  inbox.held.push_back(message);
}

int32_t Receive(const Library &library, int32_t source, uint32_t handle, void **messages, int32_t maximum) {
  const steam_sockets_functions &functions = library.functions;
  switch (source) {
    case STEAM_SOCKETS_FROM_CONNECTION:
      if (!library.guarded.empty() && library.guarded.count(handle) != 0) {
        return 0;
      }
      return functions.receive_on_connection(library.sockets, handle, messages, maximum);
    case STEAM_SOCKETS_FROM_POLL_GROUP:
      return functions.receive_on_poll_group(library.sockets, handle, messages, maximum);
    case STEAM_SOCKETS_FROM_FAKE_PORT: {
      void *const port = handle < library.fake_ports.size() ? library.fake_ports[handle] : nullptr;
      return port == nullptr ? -1 : functions.receive_on_fake_port(port, messages, maximum);
    }
    default: {
      void *const channels = MessagesOf(library, std::max(-source, 0));
      if (channels == nullptr) {
        return source < 0 ? -1 : 0;
      }
      return functions.receive_on_channel(channels, static_cast<int32_t>(handle), messages, maximum);
    }
  }
}

bool AreWhole(const steam_sockets_columns &columns) {
  return (columns.arena != nullptr || columns.arena_bytes == 0) && columns.connection != nullptr &&
         columns.bytes != nullptr && columns.offset != nullptr && columns.window != nullptr &&
         columns.identity != nullptr && columns.flags != nullptr && columns.channel != nullptr &&
         columns.lane != nullptr && columns.user_data != nullptr && columns.message_number != nullptr &&
         columns.time_received != nullptr && columns.address != nullptr && columns.identities != nullptr;
}

}  // namespace

void ReleaseHeldOf(int32_t library) {
  all_inboxes.ForEach([library](const Inboxes::Entry &entry) {
    if (entry.number >= 0 && entry.thing->owner == ThisThread() && entry.thing->library == library) {
      (void)Release(*entry.thing);
    }
  });
}

void LeaveHeldOf(uint64_t thread) {
  all_inboxes.ForEach([thread](const Inboxes::Entry &entry) {
    if (entry.number >= 0 && entry.thing->owner == thread) {
      std::for_each(entry.thing->held.begin(), entry.thing->held.end(), Leave);
      entry.thing->held.clear();
    }
  });
}

void CloseInboxesOf(uint64_t thread) {
  all_inboxes.ForEach([thread](const Inboxes::Entry &entry) {
    if (entry.number >= 0 && entry.thing->owner == thread) {
      Close(entry);
    }
  });
}

}  // namespace steam_sockets

using namespace steam_sockets;

int32_t steam_sockets_inbox_open(void) {
  const Inboxes::Entry entry = all_inboxes.Take();
  if (entry.thing == nullptr) {
    return STEAM_SOCKETS_TOO_MANY;
  }
  entry.thing->owner = ThisThread();
  all_inboxes.Publish(entry.number);
  return entry.number;
}

int32_t steam_sockets_inbox_release(int32_t number) {
  Inbox *const inbox = OwnInbox(number);
  return inbox == nullptr ? static_cast<int32_t>(STEAM_SOCKETS_NOT_OPEN) : Release(*inbox);
}

int32_t steam_sockets_inbox_leave(int32_t number, const void *payload) {
  Inbox *const inbox = OwnInbox(number);
  if (inbox == nullptr) {
    return STEAM_SOCKETS_NOT_OPEN;
  }
  const auto message = std::find_if(inbox->held.begin(), inbox->held.end(),
                                    [payload](const auto *held) { return held->m_pData == payload; });
  if (message == inbox->held.end()) {
    return STEAM_SOCKETS_BAD_ARGUMENT;
  }
  Leave(*message);
  inbox->held.erase(message);
  return 0;
}

int32_t steam_sockets_inbox_close(int32_t number) {
  Inbox *const inbox = OwnInbox(number);
  if (inbox == nullptr) {
    return STEAM_SOCKETS_NOT_OPEN;
  }
  Close({number, inbox});
  return 0;
}

int32_t steam_sockets_receive(int32_t number, uint32_t epoch, int32_t inbox_number, int32_t source, uint32_t handle,
                              steam_sockets_columns *columns, int32_t maximum, uint32_t copy_up_to) {
  const Library *const library = OpenLibrary(number, epoch);
  // Of the calling thread, as the library is.
  Inbox *const inbox = library == nullptr ? nullptr : InboxOf(library->state.owner, inbox_number);
  if (inbox == nullptr) {
    return STEAM_SOCKETS_NOT_OPEN;
  }
  if (source == 0 || source == INT32_MIN || source > STEAM_SOCKETS_FROM_FAKE_PORT || columns == nullptr ||
      !AreWhole(*columns) || maximum < 0 || static_cast<uint32_t>(maximum) > columns->capacity) {
    return STEAM_SOCKETS_BAD_ARGUMENT;
  }
  const steam_sockets_functions &functions = library->functions;
  const bool is_channel = source < 0 || source == STEAM_SOCKETS_FROM_CHANNEL;
  if ((is_channel && (functions.messages == nullptr || functions.receive_on_channel == nullptr)) ||
      (source == STEAM_SOCKETS_FROM_FAKE_PORT && functions.receive_on_fake_port == nullptr)) {
    return STEAM_SOCKETS_NO_FUNCTION;
  }
  (void)Release(*inbox);
  inbox->library = number;
  inbox->release = functions.release_message;
  Filling filling(*columns, copy_up_to);
  Releasing releasing(inbox->release);
  int32_t received = 0;
  int32_t wanted = 0;
  while (received == wanted && filling.count() < maximum) {
    std::array<SteamNetworkingMessage_t *, kPart> part;
    wanted = std::min(kPart, maximum - filling.count());
    received = Receive(*library, source, handle, reinterpret_cast<void **>(part.data()), wanted);
    for (int32_t i = 0; i < received; ++i) {
      Take(*inbox, part[static_cast<size_t>(i)], filling, releasing);
    }
  }
  columns->held = static_cast<uint32_t>(inbox->held.size() + inbox->slots.size());
  return received < 0 && filling.count() == 0 ? static_cast<int32_t>(STEAM_SOCKETS_NO_HANDLE) : filling.count();
}
