// The libraries that are open in this process: who owns each, how often it was opened, and what waits for its owner.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <set>
#include <vector>

#include "record_ring.h"
#include "steam_sockets.h"

namespace steam_sockets {

struct Library {
  uint8_t number = 0;
  steam_sockets_state state{};
  steam_sockets_functions functions{};
  void *sockets = nullptr;
  std::atomic<void *> utils{nullptr};  // Steam's, which may change when its other role ends, maybe on another thread
  uint64_t events_dropped = 0;         // stays 0: that ring grows
  RecordRing events{0, state.events, events_dropped};
  RecordRing debug_outputs{1 << 20, state.debug_outputs, state.debug_outputs_dropped};
  std::atomic<int32_t> debug_level{0};
  std::atomic<int32_t> log_of{-1};  // the library whose debug output it gets: Steam's user and server have one log
  std::set<uint32_t> full;          // connections that refused a message for want of room
  std::vector<void *> fake_ports;   // ISteamNetworkingFakeUDPPort by number; null for one that was given up
  std::set<uint32_t> guarded;       // connections that nothing is sent on or received from yet
  std::set<uint32_t> proving;       // begun by signals, and their peers must have a certificate
  bool sessions_prove = false;      // so must those of ISteamNetworkingMessages
  std::atomic<bool> tells_refusals{false};       // whether those are told of whom the library itself turns away
  std::atomic<uint32_t> refusals_waiting{0};     // told of since the events were read
  std::atomic<uint32_t> refusals_unreported{0};  // more than those
};

// The open library of this number when it is the one that is built in; else null and why not.
Library *BuiltInLibrary(int32_t number, uint32_t epoch, int32_t &answer);

// The library of this number when it is open, has this epoch and belongs to the calling thread; else null.
Library *OpenLibrary(int32_t number, uint32_t epoch);

// The calling thread's number. Never 0, and never given out again.
uint64_t ThisThread();

// The library of this number, open or not. The number must be in range.
Library &LibraryAt(int32_t number);

// Held while libraries are opened or ended.
std::mutex &OpeningLock();

}  // namespace steam_sockets
