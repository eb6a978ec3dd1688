#include "outgoing_message.h"

#include <steam/steamnetworkingtypes.h>

#include <cstdlib>

#include "segments.h"

namespace steam_sockets {

SteamNetworkingMessage_t *AllocateMessage(const Library &library, MessageStore *store) {
  auto *const message = static_cast<SteamNetworkingMessage_t *>(library.functions.allocate_message(library.utils, 0));
  if (store != nullptr && message != nullptr) {
    store->Adopt(message);
  }
  return message;
}

void FreeSlot(SteamNetworkingMessage_t *message) {
  const SendTag tag = SendTag::Unpack(message->m_nUserData);
  if (tag.segments != 0) {
    SubtractSegments(tag.library, tag.connection, tag.segments);
  }
  all_pools.At(tag.pool).LetGo(tag.slot);
}

void FreeCopy(SteamNetworkingMessage_t *message) {
  const SendTag tag = SendTag::Unpack(message->m_nUserData);
  if (tag.segments != 0) {
    SubtractSegments(tag.library, tag.connection, tag.segments);
  }
  std::free(message->m_pData);
}

void ForgetSegments(const SteamNetworkingMessage_t &message) {
  if (message.m_pfnFreeData == FreeSlot || message.m_pfnFreeData == FreeCopy) {
    const SendTag tag = SendTag::Unpack(message.m_nUserData);
    SubtractSegments(tag.library, tag.connection, tag.segments);
  }
}

void Releasing::AddSegments(const SendTag &tag) {
  if (tag.connection != tag_.connection || tag.library != tag_.library) {
    FlushSegments();
    tag_ = tag;
  }
  segments_ += tag.segments;
}

void Releasing::LetGo(uint32_t pool, uint32_t slot) {
  if (pool != pool_ || slot_count_ == slots_.size()) {
    FlushSlots();
    pool_ = pool;
  }
  slots_[slot_count_++] = slot;
}

void Releasing::Release(SteamNetworkingMessage_t *message) {
  if (CanLeaveSlot(*message)) {
    const SendTag tag = SendTag::Unpack(message->m_nUserData);
    ReleaseAllButSlot(message, tag);
    LetGo(tag.pool, tag.slot);
  } else {
    release_(message);
  }
}

void Releasing::FlushSegments() {
  if (segments_ != 0) {
    SubtractSegments(tag_.library, tag_.connection, segments_);
    segments_ = 0;
  }
}

void Releasing::FlushSlots() {
  if (slot_count_ != 0) {
    all_pools.At(pool_).LetGoOfAll(slots_.data(), slot_count_);
    slot_count_ = 0;
  }
}

}  // namespace steam_sockets
