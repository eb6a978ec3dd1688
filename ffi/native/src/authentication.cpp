#include "authentication.h"

#include <steam/steamnetworkingsockets.h>
#include <steamnetworkingsockets_messages.pb.h>
#include <steamnetworkingsockets_messages_certs.pb.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <vector>

#include "certificates.h"
#include "crypto.h"
#include "gns.h"
#include "identity.h"
#include "rendezvous.h"
#include "steamnetworkingsockets/clientlib/csteamnetworkingsockets.h"
#include "steamnetworkingsockets/clientlib/steamnetworkingsockets_connections.h"
#include "steamnetworkingsockets/steamnetworkingsockets_certstore.h"

#ifndef STEAMNETWORKINGSOCKETS_ALLOW_DYNAMIC_SELFSIGNED_CERTS
#error "The helper and GameNetworkingSockets must be built with the same definitions"
#endif

namespace steam_sockets {

namespace {

using namespace SteamNetworkingSocketsLib;

constexpr int kMostCertificateBytes = 4096;
// Clocks differ. The same for connections by address, in JavaScript.
constexpr std::time_t kToleratedSeconds = 300;
constexpr uint32_t kMostRefusals = 64;

// Names a protected member, as only a derived class may.
struct PeerOf : CSteamNetworkConnectionBase {
  static const CMsgSteamDatagramCertificate &Certificate(const CSteamNetworkConnectionBase &connection) {
    return connection.*(&PeerOf::m_msgCertRemote);
  }
};

uint64_t KeyOf(const CMsgSteamDatagramCertificate &content) {
  return CalculatePublicKeyID_Ed25519(content.key_data().data(), content.key_data().size());
}

// Why a certificate does not count; nothing when it does.
std::optional<std::string> WhyNotTrusted(const CMsgSteamDatagramCertificateSigned &certificate,
                                         CMsgSteamDatagramCertificate &content) {
  if (!certificate.has_ca_signature()) {
    return "it has no certificate";
  }
  SteamNetworkingErrMsg error{};
  if (CertStore_CheckCert(certificate, content, std::time(nullptr), error) == nullptr) {
    return error;
  }
  return std::nullopt;
}

// The same of a certificate that a peer shows now.
std::optional<std::string> WhyNot(const CMsgSteamDatagramCertificateSigned &certificate,
                                  const SteamNetworkingIdentity &peer) {
  CMsgSteamDatagramCertificate content;
  if (std::optional<std::string> why = WhyNotTrusted(certificate, content); why.has_value()) {
    return why;
  }
  if (static_cast<std::time_t>(content.time_created()) > std::time(nullptr) + kToleratedSeconds) {
    return "the certificate does not count yet";
  }
  SteamNetworkingIdentity named;
  SteamNetworkingErrMsg error{};
  if (SteamNetworkingIdentityFromCert(named, content, error) <= 0 || !(named == peer)) {
    return "the certificate is for somebody else";
  }
  return IsIdentityRevoked(TextOf(peer)) ? std::optional<std::string>("the identity was revoked") : std::nullopt;
}

bool IsAlive(const CSteamNetworkConnectionBase &connection) {
  switch (connection.GetState()) {
    case k_ESteamNetworkingConnectionState_Connecting:
    case k_ESteamNetworkingConnectionState_FindingRoute:
    case k_ESteamNetworkingConnectionState_Connected:
    case k_ESteamNetworkingConnectionState_Linger:
      return true;
    default:
      return false;
  }
}

std::vector<HSteamNetConnection> AllConnections() {
  const TableScopeLock table_lock(g_tables_lock);
  std::vector<HSteamNetConnection> all;
  for (const CSteamNetworkConnectionBase *connection : g_mapConnections.IterValues()) {
    all.push_back(connection->m_hConnectionSelf);
  }
  return all;
}

const CMsgSteamDatagramCertificateSigned *CertificateIn(const CMsgSteamNetworkingP2PRendezvous &message) {
  if (message.has_connect_request()) {
    return &message.connect_request().cert();
  }
  return message.has_connect_ok() ? &message.connect_ok().cert() : nullptr;
}

bool IsOfSessions(const CSteamNetworkConnectionBase &connection) {
  return static_cast<uint32_t>(connection.m_connectionConfig.LocalVirtualPort.Get()) == kMessagesVirtualPort;
}

// Whether the other end of a connection must have a certificate.
bool IsDemanded(const Library &library, const CSteamNetworkConnectionBase &connection) {
  return library.proving.count(connection.m_hConnectionSelf) != 0 ||
         (library.sessions_prove && IsOfSessions(connection));
}

// The connection that the library may take a signal to be of, and whether its other end must have a certificate. It
// looks at the lower half of our number only; where that is missing at the sender's, which several may have.
struct Addressee {
  uint32_t connection = 0;  // 0 when there is none
  bool is_demanded = false;
};

Addressee AddresseeOf(const Library &library, const CMsgSteamNetworkingP2PRendezvous &message,
                      const SteamNetworkingIdentity &from) {
  Addressee addressee;
  const auto look = [&](uint32_t handle, bool is_by_sender) {
    ConnectionScopeLock lock;
    CSteamNetworkConnectionBase *const found = GetConnectionByHandle(handle, lock);
    if (found == nullptr || addressee.is_demanded ||
        (is_by_sender && (found->m_unConnectionIDRemote != message.from_connection_id() ||
                          !(found->m_identityRemote == from) || found->AsSteamNetworkConnectionP2P() == nullptr))) {
      return;
    }
    addressee = {found->m_hConnectionSelf, IsDemanded(library, *found)};
  };
  if (message.has_to_connection_id()) {
    look(message.to_connection_id(), false);
  } else {
    for (const HSteamNetConnection handle : AllConnections()) {
      look(handle, true);
    }
  }
  return addressee;
}

// Whether who asks for a connection must have a certificate: for a session, or where the library might take it for the
// answer to a request of ours, since both sides ask at once.
bool MustAskWithCertificate(const Library &library, const CMsgSteamNetworkingP2PRendezvous_ConnectRequest &request,
                            const SteamNetworkingIdentity &from) {
  if (library.sessions_prove && request.to_virtual_port() == kMessagesVirtualPort) {
    return true;
  }
  return std::any_of(library.proving.begin(), library.proving.end(), [&](uint32_t handle) {
    ConnectionScopeLock lock;
    const CSteamNetworkConnectionBase *const ours = GetConnectionByHandle(handle, lock);
    return ours != nullptr && ours->m_identityRemote == from &&
           ours->m_connectionConfig.LocalVirtualPort.Get() == static_cast<int>(request.to_virtual_port());
  });
}

}  // namespace

DemandsLock::DemandsLock(const Library &library)
    : held_(IsBuiltIn(library.functions) && (library.sessions_prove || !library.proving.empty())) {
  if (held_) {
    SteamNetworkingGlobalLock::Lock("DemandsLock");
  }
}

DemandsLock::~DemandsLock() {
  if (held_) {
    SteamNetworkingGlobalLock::Unlock();
  }
}

std::optional<Objection> ObjectionTo(const Library &library, const SteamNetworkingIdentity &from,
                                     std::string_view signal) {
  CMsgSteamNetworkingP2PRendezvous message;
  if (!message.ParseFromArray(signal.data(), static_cast<int>(signal.size()))) {
    return Objection{"it is no signal"};
  }
  // What was read of it before must be what the library reads.
  if (message.from_identity() != TextOf(from) || message.application_messages_size() > 0) {
    return Objection{"it is not what it seems"};
  }
  auto [connection, is_demanded] = AddresseeOf(library, message, from);
  if (connection != 0 && message.has_to_connection_id() && message.to_connection_id() != connection) {
    return Objection{"it is of a connection that is no more"};
  }
  if (connection == 0 && message.has_connect_request()) {
    is_demanded = MustAskWithCertificate(library, message.connect_request(), from);
  }
  const CMsgSteamDatagramCertificateSigned *const certificate = CertificateIn(message);
  if (!is_demanded || certificate == nullptr) {
    return std::nullopt;
  }
  // The library takes the answer's certificate where there are both.
  if (message.has_connect_request() && message.has_connect_ok()) {
    return Objection{"it asks and answers at once", connection};
  }
  const std::optional<std::string> why = WhyNot(*certificate, from);
  return why.has_value() ? std::optional(Objection{*why, connection}) : std::nullopt;
}

void EndConnecting(uint32_t connection, const SteamNetworkingIdentity &peer, const std::string &why) {
  ConnectionScopeLock lock;
  CSteamNetworkConnectionBase *const found = GetConnectionByHandle(connection, lock);
  if (found != nullptr && found->GetState() == k_ESteamNetworkingConnectionState_Connecting &&
      (found->m_identityRemote.IsInvalid() || found->m_identityRemote == peer)) {
    found->ConnectionState_ProblemDetectedLocally(k_ESteamNetConnectionEnd_Remote_BadCert,
                                                  "The other end is not authenticated: %s", why.c_str());
  }
}

void PushRefusal(Library &library, const SteamNetworkingIdentity &from, std::string_view address,
                 std::string_view why) {
  if (library.refusals_waiting >= kMostRefusals) {
    ++library.refusals_unreported;
    return;
  }
  ++library.refusals_waiting;
  const uint32_t unreported = library.refusals_unreported.exchange(0);
  std::string payload(reinterpret_cast<const char *>(&from), sizeof from);
  payload.append(reinterpret_cast<const char *>(&unreported), sizeof unreported);
  payload += address;
  payload += '\0';
  payload += why;
  library.events.Push(STEAM_SOCKETS_REFUSED, 0, payload.data(), static_cast<uint32_t>(payload.size()));
}

void TellOfRefusal(Library &library, std::string_view line) {
  constexpr std::string_view kStart = "Failed to accept connection from ";
  constexpr std::string_view kBetween = ".  ";
  if (!library.tells_refusals || line.substr(0, kStart.size()) != kStart) {
    return;
  }
  line.remove_prefix(kStart.size());
  const size_t end = line.find(kBetween);
  if (end == std::string_view::npos) {
    return;
  }
  SteamNetworkingIdentity nobody;
  nobody.Clear();
  const std::string_view why = line.substr(end + kBetween.size());
  PushRefusal(library, nobody, line.substr(0, end), why.substr(0, why.find_last_not_of(" \n") + 1));
}

std::string RefusalSignal(uint32_t to_connection, const std::string &to, int32_t reason, const std::string &why) {
  CMsgSteamNetworkingP2PRendezvous message;
  message.set_to_connection_id(to_connection);
  message.set_to_identity(to);
  message.mutable_connection_closed()->set_reason_code(static_cast<uint32>(reason));
  message.mutable_connection_closed()->set_debug(why);
  return message.SerializeAsString();
}

}  // namespace steam_sockets

