// Objects of GameNetworkingSockets, so that real traffic goes through Valve's flat functions. The interfaces agree,
// slot by slot, but for one argument of SendMessages.
#include <dlfcn.h>

#include <string>
#include <vector>

#include "shim.h"
#include "valve.h"

namespace {

ISteamNetworkingSockets *sockets = nullptr;
ISteamNetworkingMessages *messages = nullptr;
ISteamNetworkingUtils *utils = nullptr;
int running = 0;

// GameNetworkingSockets lies beside this library.
std::string Path() {
  Dl_info here;
  if (dladdr(&sockets, &here) == 0) {
    return "";
  }
  const std::string file = here.dli_fname;
  return file.substr(0, file.rfind('/') + 1) + "gns.so";
}

template <typename Function>
Function *Find(const char *name) {
  // By path only, and seen by nobody else: the process may have the same library open for itself.
  static void *const library = dlopen(Path().c_str(), RTLD_NOW | RTLD_LOCAL);
  return library == nullptr ? nullptr : reinterpret_cast<Function *>(dlsym(library, name));
}

template <Role kRole, typename Callback>
void Told(Callback *callback) {
  Post(kRole, Callback::k_iCallback, callback, sizeof *callback);
}

template <typename Function>
void *AsPointer(Function *function) {
  return reinterpret_cast<void *>(function);
}

template <Role kRole>
void *StatusChanged() {
  return AsPointer(&Told<kRole, SteamNetConnectionStatusChangedCallback_t>);
}

void TellUser() {
  const auto set = [](ESteamNetworkingConfigValue option, void *function) {
    utils->SetConfigValue(option, k_ESteamNetworkingConfig_Global, 0, k_ESteamNetworkingConfig_Ptr, &function);
  };
  set(k_ESteamNetworkingConfig_Callback_ConnectionStatusChanged, StatusChanged<Role::kUser>());
  set(k_ESteamNetworkingConfig_Callback_AuthStatusChanged,
      AsPointer(&Told<Role::kUser, SteamNetAuthenticationStatus_t>));
  set(k_ESteamNetworkingConfig_Callback_RelayNetworkStatusChanged,
      AsPointer(&Told<Role::kUser, SteamRelayNetworkStatus_t>));
  set(k_ESteamNetworkingConfig_Callback_MessagesSessionRequest,
      AsPointer(&Told<Role::kUser, SteamNetworkingMessagesSessionRequest_t>));
  set(k_ESteamNetworkingConfig_Callback_MessagesSessionFailed,
      AsPointer(&Told<Role::kUser, SteamNetworkingMessagesSessionFailed_t>));
}

// The game server's: the same object behind one that has the callbacks of whatever it makes go to the server's pipe.
// GameNetworkingSockets has but one instance.
class ServerSockets final : public ISteamNetworkingSockets {
  // Options, and the callback after them.
  class Options {
   public:
    Options(int count, const SteamNetworkingConfigValue_t *first) : list_(first, first + count) {
      SteamNetworkingConfigValue_t callback;
      callback.SetPtr(k_ESteamNetworkingConfig_Callback_ConnectionStatusChanged, StatusChanged<Role::kServer>());
      list_.push_back(callback);
    }
    int count() const { return static_cast<int>(list_.size()); }
    const SteamNetworkingConfigValue_t *first() const { return list_.data(); }

   private:
    std::vector<SteamNetworkingConfigValue_t> list_;
  };
  using Connection = HSteamNetConnection;
  using Config = SteamNetworkingConfigValue_t;

 public:
  HSteamListenSocket CreateListenSocketIP(const SteamNetworkingIPAddr &address, int count,
                                          const Config *options) override {
    const Options all(count, options);
    return sockets->CreateListenSocketIP(address, all.count(), all.first());
  }
  Connection ConnectByIPAddress(const SteamNetworkingIPAddr &address, int count, const Config *options) override {
    const Options all(count, options);
    return sockets->ConnectByIPAddress(address, all.count(), all.first());
  }
  HSteamListenSocket CreateListenSocketP2P(int port, int count, const Config *options) override {
    const Options all(count, options);
    return sockets->CreateListenSocketP2P(port, all.count(), all.first());
  }
  Connection ConnectP2P(const SteamNetworkingIdentity &identity, int port, int count, const Config *options) override {
    const Options all(count, options);
    return sockets->ConnectP2P(identity, port, all.count(), all.first());
  }
  bool CreateSocketPair(Connection *one, Connection *two, bool loopback, const SteamNetworkingIdentity *identity1,
                        const SteamNetworkingIdentity *identity2) override {
    const bool made = sockets->CreateSocketPair(one, two, loopback, identity1, identity2);
    for (const Connection connection : {*one, *two}) {
      void *function = StatusChanged<Role::kServer>();
      utils->SetConfigValue(k_ESteamNetworkingConfig_Callback_ConnectionStatusChanged,
                            k_ESteamNetworkingConfig_Connection, connection, k_ESteamNetworkingConfig_Ptr, &function);
    }
    return made;
  }
  void SendMessages(int count, SteamNetworkingMessage_t *const *list, int64 *results) override {
    // GameNetworkingSockets' has one argument more: whether messages that fail are released, as Steam's always does.
    using Send = void (*)(ISteamNetworkingSockets *, int, SteamNetworkingMessage_t *const *, int64 *, bool);
    constexpr int kSlot = 12;
    (*reinterpret_cast<Send **>(sockets))[kSlot](sockets, count, list, results, true);
  }

