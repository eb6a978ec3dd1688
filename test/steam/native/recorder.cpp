// Objects that note every call with every argument and answer what the test has set.
#include <algorithm>
#include <cstdio>
#include <cstring>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "notes.h"
#include "shim.h"
#include "valve.h"

namespace {

using notes::Bytes;
using notes::Fill;
using notes::Note;
using notes::Of;
using notes::Options;
using notes::ResultOf;

// For structs whose header Valve keeps to itself: the test knows their size.
constexpr size_t kAsMuchAsIsSet = 1 << 16;

std::deque<SteamNetworkingMessage_t *> arrived;

Bytes Payload(const void *first, uint32 bytes) { return {first, bytes}; }

int Receive(SteamNetworkingMessage_t **messages, int most) {
  int count = 0;
  for (; count < most && !arrived.empty(); ++count) {
    messages[count] = arrived.front();
    arrived.pop_front();
  }
  return count;
}

// The functions answer with integers or enums, which all fit.
template <typename Result>
Result Answer(const char *call, Result otherwise = Result()) {
  return static_cast<Result>(ResultOf(call, static_cast<int64_t>(otherwise)));
}

class FakePort final : public ISteamNetworkingFakeUDPPort {
 public:
  explicit FakePort(int index) : name_("fakePort" + std::to_string(index)) {}
  void DestroyFakeUDPPort() override { Note(name_.c_str(), "DestroyFakeUDPPort"); }
  EResult SendMessageToFakeIP(const SteamNetworkingIPAddr &address, const void *data, uint32 bytes,
                              int flags) override {
    Note(name_.c_str(), "SendMessageToFakeIP", Of(&address), Payload(data, bytes), flags);
    return Answer("SendMessageToFakeIP", k_EResultOK);
  }
  int ReceiveMessages(SteamNetworkingMessage_t **messages, int most) override {
    Note(name_.c_str(), "ReceiveMessages", most);
    return Receive(messages, most);
  }
  void ScheduleCleanup(const SteamNetworkingIPAddr &address) override {
    Note(name_.c_str(), "ScheduleCleanup", Of(&address));
  }

 private:
  const std::string name_;
};

class Sockets final : public ISteamNetworkingSockets {
 public:
  explicit Sockets(const char *self) : self_(self) {}

