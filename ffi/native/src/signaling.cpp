#include "signaling.h"

#include <steam/isteamnetworkingutils.h>
#include <steam/steamnetworkingcustomsignaling.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstring>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "authentication.h"
#include "gns.h"
#include "identity.h"
#include "library.h"
#include "rendezvous.h"
#include "shared_word.h"
#include "signal_book.h"

namespace steam_sockets {

namespace {

// CloseCode.Unauthenticated.
constexpr int32_t kUnauthenticated = 1006;
// News of an end may get lost, and is not told while messages linger. It is sent again after this long, then after
// twice as long, and so on, but often enough for the seconds in which the library still knows what has ended.
constexpr auto kFirstPause = std::chrono::milliseconds(100);
constexpr auto kLongestPause = std::chrono::milliseconds(1000);

bool IsOfSessions(int virtual_port) { return static_cast<uint32_t>(virtual_port) == kMessagesVirtualPort; }

void Push(Library &library, const SteamNetworkingIdentity &to, uint32_t connection, const void *signal, int bytes) {
  steam_sockets_signal_head head{};
  static_assert(sizeof head.to == sizeof to);
  std::memcpy(head.to, &to, sizeof to);
  head.connection = connection;
  head.bytes = static_cast<uint32_t>(bytes);
  std::string payload(reinterpret_cast<const char *>(&head), sizeof head);
  payload.append(static_cast<const char *>(signal), head.bytes);
  library.events.Push(STEAM_SOCKETS_SIGNAL, 0, payload.data(), static_cast<uint32_t>(payload.size()));
}

// Goes with one connection, from its beginning until the library has done with it.
class Signaling final : public ISteamNetworkingConnectionSignaling {
 public:
  // Whoever makes it knows the connection, or the first signal tells it.
  Signaling(Library &library, const SteamNetworkingIdentity &to, bool is_session, uint32_t connection = 0)
      : library_(library), epoch_(Load(library.state.epoch)), to_(to), is_session_(is_session) {
    (void)FetchAdd(library.state.signalings, uint32_t{1});
    if (connection != 0) {
      Begin(connection);
    }
  }
  Signaling(const Signaling &) = delete;
  Signaling &operator=(const Signaling &) = delete;

  bool SendSignal(HSteamNetConnection connection, const SteamNetConnectionInfo_t &info, const void *signal,
                  int bytes) override {
    if (connection_ != connection) {
      Begin(connection);
    }
    if (Load(library_.state.epoch) == epoch_) {
      Push(library_, info.m_identityRemote.IsInvalid() ? to_ : info.m_identityRemote, connection, signal, bytes);
    }
    // Whether it arrives is not known here. A signal that is lost is sent again.
    return true;
  }

  void Release() override {
    SignalBook &book = BookAt(library_.number);
    {
      const std::lock_guard<std::mutex> guard(book.lock);
      const auto line = book.lines.find(connection_);
      if (line != book.lines.end()) {
        book.endings -= line->second.ending.has_value() ? 1 : 0;
        book.lines.erase(line);
      }
    }
    (void)FetchAdd(library_.state.signalings, ~uint32_t{0});
    delete this;
  }

 private:
  ~Signaling() = default;

  void Begin(uint32_t connection) {
    connection_ = connection;
    Line line;
    line.from = to_.IsInvalid() ? "" : TextOf(to_);
    line.is_session = is_session_;
    SignalBook &book = BookAt(library_.number);
    const std::lock_guard<std::mutex> guard(book.lock);
    book.lines.emplace(connection, std::move(line));
  }

  Library &library_;
  const uint32_t epoch_;
  const SteamNetworkingIdentity to_;
  const bool is_session_;
  std::atomic<uint32_t> connection_{0};
};

std::string OwnIdentity(const steam_sockets_functions &functions, void *sockets) {
  SteamNetworkingIdentity own;
  own.Clear();
  (void)functions.own_identity(sockets, &own);
  return TextOf(own);
}

// Answers what the library asks while a signal is handed in.
class Context final : public ISteamNetworkingSignalingRecvContext {
 public:
  // With an ending, requests are refused by it.
  Context(Library &library, const Ending *ending) : library_(library), ending_(ending) {}