  EResult AcceptConnection(Connection c) override { return sockets->AcceptConnection(c); }
  bool CloseConnection(Connection c, int reason, const char *words, bool linger) override {
    return sockets->CloseConnection(c, reason, words, linger);
  }
  bool CloseListenSocket(HSteamListenSocket socket) override { return sockets->CloseListenSocket(socket); }
  bool SetConnectionUserData(Connection c, int64 data) override { return sockets->SetConnectionUserData(c, data); }
  int64 GetConnectionUserData(Connection c) override { return sockets->GetConnectionUserData(c); }
  void SetConnectionName(Connection c, const char *name) override { sockets->SetConnectionName(c, name); }
  bool GetConnectionName(Connection c, char *name, int room) override {
    return sockets->GetConnectionName(c, name, room);
  }
  EResult SendMessageToConnection(Connection c, const void *data, uint32 bytes, int flags, int64 *number) override {
    return sockets->SendMessageToConnection(c, data, bytes, flags, number);
  }
  EResult FlushMessagesOnConnection(Connection c) override { return sockets->FlushMessagesOnConnection(c); }
  int ReceiveMessagesOnConnection(Connection c, SteamNetworkingMessage_t **list, int most) override {
    return sockets->ReceiveMessagesOnConnection(c, list, most);
  }
  bool GetConnectionInfo(Connection c, SteamNetConnectionInfo_t *info) override {
    return sockets->GetConnectionInfo(c, info);
  }
  EResult GetConnectionRealTimeStatus(Connection c, SteamNetConnectionRealTimeStatus_t *status, int count,
                                      SteamNetConnectionRealTimeLaneStatus_t *lanes) override {
    return sockets->GetConnectionRealTimeStatus(c, status, count, lanes);
  }
  int GetDetailedConnectionStatus(Connection c, char *text, int room) override {
    return sockets->GetDetailedConnectionStatus(c, text, room);
  }
  bool GetListenSocketAddress(HSteamListenSocket socket, SteamNetworkingIPAddr *address) override {
    return sockets->GetListenSocketAddress(socket, address);
  }
  EResult ConfigureConnectionLanes(Connection c, int count, const int *priorities, const uint16 *weights) override {
    return sockets->ConfigureConnectionLanes(c, count, priorities, weights);
  }
  bool GetIdentity(SteamNetworkingIdentity *identity) override { return sockets->GetIdentity(identity); }
  ESteamNetworkingAvailability InitAuthentication() override { return sockets->InitAuthentication(); }
  ESteamNetworkingAvailability GetAuthenticationStatus(SteamNetAuthenticationStatus_t *status) override {
    return sockets->GetAuthenticationStatus(status);
  }
  HSteamNetPollGroup CreatePollGroup() override { return sockets->CreatePollGroup(); }
  bool DestroyPollGroup(HSteamNetPollGroup group) override { return sockets->DestroyPollGroup(group); }
  bool SetConnectionPollGroup(Connection c, HSteamNetPollGroup group) override {
    return sockets->SetConnectionPollGroup(c, group);
  }
  int ReceiveMessagesOnPollGroup(HSteamNetPollGroup group, SteamNetworkingMessage_t **list, int most) override {
    return sockets->ReceiveMessagesOnPollGroup(group, list, most);
  }
  bool ReceivedRelayAuthTicket(const void *ticket, int bytes, SteamDatagramRelayAuthTicket *parsed) override {
    return sockets->ReceivedRelayAuthTicket(ticket, bytes, parsed);
  }
  int FindRelayAuthTicketForServer(const SteamNetworkingIdentity &server, int port,
                                   SteamDatagramRelayAuthTicket *parsed) override {
    return sockets->FindRelayAuthTicketForServer(server, port, parsed);
  }
  Connection ConnectToHostedDedicatedServer(const SteamNetworkingIdentity &server, int port, int count,
                                            const Config *options) override {
    return sockets->ConnectToHostedDedicatedServer(server, port, count, options);
  }
  uint16 GetHostedDedicatedServerPort() override { return sockets->GetHostedDedicatedServerPort(); }
  SteamNetworkingPOPID GetHostedDedicatedServerPOPID() override { return sockets->GetHostedDedicatedServerPOPID(); }
  EResult GetHostedDedicatedServerAddress(SteamDatagramHostedAddress *routing) override {
    return sockets->GetHostedDedicatedServerAddress(routing);
  }
  HSteamListenSocket CreateHostedDedicatedServerListenSocket(int port, int count, const Config *options) override {
    return sockets->CreateHostedDedicatedServerListenSocket(port, count, options);
  }
  EResult GetGameCoordinatorServerLogin(SteamDatagramGameCoordinatorServerLogin *login, int *bytes,
                                        void *blob) override {
    return sockets->GetGameCoordinatorServerLogin(login, bytes, blob);
  }
  Connection ConnectP2PCustomSignaling(ISteamNetworkingConnectionSignaling *signaling,
                                       const SteamNetworkingIdentity *identity, int port, int count,
                                       const Config *options) override {
    return sockets->ConnectP2PCustomSignaling(signaling, identity, port, count, options);
  }
  bool ReceivedP2PCustomSignal(const void *signal, int bytes, ISteamNetworkingSignalingRecvContext *context) override {
    return sockets->ReceivedP2PCustomSignal(signal, bytes, context);
  }
  bool GetCertificateRequest(int *bytes, void *blob, SteamNetworkingErrMsg &error) override {
    return sockets->GetCertificateRequest(bytes, blob, error);
  }
  bool SetCertificate(const void *certificate, int bytes, SteamNetworkingErrMsg &error) override {
    return sockets->SetCertificate(certificate, bytes, error);
  }
  void ResetIdentity(const SteamNetworkingIdentity *identity) override { sockets->ResetIdentity(identity); }
  void RunCallbacks() override { sockets->RunCallbacks(); }
  bool BeginAsyncRequestFakeIP(int ports) override { return sockets->BeginAsyncRequestFakeIP(ports); }
  void GetFakeIP(int first, SteamNetworkingFakeIPResult_t *info) override { sockets->GetFakeIP(first, info); }
  HSteamListenSocket CreateListenSocketP2PFakeIP(int index, int count, const Config *options) override {
    return sockets->CreateListenSocketP2PFakeIP(index, count, options);
  }
  EResult GetRemoteFakeIPForConnection(Connection c, SteamNetworkingIPAddr *address) override {
    return sockets->GetRemoteFakeIPForConnection(c, address);
  }
  ISteamNetworkingFakeUDPPort *CreateFakeUDPPort(int index) override { return sockets->CreateFakeUDPPort(index); }
};

SteamNetworkingErrMsg error;

}  // namespace

