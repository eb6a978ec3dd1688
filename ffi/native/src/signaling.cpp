#include "signaling.h"

#include <steam/isteamnetworkingutils.h>
#include <steam/steamnetworkingcustomsignaling.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "library.h"
#include "rendezvous.h"
#include "shared_word.h"

namespace steam_sockets {

namespace {

constexpr uint32_t kMessagesVirtualPort = 0x7fffffff;
// Of each peer. A signal that comes late must not be taken for one of a peer that has started anew.
constexpr size_t kRemembered = 32;

// The connection of a peer, and the last signal of it: given to the library once more when the connection has been
// closed, it answers with the news of the end, which it keeps to itself otherwise.
struct Line {
  std::string from;  // the peer's identity as text
  uint32_t from_connection = 0;
  std::string last;
};

// What one library's signals have told.
struct Book {
  // A leaf: nothing else is locked while it is held. Signaling objects come here on any thread.
  std::mutex lock;
  std::map<uint32_t, Line> lines;                          // by connection
  std::map<std::string, std::deque<uint32_t>> remembered;  // by peer: its numbers of connections
  std::atomic<int32_t> peers{STEAM_SOCKETS_IGNORE_PEERS};
};

// Never destroyed: the library's threads may still call in while the process ends.
std::array<Book, STEAM_SOCKETS_LIBRARIES> &books = *new std::array<Book, STEAM_SOCKETS_LIBRARIES>;

Book &BookAt(int32_t number) { return books[static_cast<size_t>(number)]; }

std::string TextOf(const SteamNetworkingIdentity &identity) {
  std::array<char, SteamNetworkingIdentity::k_cchMaxString> text{};
  SteamNetworkingIdentity_ToString(&identity, text.data(), text.size());
  return text.data();
}

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
  Signaling(Library &library, const SteamNetworkingIdentity &to, uint32_t connection = 0)
      : library_(library), epoch_(Load(library.state.epoch)), to_(to), connection_(connection) {
    (void)FetchAdd(library.state.signalings, uint32_t{1});
  }
  Signaling(const Signaling &) = delete;
  Signaling &operator=(const Signaling &) = delete;

  bool SendSignal(HSteamNetConnection connection, const SteamNetConnectionInfo_t &info, const void *signal,
                  int bytes) override {
    connection_ = connection;
    if (Load(library_.state.epoch) == epoch_) {
      Push(library_, info.m_identityRemote.IsInvalid() ? to_ : info.m_identityRemote, connection, signal, bytes);
    }
    // Whether it arrives is not known here. A signal that is lost is sent again.
    return true;
  }

  void Release() override {
    Book &book = BookAt(library_.number);
    {
      const std::lock_guard<std::mutex> guard(book.lock);
      book.lines.erase(connection_);
    }
    (void)FetchAdd(library_.state.signalings, ~uint32_t{0});
    delete this;
  }

 private:
  ~Signaling() = default;

  Library &library_;
  const uint32_t epoch_;
  const SteamNetworkingIdentity to_;
  std::atomic<uint32_t> connection_;
};

// Why a connection is refused.
struct Refusal {
  int32_t reason;
  const char *text;
};

// Answers what the library asks while a signal is handed in.
class Context final : public ISteamNetworkingSignalingRecvContext {
 public:
  Context(Library &library, const Refusal *refusal) : library_(library), refusal_(refusal) {}

  ISteamNetworkingConnectionSignaling *OnConnectRequest(HSteamNetConnection connection,
                                                        const SteamNetworkingIdentity &peer, int) override {
    if (refusal_ != nullptr) {
      (void)library_.functions.close_connection(library_.sockets, connection, refusal_->reason, refusal_->text, false);
      return nullptr;
    }
    if (BookAt(library_.number).peers == STEAM_SOCKETS_IGNORE_PEERS) {
      return nullptr;
    }
    made_ = connection;
    return new Signaling(library_, peer, connection);
  }

  void SendRejectionSignal(const SteamNetworkingIdentity &peer, const void *signal, int bytes) override {
    // The library leaves out who it is from, and its peers drop a signal that does not say.
    const std::string whole =
        WithSender({static_cast<const char *>(signal), static_cast<size_t>(bytes)}, OwnIdentity());
    Push(library_, peer, 0, whole.data(), static_cast<int>(whole.size()));
  }

  // The connection that was made, 0 for none.
  uint32_t made() const { return made_; }

 private:
  std::string OwnIdentity() const {
    SteamNetworkingIdentity own;
    own.Clear();
    (void)library_.functions.own_identity(library_.sockets, &own);
    return TextOf(own);
  }