  ISteamNetworkingConnectionSignaling *OnConnectRequest(HSteamNetConnection connection,
                                                        const SteamNetworkingIdentity &peer,
                                                        int virtual_port) override {
    if (ending_ != nullptr) {
      (void)library_.functions.close_connection(library_.sockets, connection, ending_->reason, ending_->text.c_str(),
                                                false);
      return nullptr;
    }
    if (BookAt(library_.number).peers == STEAM_SOCKETS_IGNORE_PEERS) {
      return nullptr;
    }
    made_ = connection;
    return new Signaling(library_, peer, IsOfSessions(virtual_port), connection);
  }

  void SendRejectionSignal(const SteamNetworkingIdentity &peer, const void *signal, int bytes) override {
    // The library leaves out who it is from, and its peers drop a signal that does not say.
    const std::string_view given(static_cast<const char *>(signal), static_cast<size_t>(bytes));
    const std::optional<Rendezvous> rendezvous = ReadRendezvous(given);
    const bool says = rendezvous.has_value() && !rendezvous->from_identity.empty();
    const std::string whole =
        says ? std::string(given) : WithSender(given, OwnIdentity(library_.functions, library_.sockets));
    Push(library_, peer, 0, whole.data(), static_cast<int>(whole.size()));
  }

  // The connection that was made, 0 for none.
  uint32_t made() const { return made_; }