using namespace steam_sockets;

int32_t steam_sockets_check_certificate(int32_t number, uint32_t epoch, const void *certificate, int32_t bytes,
                                        char *error) {
  int32_t answer = 0;
  if (BuiltInLibrary(number, epoch, answer) == nullptr) {
    return answer;
  }
  if (certificate == nullptr || bytes < 1 || bytes > kMostCertificateBytes || error == nullptr) {
    return STEAM_SOCKETS_BAD_ARGUMENT;
  }
  CMsgSteamDatagramCertificateSigned parsed;
  std::optional<std::string> why = "It is no certificate";
  if (parsed.ParseFromArray(certificate, bytes)) {
    const SteamNetworkingGlobalLock lock("CheckCertificate");
    CMsgSteamDatagramCertificate content;
    why = WhyNotTrusted(parsed, content);
  }
  if (why.has_value()) {
    (void)std::snprintf(error, sizeof(SteamNetworkingErrMsg), "%s", why->c_str());
  }
  return why.has_value() ? 0 : 1;
}

int32_t steam_sockets_peer_certificate(int32_t number, uint32_t epoch, uint32_t connection, steam_sockets_peer *peer) {
  int32_t answer = 0;
  if (BuiltInLibrary(number, epoch, answer) == nullptr) {
    return answer;
  }
  if (peer == nullptr) {
    return STEAM_SOCKETS_BAD_ARGUMENT;
  }
  const SteamNetworkingGlobalLock lock("PeerCertificate");
  ConnectionScopeLock connection_lock;
  const CSteamNetworkConnectionBase *const found = GetConnectionByHandle(connection, connection_lock);
  if (found == nullptr) {
    return STEAM_SOCKETS_NO_HANDLE;
  }
  const CMsgSteamDatagramCertificate &content = PeerOf::Certificate(*found);
  peer->key = KeyOf(content);
  peer->created = content.time_created();
  peer->expires = content.time_expiry();
  peer->came_in = found->m_bConnectionInitiatedRemotely ? 1 : 0;
  peer->reserved = 0;
  return 0;
}

