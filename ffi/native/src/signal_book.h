// What the signals of one library have told: whose connections there are, what was asked for and what has ended. A
// signal may come late, twice or never, and a peer may say what he likes.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "rendezvous.h"
#include "steam_sockets.h"

namespace steam_sockets {

using Clock = std::chrono::steady_clock;

// Why a connection was closed or refused.
struct Ending {
  int32_t reason = 0;
  std::string text;
  Clock::time_point next;
  Clock::duration pause{};
};

// A connection that has signaling of ours, and the last signal of its peer: given to the library once more when the
// connection has been closed, it answers with the news of the end, which it keeps to itself otherwise.
struct Line {
  std::string from;  // the peer's identity as text, empty when it is not known yet
  bool is_session = false;
  uint32_t from_connection = 0;  // the peer's number of it, once it was heard
  std::string last;              // empty when nothing was heard
  std::optional<Ending> ending;
};

// A connection that a peer has asked for, by the peer's number.
struct Request {
  uint32_t from_connection = 0;
  bool was_answered = false;     // it had a line
  std::optional<Ending> ending;  // we have refused it
};

// What one library's signals have told.
struct SignalBook {
  // A leaf: nothing else is locked while it is held. Signaling objects come here on any thread.
  std::mutex lock;
  std::map<uint32_t, Line> lines;                       // by connection
  std::map<std::string, std::deque<Request>> requests;  // by peer
  std::deque<std::string> peers_by_age;                 // who is in there, the oldest first
  std::atomic<int32_t> peers{STEAM_SOCKETS_IGNORE_PEERS};
  bool by_default = false;          // the library has our function that makes signaling
  std::atomic<int32_t> endings{0};  // lines that have one, so that mostly nobody need look
};

// The book of the library of this number.
SignalBook &BookAt(int32_t number);

// What is to become of a request before the library sees it; where it is to be refused, by which ending.
enum class Verdict { kPass, kStartsAnew, kRefuse, kDrop };
Verdict Judge(SignalBook &book, const Rendezvous &rendezvous, const std::string &from, Ending &ending);

// Keeps the last signal of a connection; `made` is one that the library has made of it, or 0.
void Note(SignalBook &book, const Rendezvous &rendezvous, const std::string &from, uint32_t made, std::string signal);

// Sets down that a connection has ended, unless that is done or there is nobody to tell. The book is locked.
bool End(SignalBook &book, Line &line, const Ending &ending);

// What still stands, by its handle; and with whom there are sessions.
struct Standing {
  std::vector<uint32_t> connections;
  std::set<std::string> sessions;
};
Standing StandingOf(SignalBook &book);

}  // namespace steam_sockets
