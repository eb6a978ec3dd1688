// Proves of instances, on the real library:
//  - many are made beside the first network, each with its identity, and their number is told;
//  - what an instance tells is in the library's records with its number, that of the first network with 0;
//  - connections of instances are sent on and received from by the library's own functions, and sessions by each one's
//  own;
//  - one that is closed takes its connections and sockets along and leaves the others; the library's end takes all;
//  - none has a number that another one had; a closed library, another one than the built-in one, wrong numbers and
//    wrong arguments are refused.
#include <steam/isteamnetworkingmessages.h>

#include <array>
#include <chrono>
#include <cstring>
#include <map>
#include <string>
#include <vector>

#include "check.h"
#include "library_test.h"
#include "traffic_test.h"

namespace {

using library_test::BuiltIn;
using library_test::Opened;

constexpr int kMany = 1000;
constexpr uint32_t kLinger = 100;

SteamNetworkingIdentity Named(const std::string &name) {
  SteamNetworkingIdentity identity;
  identity.Clear();
  CHECK(identity.SetGenericString(name.c_str()));
  return identity;
}

int32_t Open(const Opened &library, const std::string &name) {
  std::array<char, 1024> error{};
  const SteamNetworkingIdentity identity = Named(name);
  return steam_sockets_instance_open(library.number, library.epoch, &identity, error.data());
}

int32_t Close(const Opened &library, int32_t instance) {
  return steam_sockets_instance_close(library.number, library.epoch, instance, kLinger);
}

ISteamNetworkingSockets *SocketsOf(const Opened &library, int32_t instance) {
  return static_cast<ISteamNetworkingSockets *>(
      steam_sockets_instance_sockets(library.number, library.epoch, instance));
}

ISteamNetworkingMessages *MessagesOf(const Opened &library, int32_t instance) {
  return static_cast<ISteamNetworkingMessages *>(
      steam_sockets_instance_messages(library.number, library.epoch, instance));
}

int32_t Count(const Opened &library) { return steam_sockets_instances(library.number, library.epoch); }

std::string NameOf(ISteamNetworkingSockets &sockets) {
  SteamNetworkingIdentity identity;
  CHECK(sockets.GetIdentity(&identity));
  const char *const name = identity.GetGenericString();
  return name == nullptr ? "" : name;
}

// What was told since the last time: connections in their states, by instance.
class Records {
 public:
  explicit Records(const Opened &library) : library_(library) {}

  // Whether an instance was told that a connection is in a state, or anybody when `instance` is -1.
  bool Tell(int32_t instance, HSteamNetConnection connection, ESteamNetworkingConnectionState state) {
    const int32_t read =
        steam_sockets_run_callbacks(library_.number, library_.epoch, into_.data(), static_cast<uint32_t>(into_.size()));
    CHECK(read >= 0);
    for (int32_t at = 0; at < read;) {
      steam_sockets_record head;
      std::memcpy(&head, into_.data() + at, sizeof head);
      if (head.kind == STEAM_SOCKETS_STATUS_CHANGED) {
        SteamNetConnectionStatusChangedCallback_t event;
        CHECK(head.payload == sizeof event);
        std::memcpy(&event, into_.data() + at + sizeof head, sizeof event);
        told_[{event.m_hConn, event.m_info.m_eState}] = head.argument;
        newest_ = event;
      }
      at += static_cast<int32_t>(head.bytes);
    }
    const auto told = told_.find({connection, state});
    return told != told_.end() && (instance == -1 || told->second == instance);
  }

  const SteamNetConnectionStatusChangedCallback_t &newest() const { return newest_; }