namespace provider {

const char *Begin(Role) {
  if (running++ > 0) {
    return nullptr;
  }
  auto *const init = Find<bool(const SteamNetworkingIdentity *, SteamNetworkingErrMsg &)>("GameNetworkingSockets_Init");
  if (init == nullptr) {
    running = 0;
    return "GameNetworkingSockets is not there";
  }
  // As a user of Steam has.
  SteamNetworkingIdentity identity;
  identity.SetSteamID64(76561197960287930);
  if (!init(&identity, error)) {
    running = 0;
    return error;
  }
  sockets = Find<ISteamNetworkingSockets *()>("SteamAPI_SteamNetworkingSockets_v009")();
  messages = Find<ISteamNetworkingMessages *()>("SteamAPI_SteamNetworkingMessages_v002")();
  utils = Find<ISteamNetworkingUtils *()>("SteamAPI_SteamNetworkingUtils_v003")();
  TellUser();
  return GiveUtilsToValve(utils);
}

void End(Role) {
  if (--running == 0) {
    Find<void()>("GameNetworkingSockets_Kill")();
    sockets = nullptr;
    messages = nullptr;
    utils = nullptr;
    (void)GiveUtilsToValve(nullptr);
  }
}

void RunFrame(Role) { sockets->RunCallbacks(); }

ISteamNetworkingSockets *Sockets(Role role) {
  static auto *const of_server = new ServerSockets;
  return role == Role::kUser ? sockets : of_server;
}

ISteamNetworkingMessages *Messages(Role) { return messages; }
ISteamNetworkingUtils *Utils() { return utils; }

}  // namespace provider