 private:
  Library &library_;
  const Ending *const ending_;
  uint32_t made_ = 0;
};

// The library's callbacks carry no context, so each number has a function of its own.
template <int32_t kNumber>
ISteamNetworkingConnectionSignaling *MakeSignaling(ISteamNetworkingSockets *sockets,
                                                   const SteamNetworkingIdentity &peer, int /*local_virtual_port*/,
                                                   int remote_virtual_port) {
  // Signals do not tell yet which instance they are of.
  return sockets != LibraryAt(kNumber).sockets
             ? nullptr
             : new Signaling(LibraryAt(kNumber), peer, IsOfSessions(remote_virtual_port));
}

constexpr std::array<FnSteamNetworkingSocketsCreateConnectionSignaling, STEAM_SOCKETS_LIBRARIES> kMakers = {
    MakeSignaling<0>, MakeSignaling<1>, MakeSignaling<2>, MakeSignaling<3>};

void SetByDefault(const Library &library, bool by_default) {
  bool &is_set = BookAt(library.number).by_default;
  if (by_default == is_set) {
    return;
  }
  is_set = by_default;
  void *const maker = by_default ? reinterpret_cast<void *>(kMakers[static_cast<size_t>(library.number)]) : nullptr;
  (void)library.functions.set_config_pointer(library.utils, k_ESteamNetworkingConfig_Callback_CreateConnectionSignaling,
                                             maker);
}

bool HandIn(const Library &library, Context &context, const std::string &signal) {
  return library.functions.received_signal(library.sockets, signal.data(), static_cast<int32_t>(signal.size()),
                                           &context);
}

// Has the library answer with the news of an end.
void Tell(Library &library, const Ending &ending, const std::string &last) {
  Context context(library, &ending);
  (void)HandIn(library, context, last);
}

Ending EndingOf(int32_t reason, const char *text) { return {reason, text, Clock::now() + kFirstPause, kFirstPause}; }

// Tells a peer of the end of all sessions with him, and of how many it was.
int32_t TellOfSessions(Library &library, const std::string &from) {
  // The library gives its own reason for a connection that it still knows.
  const Ending ending = EndingOf(k_ESteamNetConnectionEnd_App_Generic, "The session was closed");
  SignalBook &book = BookAt(library.number);
  std::vector<std::string> last;
  {
    const std::lock_guard<std::mutex> guard(book.lock);
    for (auto &[connection, line] : book.lines) {
      if (line.is_session && line.from == from && End(book, line, ending)) {
        last.push_back(line.last);
      }
    }
  }
  for (const std::string &signal : last) {
    Tell(library, ending, signal);
  }
  return static_cast<int32_t>(last.size());
}

// The messages of a library that can end sessions; null for others.
void *MessagesWithSessions(const steam_sockets_functions &functions) {
  const bool can_end =
      functions.messages != nullptr && functions.session_state != nullptr && functions.close_session != nullptr;
  return can_end ? functions.messages() : nullptr;
}

// Ends the session with a peer who asks for another one. Should he have it still, because what he asked for is long
// past and came late, he is told.
void MakeWayForNewSession(Library &library, const SteamNetworkingIdentity &from) {
  const steam_sockets_functions &functions = library.functions;
  void *const messages = MessagesWithSessions(functions);
  if (messages == nullptr) {
    return;
  }
  const int32_t state = functions.session_state(messages, &from, nullptr, nullptr);
  if (state == k_ESteamNetworkingConnectionState_Connecting ||
      state == k_ESteamNetworkingConnectionState_FindingRoute || state == k_ESteamNetworkingConnectionState_Connected) {
    (void)functions.close_session(messages, &from);
    (void)TellOfSessions(library, TextOf(from));
  }
}

// Tells the peer of a connection that was just closed, if he can be told by signals.
bool TellOfEnd(Library &library, uint32_t connection, const Ending &ending) {
  SignalBook &book = BookAt(library.number);
  std::string last;
  {
    const std::lock_guard<std::mutex> guard(book.lock);
    const auto line = book.lines.find(connection);
    if (line == book.lines.end() || !End(book, line->second, ending)) {
      return false;
    }
    last = line->second.last;
  }
  Tell(library, ending, last);
  return true;
}

// Whether a signal may be handed in. Who lacks the certificate that he must have is turned away, by the library's or an
// instance's `sockets`. Call it with the lock on demands held.
bool IsWelcome(Library &library, void *sockets, const Rendezvous &rendezvous, const SteamNetworkingIdentity &from,
               std::string_view signal, ISteamNetworkingSignalingRecvContext &context) {
  const std::optional<Objection> objection = ObjectionTo(library, from, signal);
  if (!objection.has_value()) {
    return true;
  }
  const auto &[why, connection] = *objection;
  if (connection != 0) {
    EndConnecting(connection, from, why);
  } else if (rendezvous.is_connect_request && !rendezvous.to_connection.has_value() &&
             rendezvous.from_connection.has_value()) {
    PushRefusal(library, from, "", why);
    const std::string refusal = WithSender(
        RefusalSignal(*rendezvous.from_connection, TextOf(from), kUnauthenticated, "not authenticated: " + why),
        OwnIdentity(library.functions, sockets));
    context.SendRejectionSignal(from, refusal.data(), static_cast<int>(refusal.size()));
  }
  return false;
}

int32_t Receive(Library &library, const SteamNetworkingIdentity &from, std::string_view bytes) {
  const std::optional<Rendezvous> rendezvous = ReadRendezvous(bytes);
  const std::string sender = TextOf(from);
  if (!rendezvous.has_value() || (!rendezvous->from_identity.empty() && rendezvous->from_identity != sender)) {
    return 0;
  }
  // Our library never sends messages in signals, but would take those of anybody.
  if (IsBuiltIn(library.functions) && rendezvous->has_messages) {
    return 0;
  }
  std::string signal = rendezvous->from_identity.empty() ? WithSender(bytes, sender) : std::string(bytes);
  SignalBook &book = BookAt(library.number);
  const DemandsLock lock(library);
  if (lock.IsHeld()) {
    Context refusing(library, nullptr);
    if (!IsWelcome(library, library.sockets, *rendezvous, from, signal, refusing)) {
      return 0;
    }
  }
  Ending ending;
  const Verdict verdict = Judge(book, *rendezvous, sender, ending);
  if (verdict == Verdict::kDrop) {
    return 1;
  }
  if (verdict == Verdict::kStartsAnew) {
    MakeWayForNewSession(library, from);
  }
  Context context(library, verdict == Verdict::kRefuse ? &ending : nullptr);
  if (!HandIn(library, context, signal)) {
    return 0;
  }
  Note(book, *rendezvous, sender, context.made(), std::move(signal));
  return 1;
}

// Hands in a signal with an answer that native code of the application's gives. Nobody vouches for its sender.
int32_t ReceiveWith(Library &library, void *sockets, std::string_view signal,
                    ISteamNetworkingSignalingRecvContext &context) {
  const auto hand_in = [&] {
    return library.functions.received_signal(sockets, signal.data(), static_cast<int32_t>(signal.size()), &context) ? 1
                                                                                                                    : 0;
  };
  if (!IsBuiltIn(library.functions)) {
    return hand_in();
  }
  const std::optional<Rendezvous> rendezvous = ReadRendezvous(signal);
  if (!rendezvous.has_value() || rendezvous->has_messages) {
    return 0;
  }
  const DemandsLock lock(library);
  if (!lock.IsHeld()) {
    return hand_in();
  }
  SteamNetworkingIdentity from;
  from.Clear();
  const bool says =
      SteamNetworkingIdentity_ParseString(&from, sizeof from, std::string(rendezvous->from_identity).c_str());
  return says && IsWelcome(library, sockets, *rendezvous, from, signal, context) ? hand_in() : 0;
}

}  // namespace

void EndSignaling(Library &library) { SetByDefault(library, false); }

void ForgetSignals(int32_t number) {
  SignalBook &book = BookAt(number);
  const std::lock_guard<std::mutex> guard(book.lock);
  book.lines.clear();
  book.requests.clear();
  book.peers_by_age.clear();
  book.endings = 0;
  book.peers = STEAM_SOCKETS_IGNORE_PEERS;
}

void RepeatEnds(Library &library) {
  SignalBook &book = BookAt(library.number);
  if (book.endings == 0) {
    return;
  }
  std::vector<std::pair<Ending, std::string>> due;
  {
    const std::lock_guard<std::mutex> guard(book.lock);
    const auto now = Clock::now();
    for (auto &[connection, line] : book.lines) {
      if (line.ending.has_value() && line.ending->next <= now) {
        line.ending->pause = std::min<Clock::duration>(line.ending->pause * 2, kLongestPause);
        line.ending->next = now + line.ending->pause;
        due.emplace_back(*line.ending, line.last);
      }
    }
  }
  for (const auto &[ending, last] : due) {
    Tell(library, ending, last);
  }
}

}  // namespace steam_sockets