 private:
  const Opened &library_;
  std::vector<char> into_ = std::vector<char>(1 << 20);
  std::map<std::pair<HSteamNetConnection, int>, int32_t> told_;
  SteamNetConnectionStatusChangedCallback_t newest_{};
};

template <typename Condition>
bool Comes(Condition condition) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (std::chrono::steady_clock::now() < end) {
    if (condition()) {
      return true;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return false;
}

SteamNetworkingIPAddr Address() {
  SteamNetworkingIPAddr address;
  address.Clear();
  address.SetIPv4(0x7f000001, 0);
  address.m_port = static_cast<uint16>(steam_sockets_free_port(address.m_ipv6));
  return address;
}

void AreMany() {
  const Opened library;
  std::map<int32_t, std::string> names;
  for (int i = 0; i < kMany; ++i) {
    std::string name = "bot-" + std::to_string(i);
    const int32_t instance = Open(library, name);
    CHECK(instance > 0 && names.count(instance) == 0);
    names.emplace(instance, std::move(name));
  }
  CHECK(Count(library) == kMany);
  for (const auto &[instance, name] : names) {
    CHECK(NameOf(*SocketsOf(library, instance)) == name);
  }
  CHECK(NameOf(*SteamNetworkingSockets()).empty());
  const int32_t first = names.begin()->first;
  CHECK(Close(library, first) == 0 && Count(library) == kMany - 1);
  CHECK(SocketsOf(library, first) == nullptr && Close(library, first) == STEAM_SOCKETS_NOT_OPEN);
  CHECK(NameOf(*SocketsOf(library, first + 1)) == "bot-1");
  CHECK(Open(library, "late") == names.rbegin()->first + 1);
}

// The first network listens, two instances connect.
void AreApart() {
  const Opened library;
  Records records(library);
  ISteamNetworkingSockets &server = *SteamNetworkingSockets();
  const SteamNetworkingIPAddr address = Address();
  const HSteamListenSocket socket = server.CreateListenSocketIP(address, 0, nullptr);
  CHECK(socket != k_HSteamListenSocket_Invalid);
  const auto connect = [&](int32_t instance, HSteamNetConnection &ours) {
    ours = SocketsOf(library, instance)->ConnectByIPAddress(address, 0, nullptr);
    HSteamNetConnection theirs = 0;
    CHECK(Comes([&] {
      (void)records.Tell(-1, 0, k_ESteamNetworkingConnectionState_None);
      const auto &newest = records.newest();
      if (newest.m_info.m_hListenSocket == socket &&
          newest.m_info.m_eState == k_ESteamNetworkingConnectionState_Connecting) {
        theirs = newest.m_hConn;
      }
      return theirs != 0;
    }));
    CHECK(server.AcceptConnection(theirs) == k_EResultOK);
    CHECK(Comes([&] { return records.Tell(instance, ours, k_ESteamNetworkingConnectionState_Connected); }));
    CHECK(Comes([&] { return records.Tell(0, theirs, k_ESteamNetworkingConnectionState_Connected); }));
    return theirs;
  };
  const int32_t alice = Open(library, "alice");
  const int32_t bob = Open(library, "bob");
  HSteamNetConnection of_alice = 0;
  HSteamNetConnection of_bob = 0;
  const HSteamNetConnection to_alice = connect(alice, of_alice);
  const HSteamNetConnection to_bob = connect(bob, of_bob);
  SteamNetConnectionInfo_t info;
  CHECK(server.GetConnectionInfo(to_alice, &info) && info.m_identityRemote == Named("alice"));
  CHECK(server.GetConnectionInfo(to_bob, &info) && info.m_identityRemote == Named("bob"));

  CHECK(traffic_test::SendCopies(library, of_alice, "from alice", 1) == 1);
  SteamNetworkingMessage_t *message = nullptr;
  CHECK(Comes([&] { return server.ReceiveMessagesOnConnection(to_alice, &message, 1) == 1; }));
  CHECK(message != nullptr && message->m_cbSize == 10 && std::memcmp(message->m_pData, "from alice", 10) == 0);
  message->Release();

  CHECK(Close(library, alice) == 0);
  CHECK(!server.GetConnectionInfo(of_alice, &info));
  CHECK(Comes([&] { return records.Tell(0, to_alice, k_ESteamNetworkingConnectionState_ClosedByPeer); }));
  CHECK(server.GetConnectionInfo(of_bob, &info) && info.m_eState == k_ESteamNetworkingConnectionState_Connected);
  CHECK(server.CloseConnection(to_bob, 1234, "go", false));
  CHECK(Comes([&] { return records.Tell(bob, of_bob, k_ESteamNetworkingConnectionState_ClosedByPeer); }));
  (void)server.CloseConnection(to_alice, 0, nullptr, false);
  CHECK(Count(library) == 1);
}

void HaveSessions() {
  const Opened library;
  const int32_t alice = Open(library, "alice");
  const int32_t bob = Open(library, "bob");
  ISteamNetworkingMessages *const of_alice = MessagesOf(library, alice);
  ISteamNetworkingMessages *const of_bob = MessagesOf(library, bob);
  CHECK(of_alice != nullptr && of_bob != nullptr && of_alice != of_bob && MessagesOf(library, bob) == of_bob);
  CHECK(MessagesOf(library, 0) == nullptr);
  if (of_alice == nullptr || of_bob == nullptr) {
    return;
  }
  CHECK(of_alice->SendMessageToUser(Named("bob"), "hello", 5, k_nSteamNetworkingSend_Reliable, 7) == k_EResultOK);
  traffic_test::Inbox inbox(16, 1 << 16);
  const auto receive = [&](int32_t source) { return inbox.Receive(library, 7, 1000, source); };
  CHECK(Comes([&] {
    (void)of_bob->AcceptSessionWithUser(Named("alice"));
    return receive(-bob) == 1;
  }));
  CHECK(inbox.Text(0) == "hello");
  CHECK(receive(-alice) == 0 && receive(STEAM_SOCKETS_FROM_CHANNEL) == 0);
  CHECK(receive(-(bob + 1)) == STEAM_SOCKETS_NO_HANDLE);
  CHECK(Close(library, bob) == 0 && receive(-bob) == STEAM_SOCKETS_NO_HANDLE);
}

void RefuseWhatIsWrong() {
  std::array<char, 1024> error{};
  const auto all_answer = [&](int32_t number, uint32_t epoch, int32_t answer) {
    CHECK(steam_sockets_instance_open(number, epoch, nullptr, error.data()) == answer);
    CHECK(steam_sockets_instance_close(number, epoch, 1, 0) == STEAM_SOCKETS_NOT_OPEN);
    CHECK(steam_sockets_instance_sockets(number, epoch, 1) == nullptr);
    CHECK(steam_sockets_instance_messages(number, epoch, 1) == nullptr);
    CHECK(steam_sockets_instances(number, epoch) == (answer == STEAM_SOCKETS_NO_FUNCTION ? 0 : answer));
  };
  all_answer(0, 0, STEAM_SOCKETS_NOT_OPEN);
  {
    steam_sockets_functions functions = BuiltIn();
    functions.kill = [] { GameNetworkingSockets_Kill(); };
    const Opened foreign(functions);
    CHECK(foreign.number >= 0);
    all_answer(foreign.number, foreign.epoch, STEAM_SOCKETS_NO_FUNCTION);
  }
  const Opened library;
  CHECK(steam_sockets_instance_open(library.number, library.epoch, nullptr, nullptr) == STEAM_SOCKETS_BAD_ARGUMENT);
  for (const int32_t wrong : {0, -1, INT32_MIN, INT32_MAX}) {
    CHECK(SocketsOf(library, wrong) == nullptr && MessagesOf(library, wrong) == nullptr);
    CHECK(Close(library, wrong) == STEAM_SOCKETS_NOT_OPEN);
  }
  const int32_t anonymous = steam_sockets_instance_open(library.number, library.epoch, nullptr, error.data());
  CHECK(anonymous > 0 && NameOf(*SocketsOf(library, anonymous)).empty());
}

}  // namespace

int main() {
  AreMany();
  AreApart();
  HaveSessions();
  RefuseWhatIsWrong();
  return check::Done();
}
