#include "outgoing_message.h"

#include <steam/steamnetworkingtypes.h>

#include <cstdlib>

#include "gns.h"
#include "message_store.h"
#include "segments.h"

namespace steam_sockets {

SteamNetworkingMessage_t *NewMessage(Library &library) {
  const bool is_built_in = IsBuiltIn(library.functions);
  SteamNetworkingMessage_t *message = is_built_in ? StoreOfBuiltIn().Take() : nullptr;
  if (message == nullptr) {
    message = static_cast<SteamNetworkingMessage_t *>(library.functions.allocate_message(library.utils, 0));
    if (is_built_in && message != nullptr) {
      StoreOfBuiltIn().Adopt(message);
    }
  }
  return message;
}

void FreeSlot(SteamNetworkingMessage_t *message) {
  const SendTag tag = SendTag::Unpack(message->m_nUserData);
  if (tag.segments != 0) {
    SubtractSegments(tag.library, tag.connection, tag.segments);
  }
  AllPools().At(tag.pool).LetGo(tag.slot);
}

void FreeCopy(SteamNetworkingMessage_t *message) {
  const SendTag tag = SendTag::Unpack(message->m_nUserData);
  if (tag.segments != 0) {
    SubtractSegments(tag.library, tag.connection, tag.segments);
  }
  std::free(message->m_pData);
}

void Releasing::Release(SteamNetworkingMessage_t *message) {
  if (!MessageStore::Has(*message) || message->m_pfnFreeData != FreeSlot) {
    release_(message);
    return;
  }
  const SendTag tag = SendTag::Unpack(message->m_nUserData);
  if (tag.connection != tag_.connection || tag.library != tag_.library || tag.pool != tag_.pool ||
      slot_count_ == slots_.size()) {
    Flush();
    tag_ = tag;
  }
  segments_ += tag.segments;
  slots_[slot_count_++] = tag.slot;
  StoreOfBuiltIn().PutBack(message);
}

void Releasing::Flush() {
  if (segments_ != 0) {
    SubtractSegments(tag_.library, tag_.connection, segments_);
    segments_ = 0;
  }
  if (slot_count_ != 0) {
    AllPools().At(tag_.pool).LetGoOfAll(slots_.data(), slot_count_);
    slot_count_ = 0;
  }
}

}  // namespace steam_sockets