int32_t steam_sockets_end_connections(int32_t number, uint32_t epoch, uint64_t key, const void *identity,
                                      const char *why) {
  int32_t answer = 0;
  if (BuiltInLibrary(number, epoch, answer) == nullptr) {
    return answer;
  }
  if (why == nullptr) {
    return STEAM_SOCKETS_BAD_ARGUMENT;
  }
  SteamNetworkingIdentity peer;
  peer.Clear();
  if (identity != nullptr) {
    std::memcpy(&peer, identity, sizeof peer);
  }
  const SteamNetworkingGlobalLock lock("EndConnections");
  int32_t ended = 0;
  for (const HSteamNetConnection handle : AllConnections()) {
    ConnectionScopeLock connection_lock;
    CSteamNetworkConnectionBase *const found = GetConnectionByHandle(handle, connection_lock);
    if (found == nullptr || !IsAlive(*found)) {
      continue;
    }
    const bool is_meant =
        identity != nullptr ? found->m_identityRemote == peer : key != 0 && KeyOf(PeerOf::Certificate(*found)) == key;
    if (is_meant) {
      found->ConnectionState_ProblemDetectedLocally(k_ESteamNetConnectionEnd_Remote_BadCert, "%s", why);
      ++ended;
    }
  }
  return ended;
}

