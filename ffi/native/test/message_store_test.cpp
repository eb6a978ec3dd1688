// Proves of the store of messages:
//  - whatever several threads that release and one that takes do at once, every message is in one place, and none is
//    lost or doubled;
//  - each payload is let go of once, before its message can be taken again, and by nobody when it was let go of
//  already;
//  - a message that was used is as one that the library has just made;
//  - it keeps so many and no more; the others, and all of them when it is cleared, are deleted.
#include "message_store.h"

#include <steam/steamnetworkingsockets_flat.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <thread>
#include <vector>

#include "check.h"
#include "library_test.h"

namespace {

using steam_sockets::store_of_built_in;
using Messages = std::vector<SteamNetworkingMessage_t *>;

constexpr size_t kReleasers = 3;
constexpr size_t kMostKept = 8192;

std::atomic<uint32_t> let_go{0};
char payload;

void LetGo(SteamNetworkingMessage_t *message) {
  message->m_pData = nullptr;
  ++let_go;
}

void Fill(SteamNetworkingMessage_t *message) {
  message->m_pData = &payload;
  message->m_cbSize = 1;
  message->m_pfnFreeData = LetGo;
}

Messages Made(size_t count) {
  Messages made(count);
  for (SteamNetworkingMessage_t *&message : made) {
    message = SteamAPI_ISteamNetworkingUtils_AllocateMessage(SteamAPI_SteamNetworkingUtils_v003(), 0);
    store_of_built_in.Adopt(message);
    Fill(message);
  }
  return made;
}

Messages TakeAll() {
  Messages taken;
  store_of_built_in.Collect();
  for (auto *message = store_of_built_in.Take(); message != nullptr; message = store_of_built_in.Take()) {
    taken.push_back(message);
  }
  return taken;
}

void Release(const Messages &messages) {
  std::for_each(messages.begin(), messages.end(), SteamAPI_SteamNetworkingMessage_t_Release);
}

// A thread that releases what it is given.
class Releaser {
 public:
  Releaser() : thread_([this] { Run(); }) {}
  Releaser(const Releaser &) = delete;
  Releaser &operator=(const Releaser &) = delete;
  ~Releaser() {
    Give({});
    ends_.store(true, std::memory_order_release);
    thread_.join();
  }

  // Waits until it is done with what it was given before.
  void Give(Messages messages) {
    while (has_some_.load(std::memory_order_acquire)) {
      std::this_thread::yield();
    }
    messages_ = std::move(messages);
    has_some_.store(!messages_.empty(), std::memory_order_release);
  }

 private:
  void Run() {
    while (!ends_.load(std::memory_order_acquire)) {
      if (has_some_.load(std::memory_order_acquire)) {
        Release(messages_);
        has_some_.store(false, std::memory_order_release);
      } else {
        std::this_thread::yield();
      }
    }
  }

  Messages messages_;
  std::atomic<bool> has_some_{false};
  std::atomic<bool> ends_{false};
  std::thread thread_;
};

void LosesNothing() {
  constexpr size_t kCount = 600;
  constexpr uint32_t kMostRounds = 2000;
  let_go = 0;
  Messages all = Made(kCount);
  std::sort(all.begin(), all.end());
  Messages mine = all;
  std::vector<bool> is_mine(kCount, true);
  const auto place_of = [&all](SteamNetworkingMessage_t *message) {
    return static_cast<size_t>(std::lower_bound(all.begin(), all.end(), message) - all.begin());
  };
  bool in_one_place = true;
  uint32_t given = 0;
  const auto take_back = [&] {
    for (SteamNetworkingMessage_t *message : TakeAll()) {
      const size_t place = place_of(message);
      in_one_place = in_one_place && place < kCount && all[place] == message && !is_mine[place];
      if (in_one_place) {
        is_mine[place] = true;
        Fill(message);
        mine.push_back(message);
      }
    }
  };
  {
    std::array<Releaser, kReleasers> releasers;
    for (uint32_t round = 0; round < kMostRounds && in_one_place; ++round) {
      // More and less than what the store looks ahead for.
      const size_t part = std::min<size_t>(mine.size(), 1 + round % 97);
      Messages some(mine.end() - static_cast<ptrdiff_t>(part), mine.end());
      mine.resize(mine.size() - part);
      for (SteamNetworkingMessage_t *message : some) {
        is_mine[place_of(message)] = false;
      }
      given += static_cast<uint32_t>(part);
      releasers[round % kReleasers].Give(std::move(some));
      take_back();
    }
  }
  take_back();
  CHECK(in_one_place);
  CHECK(mine.size() == kCount);
  CHECK(given > kMostRounds);
  CHECK(let_go == given);
  Release(mine);
  store_of_built_in.Clear();
  CHECK(store_of_built_in.Take() == nullptr);
}

void GivesThemAsNew() {
  auto *const fresh = SteamAPI_ISteamNetworkingUtils_AllocateMessage(SteamAPI_SteamNetworkingUtils_v003(), 0);
  const Messages made = Made(1);
  SteamNetworkingMessage_t *const used = made[0];
  used->m_identityPeer.SetLocalHost();
  used->m_nConnUserData = 7;
  used->m_usecTimeReceived = 8;
  used->m_nMessageNumber = 9;
  used->m_nChannel = 10;
  Release(made);
  store_of_built_in.Collect();
  CHECK(store_of_built_in.Take() == used);
  CHECK(steam_sockets::MessageStore::Has(*used) && !steam_sockets::MessageStore::Has(*fresh));
  CHECK(used->m_identityPeer.IsInvalid() && used->m_identityPeer.m_cbSize == fresh->m_identityPeer.m_cbSize);
  CHECK(used->m_nConnUserData == fresh->m_nConnUserData);
  CHECK(used->m_usecTimeReceived == fresh->m_usecTimeReceived);
  CHECK(used->m_nMessageNumber == fresh->m_nMessageNumber);
  CHECK(used->m_nChannel == fresh->m_nChannel);
  SteamAPI_SteamNetworkingMessage_t_Release(fresh);
  // Its payload was let go of already.
  let_go = 0;
  used->m_pData = nullptr;
  SteamAPI_SteamNetworkingMessage_t_Release(used);
  CHECK(let_go == 0);
  store_of_built_in.Clear();
}

void KeepsSoMany() {
  let_go = 0;
  const Messages from_others = Made(kMostKept + 10);
  const Messages own = Made(kMostKept + 10);
  std::thread([&] { Release(from_others); }).join();
  for (SteamNetworkingMessage_t *message : own) {
    store_of_built_in.PutBack(message);
  }
  CHECK(let_go == kMostKept + 10);
  const Messages kept = TakeAll();
  CHECK(kept.size() == 2 * kMostKept);
  Release(kept);
  store_of_built_in.Clear();
}

}  // namespace

int main() {
  LosesNothing();
  GivesThemAsNew();
  KeepsSoMany();
  return check::Done();
}