using namespace steam_sockets;

int32_t steam_sockets_signaling(int32_t number, uint32_t epoch, int32_t peers, bool by_default) {
  const Library *const library = OpenLibrary(number, epoch);
  if (library == nullptr) {
    return STEAM_SOCKETS_NOT_OPEN;
  }
  if (peers != STEAM_SOCKETS_IGNORE_PEERS && peers != STEAM_SOCKETS_ASK_FOR_PEERS) {
    return STEAM_SOCKETS_BAD_ARGUMENT;
  }
  const steam_sockets_functions &functions = library->functions;
  if (functions.received_signal == nullptr || functions.close_connection == nullptr ||
      functions.own_identity == nullptr || (by_default && functions.set_config_pointer == nullptr)) {
    return STEAM_SOCKETS_NO_FUNCTION;
  }
  BookAt(number).peers = peers;
  SetByDefault(*library, by_default);
  return 0;
}

void *steam_sockets_signaling_new(int32_t number, uint32_t epoch, const void *to) {
  Library *const library = OpenLibrary(number, epoch);
  if (library == nullptr) {
    return nullptr;
  }
  SteamNetworkingIdentity peer;
  peer.Clear();
  if (to != nullptr) {
    std::memcpy(&peer, to, sizeof peer);
  }
  return static_cast<ISteamNetworkingConnectionSignaling *>(new Signaling(*library, peer, false));
}