int32_t steam_sockets_end_connection(int32_t number, uint32_t epoch, uint32_t connection, const char *why) {
  int32_t answer = 0;
  if (BuiltInLibrary(number, epoch, answer) == nullptr) {
    return answer;
  }
  if (why == nullptr) {
    return STEAM_SOCKETS_BAD_ARGUMENT;
  }
  const SteamNetworkingGlobalLock lock("EndConnection");
  ConnectionScopeLock connection_lock;
  CSteamNetworkConnectionBase *const found = GetConnectionByHandle(connection, connection_lock);
  if (found == nullptr || !IsAlive(*found)) {
    return 0;
  }
  found->ConnectionState_ProblemDetectedLocally(k_ESteamNetConnectionEnd_Remote_BadCert, "%s", why);
  return 1;
}

int32_t steam_sockets_has_spoken(int32_t number, uint32_t epoch, uint32_t connection, bool ask) {
  int32_t answer = 0;
  if (BuiltInLibrary(number, epoch, answer) == nullptr) {
    return answer;
  }
  const SteamNetworkingGlobalLock lock("HasSpoken");
  ConnectionScopeLock connection_lock;
  CSteamNetworkConnectionBase *const found = GetConnectionByHandle(connection, connection_lock);
  if (found == nullptr) {
    return STEAM_SOCKETS_NO_HANDLE;
  }
  // By signals nothing is Connected before.
  if (found->m_statsEndToEnd.m_nPktsRecvSequenced > 0 || found->AsSteamNetworkConnectionP2P() != nullptr) {
    return 1;
  }
  if (ask && found->m_pTransport != nullptr && found->GetState() == k_ESteamNetworkingConnectionState_Connected) {
    found->m_pTransport->SendEndToEndStatsMsg(k_EStatsReplyRequest_Immediate,
                                              SteamNetworkingSockets_GetLocalTimestamp(), "HasSpoken");
  }
  return 0;
}

int32_t steam_sockets_guard(int32_t number, uint32_t epoch, uint32_t connection, bool guarded) {
  Library *const library = OpenLibrary(number, epoch);
  if (library == nullptr) {
    return STEAM_SOCKETS_NOT_OPEN;
  }
  if (guarded) {
    library->guarded.insert(connection);
  } else {
    library->guarded.erase(connection);
  }
  return 0;
}

int32_t steam_sockets_tell_refusals(int32_t number, uint32_t epoch) {
  Library *const library = OpenLibrary(number, epoch);
  if (library == nullptr) {
    return STEAM_SOCKETS_NOT_OPEN;
  }
  library->tells_refusals = true;
  return 0;
}

int32_t steam_sockets_prove(int32_t number, uint32_t epoch, uint32_t connection, bool required) {
  int32_t answer = 0;
  Library *const library = BuiltInLibrary(number, epoch, answer);
  if (library == nullptr) {
    return answer;
  }
  if (connection == 0) {
    library->sessions_prove = required;
    return 0;
  }
  if (!required) {
    library->proving.erase(connection);
    return 0;
  }
  const SteamNetworkingGlobalLock lock("Prove");
  ConnectionScopeLock connection_lock;
  const CSteamNetworkConnectionBase *const found = GetConnectionByHandle(connection, connection_lock);
  if (found == nullptr) {
    return STEAM_SOCKETS_NO_HANDLE;
  }
  library->proving.insert(connection);
  return 0;
}