  Library &library_;
  const Refusal *const refusal_;
  uint32_t made_ = 0;
};

// The library's callbacks carry no context, so each number has a function of its own.
template <int32_t kNumber>
ISteamNetworkingConnectionSignaling *MakeSignaling(ISteamNetworkingSockets *, const SteamNetworkingIdentity &peer, int,
                                                   int) {
  return new Signaling(LibraryAt(kNumber), peer);
}

constexpr std::array<FnSteamNetworkingSocketsCreateConnectionSignaling, STEAM_SOCKETS_LIBRARIES> kMakers = {
    MakeSignaling<0>, MakeSignaling<1>, MakeSignaling<2>, MakeSignaling<3>};

// Whether a peer's number of a connection is new; from now on it is not.
bool IsNew(Book &book, const std::string &from, uint32_t from_connection) {
  std::deque<uint32_t> &known = book.remembered[from];
  if (std::find(known.begin(), known.end(), from_connection) != known.end()) {
    return false;
  }
  known.push_back(from_connection);
  if (known.size() > kRemembered) {
    known.pop_front();
  }
  return true;
}

// A peer whose session stands and who asks for one again has lost its own: the library would not hear it before ours
// has timed out.
void MakeWayForNewSession(const Library &library, const SteamNetworkingIdentity &from) {
  const steam_sockets_functions &functions = library.functions;
  if (functions.messages == nullptr || functions.session_state == nullptr || functions.close_session == nullptr) {
    return;
  }
  void *const messages = functions.messages();
  if (messages != nullptr &&
      functions.session_state(messages, &from, nullptr, nullptr) == k_ESteamNetworkingConnectionState_Connected) {
    (void)functions.close_session(messages, &from);
  }
}

bool HandIn(const Library &library, Context &context, const std::string &signal) {
  return library.functions.received_signal(library.sockets, signal.data(), static_cast<int32_t>(signal.size()),
                                           &context);
}

// The connection that a signal is about.
uint32_t ConnectionOf(const Book &book, const Rendezvous &rendezvous, const std::string &from, uint32_t made) {
  if (made != 0) {
    return made;
  }
  if (rendezvous.to_connection.has_value()) {
    return *rendezvous.to_connection;
  }
  const auto line = std::find_if(book.lines.begin(), book.lines.end(), [&](const auto &entry) {
    return entry.second.from_connection == rendezvous.from_connection && entry.second.from == from;
  });
  return line == book.lines.end() ? 0 : line->first;
}

int32_t Receive(Library &library, const SteamNetworkingIdentity &from, std::string_view bytes) {
  const std::optional<Rendezvous> rendezvous = ReadRendezvous(bytes);
  const std::string sender = TextOf(from);
  if (!rendezvous.has_value() || (!rendezvous->from_identity.empty() && rendezvous->from_identity != sender)) {
    return 0;
  }
  const std::string signal = rendezvous->from_identity.empty() ? WithSender(bytes, sender) : std::string(bytes);
  Book &book = BookAt(library.number);
  bool starts_anew = false;
  if (rendezvous->from_connection.has_value()) {
    const std::lock_guard<std::mutex> guard(book.lock);
    starts_anew = IsNew(book, sender, *rendezvous->from_connection) && rendezvous->is_connect_request &&
                  !rendezvous->to_connection.has_value() && rendezvous->to_virtual_port == kMessagesVirtualPort;
  }
  if (starts_anew) {
    MakeWayForNewSession(library, from);
  }
  Context context(library, nullptr);
  if (!HandIn(library, context, signal)) {
    return 0;
  }
  const std::lock_guard<std::mutex> guard(book.lock);
  const uint32_t connection = ConnectionOf(book, *rendezvous, sender, context.made());
  if (connection != 0 && rendezvous->from_connection.has_value()) {
    book.lines[connection] = {sender, *rendezvous->from_connection, signal};
  }
  return 1;
}

}  // namespace

void ForgetSignals(int32_t number) {
  Book &book = BookAt(number);
  const std::lock_guard<std::mutex> guard(book.lock);
  book.lines.clear();
  book.remembered.clear();
  book.peers = STEAM_SOCKETS_IGNORE_PEERS;
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
  if (by_default) {
    void *const maker = reinterpret_cast<void *>(kMakers[static_cast<size_t>(number)]);
    (void)functions.set_config_pointer(library->utils, k_ESteamNetworkingConfig_Callback_CreateConnectionSignaling,
                                       maker);
  }
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
  return static_cast<ISteamNetworkingConnectionSignaling *>(new Signaling(*library, peer));
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

int32_t steam_sockets_signaling_closed(int32_t number, uint32_t epoch, uint32_t connection, int32_t reason,
                                       const char *text) {
  Library *const library = OpenLibrary(number, epoch);
  if (library == nullptr) {
    return STEAM_SOCKETS_NOT_OPEN;
  }
  if (library->functions.received_signal == nullptr || library->functions.close_connection == nullptr) {
    return STEAM_SOCKETS_NO_FUNCTION;
  }
  std::string last;
  {
    Book &book = BookAt(number);
    const std::lock_guard<std::mutex> guard(book.lock);
    const auto line = book.lines.find(connection);
    if (line == book.lines.end()) {
      return 0;
    }
    last = line->second.last;
  }
  const Refusal refusal{reason, text == nullptr ? "" : text};
  Context context(*library, &refusal);
  (void)HandIn(*library, context, last);
  return 1;
}
