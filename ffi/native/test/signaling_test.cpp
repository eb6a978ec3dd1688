// Proves of signals, on the real library:
//  - what a connection wants said to its peer comes as records that name peer and connection, and nothing is said
//    before the signaling was set up;
//  - a request of a peer makes a connection, Connecting, or is ignored, as was set; one that claims to be from somebody
//    else is refused, and so is what is too long, empty, or no signal;
//  - a request that is closed is answered with a refusal that says whose it is; a connection of which nothing was heard
//    is not;
//  - the same of sessions, once; a peer who asks for another session has the first one ended, and hears of that, and
//  what
//    comes late of the first one changes nothing;
//  - what still stands before the last close is ended all at once, and each peer is told;
//  - every signaling object is counted, and none is left when the library has ended;
//  - a hundred thousand random and mutated signals, of requests, sessions and their ends, do no harm, and the reader
//    never looks past their end.
#include <steam/isteamnetworkingmessages.h>
#include <steam/steamnetworkingcustomsignaling.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "../src/rendezvous.h"
#include "check.h"
#include "library_test.h"

namespace {

using library_test::BuiltIn;
using library_test::Opened;
using library_test::StartOf;

constexpr int32_t kRecordsBytes = 1 << 20;

SteamNetworkingIdentity Named(const char *name) {
  SteamNetworkingIdentity identity;
  identity.Clear();
  CHECK(identity.SetGenericString(name));
  return identity;
}

struct Sent {
  std::string to;
  uint32_t connection;
  std::string signal;
};

// What waits to be carried.
std::vector<Sent> Outgoing(const Opened &library) {
  std::vector<char> into(kRecordsBytes);
  std::vector<Sent> sent;
  const int32_t written = steam_sockets_run_callbacks(library.number, library.epoch, into.data(), kRecordsBytes);
  for (int32_t at = 0; at < written;) {
    steam_sockets_record record;
    std::memcpy(&record, into.data() + at, sizeof record);
    if (record.kind == STEAM_SOCKETS_SIGNAL) {
      steam_sockets_signal_head head;
      std::memcpy(&head, into.data() + at + sizeof record, sizeof head);
      SteamNetworkingIdentity to;
      std::memcpy(&to, head.to, sizeof to);
      CHECK(record.payload == sizeof head + head.bytes);
      sent.push_back({to.GetGenericString() == nullptr ? "" : to.GetGenericString(), head.connection,
                      std::string(into.data() + at + sizeof record + sizeof head, head.bytes)});
    }
    at += static_cast<int32_t>(record.bytes);
  }
  return sent;
}

Opened As(const SteamNetworkingIdentity &identity) {
  steam_sockets_start start = StartOf();
  start.identity = &identity;
  return {BuiltIn(), start};
}

int32_t Receive(const Opened &library, const SteamNetworkingIdentity &from, const std::string &signal) {
  return steam_sockets_signal_received(library.number, library.epoch, &from, signal.data(),
                                       static_cast<int32_t>(signal.size()));
}

uint32_t Signalings(const Opened &library) { return steam_sockets_state_of(library.number)->signalings; }

// A request to connect, of a network that was called by this name.
std::string RequestOf(const char *name, const char *to) {
  const SteamNetworkingIdentity identity = Named(name);
  const SteamNetworkingIdentity peer = Named(to);
  const Opened library = As(identity);
  CHECK(steam_sockets_signaling(library.number, library.epoch, STEAM_SOCKETS_ASK_FOR_PEERS, true) == 0);
  auto *const signaling = static_cast<ISteamNetworkingConnectionSignaling *>(
      steam_sockets_signaling_new(library.number, library.epoch, &peer));
  CHECK(signaling != nullptr && Signalings(library) == 1);
  const HSteamNetConnection connection =
      SteamNetworkingSockets()->ConnectP2PCustomSignaling(signaling, &peer, 0, 0, nullptr);
  CHECK(connection != 0);
  for (int tries = 0; tries < 1000; ++tries) {
    for (const Sent &sent : Outgoing(library)) {
      CHECK(sent.to == to && sent.connection == connection);
      return sent.signal;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  CHECK(false);
  return "";
}

// A request for a session, likewise.
std::string SessionRequestOf(const char *name, const char *to) {
  const SteamNetworkingIdentity identity = Named(name);
  const SteamNetworkingIdentity peer = Named(to);
  const Opened library = As(identity);
  CHECK(steam_sockets_signaling(library.number, library.epoch, STEAM_SOCKETS_ASK_FOR_PEERS, true) == 0);
  CHECK(SteamNetworkingMessages()->SendMessageToUser(peer, "hello", 5, k_nSteamNetworkingSend_Reliable, 0) ==
        k_EResultOK);
  CHECK(Signalings(library) == 1);
  for (int tries = 0; tries < 1000; ++tries) {
    for (const Sent &sent : Outgoing(library)) {
      CHECK(sent.to == to && sent.connection != 0);
      return sent.signal;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  CHECK(false);
  return "";
}

bool IsAskedForBy(const SteamNetworkingIdentity &peer) {
  return SteamNetworkingMessages()->GetSessionConnectionInfo(peer, nullptr, nullptr) ==
         k_ESteamNetworkingConnectionState_Connecting;
}

void MakesRequests() {
  const std::string request = RequestOf("alice", "bob");
  const auto read = steam_sockets::ReadRendezvous(request);
  CHECK(read.has_value());
  if (!read.has_value()) {
    return;
  }
  CHECK(read->from_identity == "str:alice" && read->is_connect_request);
  CHECK(read->from_connection.has_value() && !read->to_connection.has_value() && read->to_virtual_port == 0U);
}

void AnswersRequests() {
  const std::string request = RequestOf("alice", "bob");
  const SteamNetworkingIdentity bob = Named("bob");
  const SteamNetworkingIdentity alice = Named("alice");
  const Opened library = As(bob);
  const int32_t number = library.number;
  const uint32_t epoch = library.epoch;
  (void)Receive(library, alice, request);
  CHECK(Outgoing(library).empty() && Signalings(library) == 0);
  CHECK(steam_sockets_signaling(number, epoch, 2, false) == STEAM_SOCKETS_BAD_ARGUMENT);
  CHECK(steam_sockets_signaling(number, epoch, STEAM_SOCKETS_ASK_FOR_PEERS, false) == 0);
  CHECK(Receive(library, Named("mallory"), request) == 0 && Signalings(library) == 0);
  CHECK(steam_sockets_signal_received(number, epoch, &alice, request.data(), 0) == STEAM_SOCKETS_BAD_ARGUMENT);
  CHECK(steam_sockets_signal_received(number, epoch, &alice, request.data(), -1) == STEAM_SOCKETS_BAD_ARGUMENT);
  CHECK(steam_sockets_signal_received(number, epoch, &alice, nullptr, 1) == STEAM_SOCKETS_BAD_ARGUMENT);
  CHECK(steam_sockets_signal_received(number, epoch, nullptr, request.data(), 1) == STEAM_SOCKETS_BAD_ARGUMENT);
  const std::string long_one(STEAM_SOCKETS_SIGNAL_BYTES + 1, 'x');
  CHECK(Receive(library, alice, long_one) == STEAM_SOCKETS_BAD_ARGUMENT);
  CHECK(Receive(library, alice, "no signal") == 0);

  CHECK(Receive(library, alice, request) == 1 && Signalings(library) == 1);
  CHECK(Receive(library, alice, request) == 1 && Signalings(library) == 1);
  HSteamNetConnection connection = 0;
  std::vector<char> into(kRecordsBytes);
  const int32_t written = steam_sockets_run_callbacks(number, epoch, into.data(), kRecordsBytes);
  for (int32_t at = 0; at < written && connection == 0;) {
    steam_sockets_record record;
    std::memcpy(&record, into.data() + at, sizeof record);
    if (record.kind == STEAM_SOCKETS_STATUS_CHANGED) {
      std::memcpy(&connection, into.data() + at + sizeof record, sizeof connection);
    }
    at += static_cast<int32_t>(record.bytes);
  }
  CHECK(connection != 0);
  CHECK(steam_sockets_signaling_closed(number, epoch, connection + 1, 2000, "no") == 0);
  CHECK(SteamNetworkingSockets()->CloseConnection(connection, 2000, "no", false));
  CHECK(steam_sockets_signaling_closed(number, epoch, connection, 2000, "no") == 1);
  const std::vector<Sent> sent = Outgoing(library);
  CHECK(sent.size() == 1 && sent[0].to == "alice");
  if (sent.empty()) {
    return;
  }
  const auto refusal = steam_sockets::ReadRendezvous(sent[0].signal);
  CHECK(refusal.has_value() && refusal->from_identity == "str:bob" && !refusal->is_connect_request);
  CHECK(sent[0].signal.find("no") != std::string::npos);
}

void AnswersSessionRequests() {
  const std::string first = SessionRequestOf("alice", "bob");
  const std::string second = SessionRequestOf("alice", "bob");
  const auto read = steam_sockets::ReadRendezvous(first);
  CHECK(read.has_value() && read->is_connect_request && read->to_virtual_port == 0x7fffffffU);
  const SteamNetworkingIdentity bob = Named("bob");
  const SteamNetworkingIdentity alice = Named("alice");
  const Opened library = As(bob);
  const int32_t number = library.number;
  const uint32_t epoch = library.epoch;
  CHECK(steam_sockets_signaling(number, epoch, STEAM_SOCKETS_ASK_FOR_PEERS, true) == 0);
  CHECK(steam_sockets_session_closed(number, epoch, nullptr) == STEAM_SOCKETS_BAD_ARGUMENT);
  CHECK(steam_sockets_session_closed(number, epoch + 2, &alice) == STEAM_SOCKETS_NOT_OPEN);
  CHECK(steam_sockets_session_closed(number, epoch, &alice) == 0);

  CHECK(Receive(library, alice, first) == 1 && Signalings(library) == 1);
  CHECK(Receive(library, alice, first) == 1 && Signalings(library) == 1);
  CHECK(IsAskedForBy(alice) && Outgoing(library).empty());
  CHECK(Receive(library, alice, second) == 1 && Signalings(library) == 2);
  const std::vector<Sent> ended = Outgoing(library);
  CHECK(IsAskedForBy(alice) && ended.size() == 1 && ended[0].to == "alice");
  CHECK(Receive(library, alice, first) == 1 && Signalings(library) == 2);
  CHECK(IsAskedForBy(alice));
  (void)Outgoing(library);

  CHECK(SteamNetworkingMessages()->CloseSessionWithUser(alice));
  CHECK(steam_sockets_session_closed(number, epoch, &alice) == 1);
  CHECK(steam_sockets_session_closed(number, epoch, &alice) == 0);
  const std::vector<Sent> sent = Outgoing(library);
  CHECK(!sent.empty() && sent[0].to == "alice");
  if (sent.empty()) {
    return;
  }
  const auto news = steam_sockets::ReadRendezvous(sent[0].signal);
  CHECK(news.has_value() && news->from_identity == "str:bob" && !news->is_connect_request);
}

void EndsAll() {
  const std::string request = RequestOf("alice", "bob");
  const std::string session = SessionRequestOf("carol", "bob");
  const Opened library = As(Named("bob"));
  const int32_t number = library.number;
  const uint32_t epoch = library.epoch;
  CHECK(steam_sockets_signaling(number, epoch, STEAM_SOCKETS_ASK_FOR_PEERS, true) == 0);
  CHECK(steam_sockets_signaling_end(number, epoch + 2) == STEAM_SOCKETS_NOT_OPEN);
  CHECK(steam_sockets_signaling_end(number, epoch) == 0);
  CHECK(Receive(library, Named("alice"), request) == 1);
  CHECK(Receive(library, Named("carol"), session) == 1);
  (void)Outgoing(library);
  CHECK(steam_sockets_signaling_end(number, epoch) == 2);
  std::vector<std::string> told;
  for (const Sent &sent : Outgoing(library)) {
    const auto news = steam_sockets::ReadRendezvous(sent.signal);
    CHECK(news.has_value() && news->from_identity == "str:bob" && !news->is_connect_request);
    told.push_back(sent.to);
  }
  std::sort(told.begin(), told.end());
  CHECK((told == std::vector<std::string>{"alice", "carol"}));
  CHECK(steam_sockets_signaling_end(number, epoch) == 0);
}

void LeavesNothing() {
  const SteamNetworkingIdentity bob = Named("bob");
  int32_t number = -1;
  {
    const std::string request = RequestOf("alice", "bob");
    const Opened library = As(bob);
    number = library.number;
    CHECK(steam_sockets_signaling(number, library.epoch, STEAM_SOCKETS_ASK_FOR_PEERS, true) == 0);
    CHECK(Receive(library, Named("alice"), request) == 1 && Signalings(library) == 1);
    CHECK(steam_sockets_signaling_new(number, library.epoch + 2, nullptr) == nullptr);
    CHECK(steam_sockets_signaling(number, library.epoch + 2, 0, false) == STEAM_SOCKETS_NOT_OPEN);
  }
  CHECK(steam_sockets_state_of(number)->signalings == 0);
}

// What the library says of a session that was closed.
std::string EndOf(const std::string &request) {
  const SteamNetworkingIdentity bob = Named("bob");
  const SteamNetworkingIdentity alice = Named("alice");
  const Opened library = As(bob);
  CHECK(steam_sockets_signaling(library.number, library.epoch, STEAM_SOCKETS_ASK_FOR_PEERS, true) == 0);
  CHECK(Receive(library, alice, request) == 1);
  CHECK(SteamNetworkingMessages()->CloseSessionWithUser(alice));
  CHECK(steam_sockets_session_closed(library.number, library.epoch, &alice) == 1);
  const std::vector<Sent> sent = Outgoing(library);
  CHECK(!sent.empty());
  return sent.empty() ? "" : sent[0].signal;
}

// A signal with some bytes changed, cut out or doubled.
std::string Changed(const std::string &signal, std::mt19937 &random) {
  std::string changed = signal;
  const size_t at = random() % changed.size();
  const size_t length = random() % 30;
  switch (random() % 4) {
    case 0:
      changed.erase(at, length);
      break;
    case 1:
      changed.insert(at, signal, at, length);
      break;
    default:
      for (uint32_t changes = random() % 4 + 1; changes > 0; --changes) {
        changed[random() % changed.size()] = static_cast<char>(random());
      }
  }
  return changed.empty() ? signal : changed;
}

void StandsNoise() {
  const std::string session = SessionRequestOf("alice", "bob");
  const std::vector<std::string> all = {RequestOf("alice", "bob"), session, EndOf(session)};
  const SteamNetworkingIdentity bob = Named("bob");
  const SteamNetworkingIdentity alice = Named("alice");
  int32_t number = -1;
  {
    const Opened library = As(bob);
    number = library.number;
    CHECK(steam_sockets_signaling(number, library.epoch, STEAM_SOCKETS_ASK_FOR_PEERS, true) == 0);
    std::mt19937 random(7);  // NOLINT(bugprone-random-generator-seed): each run is to do the same
    for (int i = 0; i < 100000; ++i) {
      // On the heap and just as long as it is, so that the address sanitizer sees each look past its end.
      std::vector<char> signal(random() % 200 + 1);
      if (i % 3 == 0) {
        std::generate(signal.begin(), signal.end(), [&] { return static_cast<char>(random()); });
      } else {
        const std::string changed = Changed(all[random() % all.size()], random);
        signal.assign(changed.begin(), changed.end());
      }
      signal.shrink_to_fit();
      const int32_t answer = steam_sockets_signal_received(number, library.epoch, &alice, signal.data(),
                                                           static_cast<int32_t>(signal.size()));
      CHECK(answer == 0 || answer == 1);
      if (i % 1000 == 0) {
        (void)Outgoing(library);
        (void)SteamNetworkingMessages()->CloseSessionWithUser(alice);
        (void)steam_sockets_session_closed(number, library.epoch, &alice);
      }
    }
  }
  CHECK(steam_sockets_state_of(number)->signalings == 0);
  CHECK(As(bob).number >= 0);
}

}  // namespace

int main() {
  MakesRequests();
  AnswersRequests();
  AnswersSessionRequests();
  EndsAll();
  LeavesNothing();
  StandsNoise();
  return check::Done();
}
