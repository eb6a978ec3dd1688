#include "network.h"

#include <steam/isteamnetworkingutils.h>
#include <steam/steamnetworkingsockets.h>

#include <algorithm>

#include "clock.h"
#include "command.h"

namespace bench {

namespace {

constexpr int64_t kPatience = 20 * kNanosecondsPerSecond;
constexpr int32_t kSendRate = 100 << 20;
constexpr int32_t kBufferBytes = 64 << 20;
constexpr int32_t kBufferMessages = 200000;
// For a peer on this machine the larger of the two counts.
constexpr auto kAllowWithoutCertificate = {k_ESteamNetworkingConfig_IP_AllowWithoutAuth,
                                           k_ESteamNetworkingConfig_IPLocalHost_AllowWithoutAuth};

SteamNetworkingIPAddr Loopback(uint16_t port) {
  SteamNetworkingIPAddr address{};
  address.Clear();
  address.SetIPv4(0x7f000001, port);
  return address;
}

}  // namespace

Network *Network::present_ = nullptr;

Network::Network() {
  SteamNetworkingErrMsg error{};
  if (!GameNetworkingSockets_Init(nullptr, error)) {
    Fail(error);
  }
  present_ = this;
  sockets_ = SteamAPI_SteamNetworkingSockets_v009();
  utils_ = SteamAPI_SteamNetworkingUtils_v003();
  const auto set = [this](ESteamNetworkingConfigValue name, int32_t amount) {
    (void)SteamAPI_ISteamNetworkingUtils_SetGlobalConfigValueInt32(utils_, name, amount);
  };
  set(k_ESteamNetworkingConfig_SendRateMin, kSendRate);
  set(k_ESteamNetworkingConfig_SendRateMax, kSendRate);
  set(k_ESteamNetworkingConfig_SendBufferSize, kBufferBytes);
  set(k_ESteamNetworkingConfig_RecvBufferSize, kBufferBytes);
  set(k_ESteamNetworkingConfig_RecvBufferMessages, kBufferMessages);
  (void)SteamAPI_ISteamNetworkingUtils_SetGlobalConfigValuePtr(
      utils_, k_ESteamNetworkingConfig_Callback_ConnectionStatusChanged,
      reinterpret_cast<void *>(&Network::OnStatusChanged));
  poll_group_ = SteamAPI_ISteamNetworkingSockets_CreatePollGroup(sockets_);
}

Network::~Network() {
  GameNetworkingSockets_Kill();
  present_ = nullptr;
}

void Network::RequireCertificates() {
  requires_certificates_ = true;
  for (const auto option : kAllowWithoutCertificate) {
    (void)SteamAPI_ISteamNetworkingUtils_SetGlobalConfigValueInt32(utils_, option, 0);
  }
}

void Network::Listen(uint16_t port) {
  SteamNetworkingConfigValue_t allowed;
  allowed.SetInt32(k_ESteamNetworkingConfig_IP_AllowWithoutAuth, 1);
  // The library makes no listen socket that lets nobody in without a certificate, but lets it become one.
  const HSteamListenSocket socket = SteamAPI_ISteamNetworkingSockets_CreateListenSocketIP(
      sockets_, Loopback(port), requires_certificates_ ? 1 : 0, &allowed);
  if (socket == 0) {
    Fail("The native program could not listen");
  }
  if (!requires_certificates_) {
    return;
  }
  for (const auto option : kAllowWithoutCertificate) {
    const int32_t never = 0;
    (void)SteamAPI_ISteamNetworkingUtils_SetConfigValue(utils_, option, k_ESteamNetworkingConfig_ListenSocket, socket,
                                                        k_ESteamNetworkingConfig_Int32, &never);
  }
}

void Network::Gather(size_t connections) { Await(connections); }

void Network::Connect(uint16_t port, size_t connections) {
  for (size_t i = 0; i < connections; ++i) {
    const HSteamNetConnection connection =
        SteamAPI_ISteamNetworkingSockets_ConnectByIPAddress(sockets_, Loopback(port), 0, nullptr);
    if (connection == 0) {
      Fail("The native program could not connect");
    }
    Add(connection);
  }
  Await(connections);
}

void Network::Disconnect() {
  for (const HSteamNetConnection connection : connections_) {
    (void)SteamAPI_ISteamNetworkingSockets_CloseConnection(sockets_, connection, 0, nullptr, false);
  }
  connections_.clear();
  connected_ = 0;
}

void Network::MakePair() {
  HSteamNetConnection one = 0;
  HSteamNetConnection two = 0;
  (void)SteamAPI_ISteamNetworkingSockets_CreateSocketPair(sockets_, &one, &two, false, nullptr, nullptr);
  connections_ = {one, two};
}

void Network::RunCallbacks() const { SteamAPI_ISteamNetworkingSockets_RunCallbacks(sockets_); }

void Network::OnStatusChanged(SteamNetConnectionStatusChangedCallback_t *event) {
  switch (event->m_info.m_eState) {
    case k_ESteamNetworkingConnectionState_Connecting:
      if (event->m_info.m_hListenSocket == 0) {
        break;
      }
      present_->Add(event->m_hConn);
      (void)SteamAPI_ISteamNetworkingSockets_AcceptConnection(present_->sockets_, event->m_hConn);
      break;
    case k_ESteamNetworkingConnectionState_Connected:
      present_->connected_++;
      break;
    case k_ESteamNetworkingConnectionState_ClosedByPeer:
    case k_ESteamNetworkingConnectionState_ProblemDetectedLocally:
      // Else this end has closed it, too, before it heard.
      if (present_->Has(event->m_hConn)) {
        Fail(event->m_info.m_szEndDebug);
      }
      break;
    default:
      break;
  }
}

void Network::Await(size_t connected) const {
  const int64_t deadline = Now() + kPatience;
  while (connected_ < connected) {
    RunCallbacks();
    if (Now() > deadline) {
      Fail("The native program's connections did not come about");
    }
    SleepUntil(Now() + kNanosecondsPerMillisecond / 10);
  }
}

void Network::Add(HSteamNetConnection connection) {
  (void)SteamAPI_ISteamNetworkingSockets_SetConnectionUserData(sockets_, connection,
                                                               static_cast<int64_t>(connections_.size()));
  (void)SteamAPI_ISteamNetworkingSockets_SetConnectionPollGroup(sockets_, connection, poll_group_);
  connections_.push_back(connection);
}

bool Network::Has(HSteamNetConnection connection) const {
  return std::find(connections_.begin(), connections_.end(), connection) != connections_.end();
}

}  // namespace bench
