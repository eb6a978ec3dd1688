// Who must have a certificate where the library itself would let anybody in: peers by signals; and connections on which
// nothing may be sent before it is known whose they are.
#pragma once

#include <steam/steamnetworkingtypes.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "library.h"

namespace steam_sockets {

// The library's own lock, where it is the one that is built in and has demands on peers: what is found out about a
// signal holds until it was handed in.
class DemandsLock {
 public:
  explicit DemandsLock(const Library &library);
  ~DemandsLock();
  DemandsLock(const DemandsLock &) = delete;
  DemandsLock &operator=(const DemandsLock &) = delete;

  bool IsHeld() const { return held_; }

 private:
  const bool held_;
};

// Why a signal must not be handed in: its sender must have a certificate, and has none that counts.
struct Objection {
  std::string why;
  uint32_t connection = 0;  // ours that it is of, 0 when it is of none
};

// Nothing when a signal may be handed in. `from` is its sender. Call it with the lock held.
std::optional<Objection> ObjectionTo(const Library &library, const SteamNetworkingIdentity &from,
                                     std::string_view signal);

// Ends a connection that waits for its peer's answer, when it is to that peer. Call it with the lock held.
void EndConnecting(uint32_t connection, const SteamNetworkingIdentity &peer, const std::string &why);

// The signal that refuses a peer's request.
std::string RefusalSignal(uint32_t to_connection, const std::string &to, int32_t reason, const std::string &why);

// Sets down that a peer was refused; where many wait already, only how many more it were.
void PushRefusal(Library &library, const SteamNetworkingIdentity &from, std::string_view address, std::string_view why);

// Sets down that the library itself has refused a peer, of which it has but a line in its log.
void TellOfRefusal(Library &library, std::string_view line);

}  // namespace steam_sockets