  HSteamListenSocket CreateListenSocketIP(const SteamNetworkingIPAddr &address, int count,
                                          const SteamNetworkingConfigValue_t *options) override {
    Note(self_, "CreateListenSocketIP", Of(&address), Options{count, options});
    return Answer<HSteamListenSocket>("CreateListenSocketIP");
  }
  HSteamNetConnection ConnectByIPAddress(const SteamNetworkingIPAddr &address, int count,
                                         const SteamNetworkingConfigValue_t *options) override {
    Note(self_, "ConnectByIPAddress", Of(&address), Options{count, options});
    return Answer<HSteamNetConnection>("ConnectByIPAddress");
  }
  HSteamListenSocket CreateListenSocketP2P(int port, int count, const SteamNetworkingConfigValue_t *options) override {
    Note(self_, "CreateListenSocketP2P", port, Options{count, options});
    return Answer<HSteamListenSocket>("CreateListenSocketP2P");
  }
  HSteamNetConnection ConnectP2P(const SteamNetworkingIdentity &identity, int port, int count,
                                 const SteamNetworkingConfigValue_t *options) override {
    Note(self_, "ConnectP2P", Of(&identity), port, Options{count, options});
    return Answer<HSteamNetConnection>("ConnectP2P");
  }
  EResult AcceptConnection(HSteamNetConnection connection) override {
    Note(self_, "AcceptConnection", connection);
    return Answer("AcceptConnection", k_EResultOK);
  }
  bool CloseConnection(HSteamNetConnection connection, int reason, const char *words, bool linger) override {
    Note(self_, "CloseConnection", connection, reason, words, linger);
    return Answer("CloseConnection", true);
  }
  bool CloseListenSocket(HSteamListenSocket socket) override {
    Note(self_, "CloseListenSocket", socket);
    return Answer("CloseListenSocket", true);
  }
  bool SetConnectionUserData(HSteamNetConnection connection, int64 data) override {
    Note(self_, "SetConnectionUserData", connection, data);
    return Answer("SetConnectionUserData", true);
  }
  int64 GetConnectionUserData(HSteamNetConnection connection) override {
    Note(self_, "GetConnectionUserData", connection);
    return Answer<int64>("GetConnectionUserData", -1);
  }
  void SetConnectionName(HSteamNetConnection connection, const char *name) override {
    Note(self_, "SetConnectionName", connection, name);
  }
  bool GetConnectionName(HSteamNetConnection connection, char *name, int room) override {
    Note(self_, "GetConnectionName", connection, room);
    Fill("GetConnectionName", 1, name, static_cast<size_t>(room));
    return Answer("GetConnectionName", true);
  }
  EResult SendMessageToConnection(HSteamNetConnection connection, const void *data, uint32 bytes, int flags,
                                  int64 *) override {
    Note(self_, "SendMessageToConnection", connection, Payload(data, bytes), flags);
    return Answer("SendMessageToConnection", k_EResultOK);
  }
  void SendMessages(int count, SteamNetworkingMessage_t *const *messages, int64 *results) override {
    for (int at = 0; at < count; ++at) {
      SteamNetworkingMessage_t *const message = messages[at];
      Note(self_, "SendMessages", message->m_conn, Payload(message->m_pData, message->m_cbSize), message->m_nFlags,
           uint32_t{message->m_idxLane});
      results[at] = Answer<int64>("SendMessages", 1);
      message->Release();
    }
  }
  EResult FlushMessagesOnConnection(HSteamNetConnection connection) override {
    Note(self_, "FlushMessagesOnConnection", connection);
    return Answer("FlushMessagesOnConnection", k_EResultOK);
  }
  int ReceiveMessagesOnConnection(HSteamNetConnection connection, SteamNetworkingMessage_t **messages,
                                  int most) override {
    Note(self_, "ReceiveMessagesOnConnection", connection, most);
    return Receive(messages, most);
  }
  bool GetConnectionInfo(HSteamNetConnection connection, SteamNetConnectionInfo_t *info) override {
    Note(self_, "GetConnectionInfo", connection);
    Fill("GetConnectionInfo", 1, info, sizeof *info);
    return Answer("GetConnectionInfo", true);
  }
  EResult GetConnectionRealTimeStatus(HSteamNetConnection connection, SteamNetConnectionRealTimeStatus_t *status,
                                      int count, SteamNetConnectionRealTimeLaneStatus_t *lanes) override {
    Note(self_, "GetConnectionRealTimeStatus", connection, count);
    Fill("GetConnectionRealTimeStatus", 1, status, sizeof *status);
    Fill("GetConnectionRealTimeStatus", 3, lanes, static_cast<size_t>(count) * sizeof *lanes);
    return Answer("GetConnectionRealTimeStatus", k_EResultOK);
  }
  int GetDetailedConnectionStatus(HSteamNetConnection connection, char *text, int room) override {
    Note(self_, "GetDetailedConnectionStatus", connection);
    Fill("GetDetailedConnectionStatus", 1, text, static_cast<size_t>(room));
    return Answer("GetDetailedConnectionStatus", -1);
  }
  bool GetListenSocketAddress(HSteamListenSocket socket, SteamNetworkingIPAddr *address) override {
    Note(self_, "GetListenSocketAddress", socket);
    Fill("GetListenSocketAddress", 1, address, sizeof *address);
    return Answer("GetListenSocketAddress", true);
  }
  bool CreateSocketPair(HSteamNetConnection *one, HSteamNetConnection *two, bool loopback,
                        const SteamNetworkingIdentity *identity1, const SteamNetworkingIdentity *identity2) override {
    Note(self_, "CreateSocketPair", loopback, Of(identity1), Of(identity2));
    Fill("CreateSocketPair", 0, one, sizeof *one);
    Fill("CreateSocketPair", 1, two, sizeof *two);
    return Answer("CreateSocketPair", true);
  }
  EResult ConfigureConnectionLanes(HSteamNetConnection connection, int count, const int *priorities,
                                   const uint16 *weights) override {
    const auto list = [count](const auto *first) {
      return first == nullptr ? std::vector<int32_t>{} : std::vector<int32_t>(first, first + count);
    };
    Note(self_, "ConfigureConnectionLanes", connection, count, list(priorities), list(weights));
    return Answer("ConfigureConnectionLanes", k_EResultOK);
  }
  bool GetIdentity(SteamNetworkingIdentity *identity) override {
    Note(self_, "GetIdentity");
    Fill("GetIdentity", 0, identity, sizeof *identity);
    return Answer("GetIdentity", true);
  }
  ESteamNetworkingAvailability InitAuthentication() override {
    Note(self_, "InitAuthentication");
    return Answer<ESteamNetworkingAvailability>("InitAuthentication");
  }
  ESteamNetworkingAvailability GetAuthenticationStatus(SteamNetAuthenticationStatus_t *status) override {
    Note(self_, "GetAuthenticationStatus");
    Fill("GetAuthenticationStatus", 0, status, sizeof *status);
    return Answer<ESteamNetworkingAvailability>("GetAuthenticationStatus");
  }
  HSteamNetPollGroup CreatePollGroup() override {
    Note(self_, "CreatePollGroup");
    return Answer<HSteamNetPollGroup>("CreatePollGroup");
  }
  bool DestroyPollGroup(HSteamNetPollGroup group) override {
    Note(self_, "DestroyPollGroup", group);
    return Answer("DestroyPollGroup", true);
  }
  bool SetConnectionPollGroup(HSteamNetConnection connection, HSteamNetPollGroup group) override {
    Note(self_, "SetConnectionPollGroup", connection, group);
    return Answer("SetConnectionPollGroup", true);
  }
  int ReceiveMessagesOnPollGroup(HSteamNetPollGroup group, SteamNetworkingMessage_t **messages, int most) override {
    Note(self_, "ReceiveMessagesOnPollGroup", group, most);
    return Receive(messages, most);
  }
  bool ReceivedRelayAuthTicket(const void *ticket, int bytes, SteamDatagramRelayAuthTicket *parsed) override {
    Note(self_, "ReceivedRelayAuthTicket", Payload(ticket, static_cast<uint32>(bytes)));
    Fill("ReceivedRelayAuthTicket", 2, parsed, kAsMuchAsIsSet);
    return Answer("ReceivedRelayAuthTicket", false);
  }
  int FindRelayAuthTicketForServer(const SteamNetworkingIdentity &server, int port,
                                   SteamDatagramRelayAuthTicket *parsed) override {
    Note(self_, "FindRelayAuthTicketForServer", Of(&server), port);
    Fill("FindRelayAuthTicketForServer", 2, parsed, kAsMuchAsIsSet);
    return Answer("FindRelayAuthTicketForServer", 0);
  }
  HSteamNetConnection ConnectToHostedDedicatedServer(const SteamNetworkingIdentity &server, int port, int count,
                                                     const SteamNetworkingConfigValue_t *options) override {
    Note(self_, "ConnectToHostedDedicatedServer", Of(&server), port, Options{count, options});
    return Answer<HSteamNetConnection>("ConnectToHostedDedicatedServer");
  }
  uint16 GetHostedDedicatedServerPort() override {
    Note(self_, "GetHostedDedicatedServerPort");
    return Answer<uint16>("GetHostedDedicatedServerPort");
  }
  SteamNetworkingPOPID GetHostedDedicatedServerPOPID() override {
    Note(self_, "GetHostedDedicatedServerPOPID");
    return Answer<SteamNetworkingPOPID>("GetHostedDedicatedServerPOPID");
  }
  EResult GetHostedDedicatedServerAddress(SteamDatagramHostedAddress *routing) override {
    Note(self_, "GetHostedDedicatedServerAddress");
    Fill("GetHostedDedicatedServerAddress", 0, routing, kAsMuchAsIsSet);
    return Answer("GetHostedDedicatedServerAddress", k_EResultOK);
  }
  HSteamListenSocket CreateHostedDedicatedServerListenSocket(int port, int count,
                                                             const SteamNetworkingConfigValue_t *options) override {
    Note(self_, "CreateHostedDedicatedServerListenSocket", port, Options{count, options});
    return Answer<HSteamListenSocket>("CreateHostedDedicatedServerListenSocket");
  }
  EResult GetGameCoordinatorServerLogin(SteamDatagramGameCoordinatorServerLogin *login, int *blob_bytes,
                                        void *blob) override {
    // What the caller hands over lies in it: application data, at the end.
    constexpr size_t kLoginBytes = 136 + 132 + 4 + 4 + 4 + 2048;
    Note(self_, "GetGameCoordinatorServerLogin", Bytes{login, kLoginBytes}, *blob_bytes);
    Fill("GetGameCoordinatorServerLogin", 0, login, kLoginBytes);
    Fill("GetGameCoordinatorServerLogin", 2, blob, static_cast<size_t>(*blob_bytes));
    Fill("GetGameCoordinatorServerLogin", 1, blob_bytes, sizeof *blob_bytes);
    return Answer("GetGameCoordinatorServerLogin", k_EResultOK);
  }
  HSteamNetConnection ConnectP2PCustomSignaling(ISteamNetworkingConnectionSignaling *signaling,
                                                const SteamNetworkingIdentity *identity, int port, int count,
                                                const SteamNetworkingConfigValue_t *options) override {
    Note(self_, "ConnectP2PCustomSignaling", signaling != nullptr, Of(identity), port, Options{count, options});
    return Answer<HSteamNetConnection>("ConnectP2PCustomSignaling");
  }
  bool ReceivedP2PCustomSignal(const void *signal, int bytes, ISteamNetworkingSignalingRecvContext *context) override {
    Note(self_, "ReceivedP2PCustomSignal", Payload(signal, static_cast<uint32>(bytes)), context != nullptr);
    return Answer("ReceivedP2PCustomSignal", false);
  }
  bool GetCertificateRequest(int *bytes, void *blob, SteamNetworkingErrMsg &error) override {
    Note(self_, "GetCertificateRequest", *bytes, blob != nullptr);
    Fill("GetCertificateRequest", 1, blob, static_cast<size_t>(*bytes));
    Fill("GetCertificateRequest", 0, bytes, sizeof *bytes);
    Fill("GetCertificateRequest", 2, error, sizeof error);
    return Answer("GetCertificateRequest", true);
  }
  bool SetCertificate(const void *certificate, int bytes, SteamNetworkingErrMsg &error) override {
    Note(self_, "SetCertificate", Payload(certificate, static_cast<uint32>(bytes)));
    Fill("SetCertificate", 2, error, sizeof error);
    return Answer("SetCertificate", true);
  }
  void ResetIdentity(const SteamNetworkingIdentity *identity) override { Note(self_, "ResetIdentity", Of(identity)); }
  void RunCallbacks() override { Note(self_, "RunCallbacks"); }
  bool BeginAsyncRequestFakeIP(int ports) override {
    Note(self_, "BeginAsyncRequestFakeIP", ports);
    return Answer("BeginAsyncRequestFakeIP", true);
  }
  void GetFakeIP(int first, SteamNetworkingFakeIPResult_t *info) override {
    Note(self_, "GetFakeIP", first);
    Fill("GetFakeIP", 1, info, sizeof *info);
  }
  HSteamListenSocket CreateListenSocketP2PFakeIP(int index, int count,
                                                 const SteamNetworkingConfigValue_t *options) override {
    Note(self_, "CreateListenSocketP2PFakeIP", index, Options{count, options});
    return Answer<HSteamListenSocket>("CreateListenSocketP2PFakeIP");
  }
  EResult GetRemoteFakeIPForConnection(HSteamNetConnection connection, SteamNetworkingIPAddr *address) override {
    Note(self_, "GetRemoteFakeIPForConnection", connection);
    Fill("GetRemoteFakeIPForConnection", 1, address, sizeof *address);
    return Answer("GetRemoteFakeIPForConnection", k_EResultOK);
  }
  ISteamNetworkingFakeUDPPort *CreateFakeUDPPort(int index) override {
    Note(self_, "CreateFakeUDPPort", index);
    if (!Answer("CreateFakeUDPPort", true)) {
      return nullptr;
    }
    if (index < 0) {
      return new FakePort(index);
    }
    FakePort *&known = ports_[index];
    return known != nullptr ? known : known = new FakePort(index);
  }

