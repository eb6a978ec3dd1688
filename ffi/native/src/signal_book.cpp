#include "signal_book.h"

#include <algorithm>
#include <array>
#include <utility>

namespace steam_sockets {

namespace {

// Requests of one peer that are remembered: one that comes late, or twice, must not be taken for a new one.
constexpr size_t kRequests = 32;
constexpr size_t kPeers = 4096;

// Never destroyed: the library's threads may still call in while the process ends.
std::array<SignalBook, STEAM_SOCKETS_LIBRARIES> &books = *new std::array<SignalBook, STEAM_SOCKETS_LIBRARIES>;

// The request of a peer with this number; null when it is none that is remembered.
Request *Find(SignalBook &book, const std::string &from, uint32_t from_connection) {
  const auto peer = book.requests.find(from);
  if (peer == book.requests.end()) {
    return nullptr;
  }
  const auto request = std::find_if(peer->second.begin(), peer->second.end(), [from_connection](const Request &known) {
    return known.from_connection == from_connection;
  });
  return request == peer->second.end() ? nullptr : &*request;
}

// The same, remembered from now on.
Request &Remember(SignalBook &book, const std::string &from, uint32_t from_connection) {
  if (Request *const known = Find(book, from, from_connection); known != nullptr) {
    return *known;
  }
  if (book.requests.size() >= kPeers && book.requests.count(from) == 0) {
    book.requests.erase(book.peers_by_age.front());
    book.peers_by_age.pop_front();
  }
  if (book.requests.count(from) == 0) {
    book.peers_by_age.push_back(from);
  }
  std::deque<Request> &requests = book.requests[from];
  if (requests.size() == kRequests) {
    requests.pop_front();
  }
  requests.push_back({from_connection, false, std::nullopt});
  return requests.back();
}

std::map<uint32_t, Line>::iterator LineOf(SignalBook &book, const std::string &from, uint32_t from_connection) {
  return std::find_if(book.lines.begin(), book.lines.end(), [&](const auto &entry) {
    return entry.second.from_connection == from_connection && entry.second.from == from;
  });
}

// The session with a peer of which nothing was heard yet.
std::map<uint32_t, Line>::iterator UnansweredSession(SignalBook &book, const std::string &from) {
  return std::find_if(book.lines.begin(), book.lines.end(), [&](const auto &entry) {
    const Line &line = entry.second;
    return line.is_session && line.from_connection == 0 && line.from == from && !line.ending.has_value();
  });
}

// Whether a peer who asks for a session has given another one up, which the library would keep until it times out. He
// has one at a time; but where we ask as well, his request is for the same as ours.
bool GivesSessionUp(SignalBook &book, const std::string &from) {
  return UnansweredSession(book, from) == book.lines.end() &&
         std::any_of(book.lines.begin(), book.lines.end(), [&from](const auto &entry) {
           const Line &line = entry.second;
           return line.is_session && line.from == from && !line.ending.has_value();
         });
}

}  // namespace

SignalBook &BookAt(int32_t number) { return books[static_cast<size_t>(number)]; }

Verdict Judge(SignalBook &book, const Rendezvous &rendezvous, const std::string &from, Ending &ending) {
  if (!rendezvous.is_connect_request || rendezvous.to_connection.has_value() ||
      !rendezvous.from_connection.has_value()) {
    return Verdict::kPass;
  }
  const std::lock_guard<std::mutex> guard(book.lock);
  if (LineOf(book, from, *rendezvous.from_connection) != book.lines.end()) {
    return Verdict::kPass;
  }
  const Request &request = Remember(book, from, *rendezvous.from_connection);
  if (request.ending.has_value()) {
    ending = *request.ending;
    return Verdict::kRefuse;
  }
  if (request.was_answered) {
    return Verdict::kDrop;
  }
  const bool is_of_session = rendezvous.to_virtual_port == kMessagesVirtualPort;
  return is_of_session && GivesSessionUp(book, from) ? Verdict::kStartsAnew : Verdict::kPass;
}

void Note(SignalBook &book, const Rendezvous &rendezvous, const std::string &from, uint32_t made, std::string signal) {
  if (!rendezvous.from_connection.has_value()) {
    return;
  }
  const std::lock_guard<std::mutex> guard(book.lock);
  const uint32_t connection = made != 0 ? made : rendezvous.to_connection.value_or(0);
  auto known = connection == 0 ? LineOf(book, from, *rendezvous.from_connection) : book.lines.find(connection);
  if (known == book.lines.end() && connection == 0 && rendezvous.to_virtual_port == kMessagesVirtualPort) {
    known = UnansweredSession(book, from);
  }
  // Who speaks of somebody else's connection is not heard.
  if (known == book.lines.end() || (!known->second.from.empty() && known->second.from != from)) {
    return;
  }
  Line &line = known->second;
  line.from = from;
  line.from_connection = *rendezvous.from_connection;
  line.last = std::move(signal);
  Remember(book, from, line.from_connection).was_answered = true;
}

bool End(SignalBook &book, Line &line, const Ending &ending) {
  if (line.ending.has_value() || line.last.empty()) {
    return false;
  }
  line.ending = ending;
  ++book.endings;
  Remember(book, line.from, line.from_connection).ending = ending;
  return true;
}

Standing StandingOf(SignalBook &book) {
  const std::lock_guard<std::mutex> guard(book.lock);
  Standing standing;
  for (const auto &[connection, line] : book.lines) {
    if (line.ending.has_value() || line.last.empty()) {
      continue;
    }
    if (line.is_session) {
      standing.sessions.insert(line.from);
    } else {
      standing.connections.push_back(connection);
    }
  }
  return standing;
}

}  // namespace steam_sockets