int32_t steam_sockets_signal_received(int32_t number, uint32_t epoch, const void *from, const void *signal,
                                      int32_t bytes) {
  Library *const library = OpenLibrary(number, epoch);
  if (library == nullptr) {
    return STEAM_SOCKETS_NOT_OPEN;
  }
  if (library->functions.received_signal == nullptr || library->functions.close_connection == nullptr ||
      library->functions.own_identity == nullptr) {
    return STEAM_SOCKETS_NO_FUNCTION;
  }
  if (from == nullptr || signal == nullptr || bytes < 1 || bytes > STEAM_SOCKETS_SIGNAL_BYTES) {
    return STEAM_SOCKETS_BAD_ARGUMENT;
  }
  SteamNetworkingIdentity peer;
  std::memcpy(&peer, from, sizeof peer);
  return Receive(*library, peer, {static_cast<const char *>(signal), static_cast<size_t>(bytes)});
}

int32_t steam_sockets_signal_with_context(int32_t number, uint32_t epoch, void *sockets, const void *signal,
                                          int32_t bytes, void *context) {
  Library *const library = OpenLibrary(number, epoch);
  if (library == nullptr) {
    return STEAM_SOCKETS_NOT_OPEN;
  }
  if (library->functions.received_signal == nullptr || library->functions.own_identity == nullptr) {
    return STEAM_SOCKETS_NO_FUNCTION;
  }
  if (sockets == nullptr || signal == nullptr || bytes < 1 || context == nullptr) {
    return STEAM_SOCKETS_BAD_ARGUMENT;
  }
  return ReceiveWith(*library, sockets, {static_cast<const char *>(signal), static_cast<size_t>(bytes)},
                     *static_cast<ISteamNetworkingSignalingRecvContext *>(context));
}

int32_t steam_sockets_signaling_closed(int32_t number, uint32_t epoch, uint32_t connection, int32_t reason,
                                       const char *text) {
  Library *const library = OpenLibrary(number, epoch);
  if (library == nullptr) {
    return STEAM_SOCKETS_NOT_OPEN;
  }
  if (library->functions.received_signal == nullptr || library->functions.close_connection == nullptr) {
    return STEAM_SOCKETS_NO_FUNCTION;
  }
  return TellOfEnd(*library, connection, EndingOf(reason, text == nullptr ? "" : text)) ? 1 : 0;
}

int32_t steam_sockets_signaling_end(int32_t number, uint32_t epoch) {
  Library *const library = OpenLibrary(number, epoch);
  if (library == nullptr) {
    return STEAM_SOCKETS_NOT_OPEN;
  }
  const steam_sockets_functions &functions = library->functions;
  if (functions.received_signal == nullptr || functions.close_connection == nullptr) {
    return STEAM_SOCKETS_NO_FUNCTION;
  }
  // As the library itself ends what is open when it is shut down.
  const Ending ending = EndingOf(k_ESteamNetConnectionEnd_AppException_Max, "The network was closed");
  const Standing standing = StandingOf(BookAt(number));
  int32_t told = 0;
  for (const uint32_t connection : standing.connections) {
    if (functions.close_connection(library->sockets, connection, ending.reason, ending.text.c_str(), false)) {
      told += TellOfEnd(*library, connection, ending) ? 1 : 0;
    }
  }
  void *const messages = MessagesWithSessions(functions);
  for (const std::string &peer : standing.sessions) {
    SteamNetworkingIdentity identity;
    if (messages != nullptr && SteamNetworkingIdentity_ParseString(&identity, sizeof identity, peer.c_str()) &&
        functions.close_session(messages, &identity)) {
      told += TellOfSessions(*library, peer);
    }
  }
  return told;
}

int32_t steam_sockets_session_closed(int32_t number, uint32_t epoch, const void *with) {
  Library *const library = OpenLibrary(number, epoch);
  if (library == nullptr) {
    return STEAM_SOCKETS_NOT_OPEN;
  }
  if (library->functions.received_signal == nullptr || library->functions.close_connection == nullptr) {
    return STEAM_SOCKETS_NO_FUNCTION;
  }
  if (with == nullptr) {
    return STEAM_SOCKETS_BAD_ARGUMENT;
  }
  SteamNetworkingIdentity peer;
  std::memcpy(&peer, with, sizeof peer);
  return TellOfSessions(*library, TextOf(peer));
}