 private:
  const char *const self_;
  std::map<int, FakePort *> ports_;
};

class Messages final : public ISteamNetworkingMessages {
 public:
  explicit Messages(const char *self) : self_(self) {}
  EResult SendMessageToUser(const SteamNetworkingIdentity &identity, const void *data, uint32 bytes, int flags,
                            int channel) override {
    Note(self_, "SendMessageToUser", Of(&identity), Payload(data, bytes), flags, channel);
    return Answer("SendMessageToUser", k_EResultOK);
  }
  int ReceiveMessagesOnChannel(int channel, SteamNetworkingMessage_t **messages, int most) override {
    Note(self_, "ReceiveMessagesOnChannel", channel, most);
    return Receive(messages, most);
  }
  bool AcceptSessionWithUser(const SteamNetworkingIdentity &identity) override {
    Note(self_, "AcceptSessionWithUser", Of(&identity));
    return Answer("AcceptSessionWithUser", true);
  }
  bool CloseSessionWithUser(const SteamNetworkingIdentity &identity) override {
    Note(self_, "CloseSessionWithUser", Of(&identity));
    return Answer("CloseSessionWithUser", true);
  }
  bool CloseChannelWithUser(const SteamNetworkingIdentity &identity, int channel) override {
    Note(self_, "CloseChannelWithUser", Of(&identity), channel);
    return Answer("CloseChannelWithUser", true);
  }
  ESteamNetworkingConnectionState GetSessionConnectionInfo(const SteamNetworkingIdentity &identity,
                                                           SteamNetConnectionInfo_t *info,
                                                           SteamNetConnectionRealTimeStatus_t *status) override {
    Note(self_, "GetSessionConnectionInfo", Of(&identity), info != nullptr, status != nullptr);
    Fill("GetSessionConnectionInfo", 1, info, sizeof *info);
    Fill("GetSessionConnectionInfo", 2, status, sizeof *status);
    return Answer<ESteamNetworkingConnectionState>("GetSessionConnectionInfo");
  }

 private:
  const char *const self_;
};

// The options that this library has: one of each type, those of authentication, and one that no header knows.
struct KnownOption {
  ESteamNetworkingConfigValue option;
  const char *name;
  ESteamNetworkingConfigDataType type;
  ESteamNetworkingConfigScope scope;
};
constexpr KnownOption kOptions[] = {
    {k_ESteamNetworkingConfig_IP_AllowWithoutAuth, "IP_AllowWithoutAuth", k_ESteamNetworkingConfig_Int32,
     k_ESteamNetworkingConfig_Connection},
    {k_ESteamNetworkingConfig_IPLocalHost_AllowWithoutAuth, "IPLocalHost_AllowWithoutAuth",
     k_ESteamNetworkingConfig_Int32, k_ESteamNetworkingConfig_Connection},
    {k_ESteamNetworkingConfig_SendBufferSize, "SendBufferSize", k_ESteamNetworkingConfig_Int32,
     k_ESteamNetworkingConfig_Connection},
    {k_ESteamNetworkingConfig_ConnectionUserData, "ConnectionUserData", k_ESteamNetworkingConfig_Int64,
     k_ESteamNetworkingConfig_Connection},
    {k_ESteamNetworkingConfig_FakePacketLoss_Send, "FakePacketLoss_Send", k_ESteamNetworkingConfig_Float,
     k_ESteamNetworkingConfig_Global},
    {k_ESteamNetworkingConfig_P2P_STUN_ServerList, "P2P_STUN_ServerList", k_ESteamNetworkingConfig_String,
     k_ESteamNetworkingConfig_Connection},
    {static_cast<ESteamNetworkingConfigValue>(4321), "Option_Of_Tomorrow", k_ESteamNetworkingConfig_Int32,
     k_ESteamNetworkingConfig_ListenSocket},
};

class Utils final : public ISteamNetworkingUtils {
 public:
  SteamNetworkingMessage_t *AllocateMessage(int bytes) override { return NewMessage(bytes); }
  ESteamNetworkingAvailability GetRelayNetworkStatus(SteamRelayNetworkStatus_t *status) override {
    Note(kSelf, "GetRelayNetworkStatus", status != nullptr);
    Fill("GetRelayNetworkStatus", 0, status, sizeof *status);
    return Answer<ESteamNetworkingAvailability>("GetRelayNetworkStatus");
  }
  float GetLocalPingLocation(SteamNetworkPingLocation_t &location) override {
    Note(kSelf, "GetLocalPingLocation");
    Fill("GetLocalPingLocation", 0, &location, sizeof location);
    return static_cast<float>(ResultOf("GetLocalPingLocation", -1));
  }
  int EstimatePingTimeBetweenTwoLocations(const SteamNetworkPingLocation_t &one,
                                          const SteamNetworkPingLocation_t &two) override {
    Note(kSelf, "EstimatePingTimeBetweenTwoLocations", Of(&one), Of(&two));
    return Answer("EstimatePingTimeBetweenTwoLocations", -1);
  }
  int EstimatePingTimeFromLocalHost(const SteamNetworkPingLocation_t &location) override {
    Note(kSelf, "EstimatePingTimeFromLocalHost", Of(&location));
    return Answer("EstimatePingTimeFromLocalHost", -1);
  }
  void ConvertPingLocationToString(const SteamNetworkPingLocation_t &location, char *text, int room) override {
    Note(kSelf, "ConvertPingLocationToString", Of(&location), room);
    Fill("ConvertPingLocationToString", 1, text, static_cast<size_t>(room));
  }
  bool ParsePingLocationString(const char *text, SteamNetworkPingLocation_t &location) override {
    Note(kSelf, "ParsePingLocationString", text);
    Fill("ParsePingLocationString", 1, &location, sizeof location);
    return Answer("ParsePingLocationString", true);
  }
  bool CheckPingDataUpToDate(float seconds) override {
    Note(kSelf, "CheckPingDataUpToDate", seconds);
    return Answer("CheckPingDataUpToDate", false);
  }
  int GetPingToDataCenter(SteamNetworkingPOPID pop, SteamNetworkingPOPID *via) override {
    Note(kSelf, "GetPingToDataCenter", pop);
    Fill("GetPingToDataCenter", 1, via, sizeof *via);
    return Answer("GetPingToDataCenter", -1);
  }
  int GetDirectPingToPOP(SteamNetworkingPOPID pop) override {
    Note(kSelf, "GetDirectPingToPOP", pop);
    return Answer("GetDirectPingToPOP", -1);
  }
  int GetPOPCount() override {
    Note(kSelf, "GetPOPCount");
    return Answer("GetPOPCount", 0);
  }
  int GetPOPList(SteamNetworkingPOPID *list, int room) override {
    Note(kSelf, "GetPOPList", room);
    Fill("GetPOPList", 0, list, static_cast<size_t>(room) * sizeof *list);
    return std::min(room, Answer("GetPOPList", 0));
  }
  SteamNetworkingMicroseconds GetLocalTimestamp() override { return Answer<int64>("GetLocalTimestamp", 1); }
  void SetDebugOutputFunction(ESteamNetworkingSocketsDebugOutputType level,
                              FSteamNetworkingSocketsDebugOutput function) override {
    Note(kSelf, "SetDebugOutputFunction", static_cast<int32_t>(level), function != nullptr);
    log_level = level;
    log = function;
  }
  ESteamNetworkingFakeIPType GetIPv4FakeIPType(uint32 address) override {
    Note(kSelf, "GetIPv4FakeIPType", address);
    return Answer("GetIPv4FakeIPType", k_ESteamNetworkingFakeIPType_NotFake);
  }
  EResult GetRealIdentityForFakeIP(const SteamNetworkingIPAddr &address, SteamNetworkingIdentity *identity) override {
    Note(kSelf, "GetRealIdentityForFakeIP", Of(&address));
    Fill("GetRealIdentityForFakeIP", 1, identity, sizeof *identity);
    return Answer("GetRealIdentityForFakeIP", k_EResultOK);
  }
  bool SetConfigValue(ESteamNetworkingConfigValue option, ESteamNetworkingConfigScope scope, intptr_t object,
                      ESteamNetworkingConfigDataType type, const void *value) override {
    SteamNetworkingConfigValue_t set{};
    set.m_eValue = option;
    set.m_eDataType = type;
    if (type == k_ESteamNetworkingConfig_String) {
      set.m_val.m_string = static_cast<const char *>(value);
    } else if (value != nullptr) {
      std::memcpy(&set.m_val, value, type == k_ESteamNetworkingConfig_Int64 ? 8 : 4);
    }
    Note(kSelf, value == nullptr ? "ClearConfigValue" : "SetConfigValue", static_cast<int32_t>(scope), int64{object},
         Options{1, &set});
    return Answer("SetConfigValue", true);
  }
  ESteamNetworkingGetConfigValueResult GetConfigValue(ESteamNetworkingConfigValue option,
                                                      ESteamNetworkingConfigScope scope, intptr_t object,
                                                      ESteamNetworkingConfigDataType *, void *value,
                                                      size_t *bytes) override {
    Note(kSelf, "GetConfigValue", static_cast<int32_t>(option), static_cast<int32_t>(scope), int64{object});
    Fill("GetConfigValue", 4, value, *bytes);
    Fill("GetConfigValue", 5, bytes, sizeof *bytes);
    return Answer("GetConfigValue", k_ESteamNetworkingGetConfigValue_BadScopeObj);
  }
  const char *GetConfigValueInfo(ESteamNetworkingConfigValue option, ESteamNetworkingConfigDataType *type,
                                 ESteamNetworkingConfigScope *scope) override {
    for (const KnownOption &known : kOptions) {
      if (known.option == option) {
        *type = known.type;
        *scope = known.scope;
        return known.name;
      }
    }
    return nullptr;
  }
  ESteamNetworkingConfigValue IterateGenericEditableConfigValues(ESteamNetworkingConfigValue before, bool) override {
    for (size_t at = 0; at < std::size(kOptions); ++at) {
      if (before == (at == 0 ? k_ESteamNetworkingConfig_Invalid : kOptions[at - 1].option)) {
        return kOptions[at].option;
      }
    }
    return k_ESteamNetworkingConfig_Invalid;
  }
  // Texts in a form of its own, so that it is seen whose answer it is: hexadecimal.
  void SteamNetworkingIPAddr_ToString(const SteamNetworkingIPAddr &address, char *text, size_t room,
                                      bool with_port) override {
    std::snprintf(text, room, "%s%s", notes::Json(Bytes{&address, with_port ? sizeof address : 16}).substr(1).c_str(),
                  "");
    text[with_port ? 2 * sizeof address : 32] = '\0';
  }
  bool SteamNetworkingIPAddr_ParseString(SteamNetworkingIPAddr *address, const char *text) override {
    unsigned parts[4];
    unsigned port = 0;
    if (std::sscanf(text, "%u.%u.%u.%u:%u", &parts[0], &parts[1], &parts[2], &parts[3], &port) < 4) {
      return false;
    }
    address->SetIPv4((parts[0] << 24) | (parts[1] << 16) | (parts[2] << 8) | parts[3], static_cast<uint16>(port));
    return true;
  }
  ESteamNetworkingFakeIPType SteamNetworkingIPAddr_GetFakeIPType(const SteamNetworkingIPAddr &address) override {
    Note(kSelf, "SteamNetworkingIPAddr_GetFakeIPType", Of(&address));
    return Answer("SteamNetworkingIPAddr_GetFakeIPType", k_ESteamNetworkingFakeIPType_NotFake);
  }
  void SteamNetworkingIdentity_ToString(const SteamNetworkingIdentity &identity, char *text, size_t room) override {
    if (identity.GetGenericString() != nullptr) {
      std::snprintf(text, room, "str:%s", identity.GetGenericString());
    } else if (identity.GetSteamID64() != 0) {
      std::snprintf(text, room, "steamid:%llu", static_cast<unsigned long long>(identity.GetSteamID64()));
    } else {
      std::snprintf(text, room, "invalid");
    }
  }
  bool SteamNetworkingIdentity_ParseString(SteamNetworkingIdentity *identity, const char *text) override {
    unsigned long long id = 0;
    identity->Clear();
    if (std::sscanf(text, "steamid:%llu", &id) == 1) {
      identity->SetSteamID64(id);
      return true;
    }
    return std::strncmp(text, "str:", 4) == 0 && identity->SetGenericString(text + 4);
  }

  FSteamNetworkingSocketsDebugOutput log = nullptr;
  int32_t log_level = 0;

 private:
  static constexpr const char *kSelf = "utils";
};

Utils &OnlyUtils() {
  static auto *const utils = new Utils;
  return *utils;
}

template <typename Interface>
Interface *OfRole(Role role, Interface *user, Interface *server) {
  return role == Role::kUser ? user : server;
}

}  // namespace

namespace provider {

const char *Begin(Role) { return GiveUtilsToValve(Utils()); }
void End(Role) {}
void RunFrame(Role) {}

ISteamNetworkingSockets *Sockets(Role role) {
  static auto *const user = new ::Sockets("user");
  static auto *const server = new ::Sockets("server");
  return OfRole<ISteamNetworkingSockets>(role, user, server);
}

ISteamNetworkingMessages *Messages(Role role) {
  static auto *const user = new ::Messages("userMessages");
  static auto *const server = new ::Messages("serverMessages");
  return OfRole<ISteamNetworkingMessages>(role, user, server);
}

ISteamNetworkingUtils *Utils() { return &OnlyUtils(); }

}  // namespace provider

// Has the next receiving call get a message; `like` has its fields but for payload and functions.
EXPORT void steam_shim_arrive(const SteamNetworkingMessage_t *like, const void *payload, uint32_t bytes) {
  SteamNetworkingMessage_t *const message = NewMessage(static_cast<int>(bytes));
  std::memcpy(message->m_pData, payload, bytes);
  message->m_conn = like->m_conn;
  message->m_identityPeer = like->m_identityPeer;
  message->m_nConnUserData = like->m_nConnUserData;
  message->m_usecTimeReceived = like->m_usecTimeReceived;
  message->m_nMessageNumber = like->m_nMessageNumber;
  message->m_nChannel = like->m_nChannel;
  message->m_nFlags = like->m_nFlags;
  message->m_nUserData = like->m_nUserData;
  message->m_idxLane = like->m_idxLane;
  arrived.push_back(message);
}

// Says something in the library's log; false when nobody listens to this level.
EXPORT bool steam_shim_say(int32_t level, const char *text) {
  const Utils &utils = OnlyUtils();
  if (utils.log == nullptr || level > utils.log_level) {
    return false;
  }
  utils.log(static_cast<ESteamNetworkingSocketsDebugOutputType>(level), text);
  return true;
}
