// Proves of what is asked of the other end, on the real library:
//  - on a guarded connection nothing is sent, and the result says why, and nothing is received; afterwards all is as
//  before;
//  - connections end by handle, by identity, and not by a key that nobody has: both ends are told why, with the code
//  4003;
//  - whether the peer has spoken is known, and he does when he is asked;
//  - the peer's certificate is told, of which one without an authority says no times;
//  - a certificate of a user counts when a trusted key has signed it, and not otherwise, with a reason;
//  - while certificates are required, a signal that asks for a session without one that counts is turned away: without
//  any, with one that does not count yet or is for somebody else, of a revoked key or identity; others get to the
//  library;
//  - of many who are turned away at once all get an answer and only some are told of, the rest is counted;
//  - all refuse a closed library, one that is not the built-in one, and wrong arguments.
#include <steam/steamnetworkingcustomsignaling.h>
#include <steamnetworkingsockets_messages.pb.h>
#include <steamnetworkingsockets_messages_certs.pb.h>

#include <array>
#include <cstring>
#include <ctime>
#include <string>

#include "check.h"
#include "crypto.h"
#include "crypto_25519.h"
#include "library_test.h"
#include "steamnetworkingsockets/steamnetworkingsockets_internal.h"
#include "traffic_test.h"

namespace {

using library_test::BuiltIn;
using library_test::Opened;

constexpr int32_t kBadCertificate = 4003;
constexpr uint32_t kMessagesVirtualPort = 0x7fffffff;

SteamNetConnectionInfo_t InfoOf(uint32_t connection) {
  SteamNetConnectionInfo_t info{};
  (void)SteamNetworkingSockets()->GetConnectionInfo(connection, &info);
  return info;
}

bool HasAllArrivedFrom(uint32_t connection) {
  SteamNetConnectionRealTimeStatus_t status{};
  (void)SteamNetworkingSockets()->GetConnectionRealTimeStatus(connection, &status, 0, nullptr);
  return status.m_cbPendingReliable + status.m_cbSentUnackedReliable == 0;
}

void Guards() {
  const Opened library;
  const library_test::Pair pair(true);
  CHECK(traffic_test::SendCopies(library, pair.one, "before", 1) == 1);
  CHECK(steam_sockets_guard(library.number, library.epoch, pair.one, true) == 0);
  std::vector<steam_sockets_outgoing> rows{traffic_test::CopyRow(pair.one, 0, 4),
                                           traffic_test::CopyRow(pair.two, 0, 4)};
  CHECK(traffic_test::Send(library, -1, rows, "text") == 1);
  CHECK(rows[0].result == -k_EResultInvalidState);
  CHECK(rows[1].result > 0);
  traffic_test::Inbox inbox(8, 1024);
  CHECK(inbox.ReceiveAll(library, pair.two, 1, 1024).size() == 1);
  CHECK(traffic_test::Await([&pair] { return HasAllArrivedFrom(pair.two); }));
  CHECK(inbox.Receive(library, pair.one, 1024) == 0);
  CHECK(steam_sockets_guard(library.number, library.epoch, pair.one, false) == 0);
  CHECK(inbox.ReceiveAll(library, pair.one, 1, 1024).size() == 1);
  CHECK(traffic_test::SendCopies(library, pair.one, "after", 1) == 1);
}

void Ends() {
  const Opened library;
  const library_test::Pair pair(true);
  CHECK(steam_sockets_end_connections(library.number, library.epoch, 12345, nullptr, "nobody") == 0);
  CHECK(InfoOf(pair.one).m_eState == k_ESteamNetworkingConnectionState_Connected);
  CHECK(steam_sockets_end_connection(library.number, library.epoch, pair.one, "because") == 1);
  CHECK(steam_sockets_end_connection(library.number, library.epoch, pair.one, "again") == 0);
  const SteamNetConnectionInfo_t info = InfoOf(pair.one);
  CHECK(info.m_eState == k_ESteamNetworkingConnectionState_ProblemDetectedLocally);
  CHECK(info.m_eEndReason == kBadCertificate);
  CHECK(std::strcmp(info.m_szEndDebug, "because") == 0);
  CHECK(steam_sockets_end_connection(library.number, library.epoch, 0, "none") == 0);

  const library_test::Pair other(true);
  const SteamNetworkingIdentity identity = InfoOf(other.one).m_identityRemote;
  CHECK(steam_sockets_end_connections(library.number, library.epoch, 0, &identity, "all of them") >= 1);
  CHECK(InfoOf(other.one).m_eEndReason == kBadCertificate);
}

void KnowsWhoHasSpoken() {
  const Opened library;
  const library_test::Pair pair(true);
  CHECK(steam_sockets_has_spoken(library.number, library.epoch, 0, true) == STEAM_SOCKETS_NO_HANDLE);
  CHECK(steam_sockets_has_spoken(library.number, library.epoch, pair.one, true) >= 0);
  CHECK(traffic_test::Await(
      [&] { return steam_sockets_has_spoken(library.number, library.epoch, pair.one, false) == 1; }));
}

void TellsOfPeers() {
  const Opened library;
  const library_test::Pair pair(true);
  steam_sockets_peer peer{};
  peer.created = 1;
  CHECK(steam_sockets_peer_certificate(library.number, library.epoch, pair.one, &peer) == 0);
  CHECK(peer.key != 0 && peer.created == 0 && peer.expires == 0);
  steam_sockets_peer other{};
  CHECK(steam_sockets_peer_certificate(library.number, library.epoch, pair.two, &other) == 0);
  // Nobody asks for a connection of a pair.
  CHECK(peer.came_in == 0 && other.came_in == 0);
  CHECK(steam_sockets_peer_certificate(library.number, library.epoch, 0, &peer) == STEAM_SOCKETS_NO_HANDLE);
  CHECK(steam_sockets_peer_certificate(library.number, library.epoch, pair.one, nullptr) == STEAM_SOCKETS_BAD_ARGUMENT);
}

struct Key {
  CECSigningPublicKey key;
  CECSigningPrivateKey private_key;
  uint64_t id;
  Key() {
    CCrypto::GenerateSigningKeyPair(&key, &private_key);
    id = SteamNetworkingSocketsLib::CalculatePublicKeyID(key);
  }
};

CMsgSteamDatagramCertificateSigned CertificateOf(const Key &owner, const Key &by, const char *identity,
                                                 uint32_t from_now = 0) {
  CMsgSteamDatagramCertificate content;
  content.set_key_type(CMsgSteamDatagramCertificate_EKeyType_ED25519);
  (void)owner.key.GetRawDataAsStdString(content.mutable_key_data());
  const auto begin = static_cast<uint32_t>(std::time(nullptr)) + from_now;
  content.set_time_created(begin);
  content.set_time_expiry(begin + 3600);
  if (identity != nullptr) {
    content.add_app_ids(0);
    content.set_identity_string(identity);
  }
  CMsgSteamDatagramCertificateSigned certificate;
  certificate.set_cert(content.SerializeAsString());
  certificate.set_ca_key_id(by.id);
  CryptoSignature_t signature{};
  by.private_key.GenerateSignature(certificate.cert().data(), certificate.cert().size(), &signature);
  certificate.set_ca_signature(signature, sizeof(signature));
  return certificate;
}

int32_t Check(const Opened &library, const std::string &certificate) {
  std::array<char, 1024> error{};
  const int32_t answer = steam_sockets_check_certificate(library.number, library.epoch, certificate.data(),
                                                         static_cast<int32_t>(certificate.size()), error.data());
  CHECK((answer == 0) == (std::strlen(error.data()) > 0));
  return answer;
}

// Answers nobody, and counts.
class Context final : public ISteamNetworkingSignalingRecvContext {
 public:
  ISteamNetworkingConnectionSignaling *OnConnectRequest(HSteamNetConnection /*connection*/,
                                                        const SteamNetworkingIdentity & /*peer*/,
                                                        int /*virtual_port*/) override {
    return nullptr;
  }
  void SendRejectionSignal(const SteamNetworkingIdentity & /*peer*/, const void *signal, int bytes) override {
    CMsgSteamNetworkingP2PRendezvous message;
    CHECK(message.ParseFromArray(signal, bytes));
    CHECK(!message.from_identity().empty() && message.has_connection_closed());
    ++rejections;
  }
  int rejections = 0;
};

// How many signals came as far as the library.
int handed_in = 0;

steam_sockets_functions Counting() {
  steam_sockets_functions functions = BuiltIn();
  functions.received_signal = [](void *sockets, const void *signal, int32_t bytes, void *context) {
    ++handed_in;
    return SteamAPI_ISteamNetworkingSockets_ReceivedP2PCustomSignal(
        static_cast<ISteamNetworkingSockets *>(sockets), signal, bytes,
        static_cast<ISteamNetworkingSignalingRecvContext *>(context));
  };
  return functions;
}

// Whether a signal comes as far as the library; who does not is told.
bool IsAllowed(const Opened &library, const CMsgSteamNetworkingP2PRendezvous &message) {
  const std::string signal = message.SerializeAsString();
  Context context;
  const int before = handed_in;
  CHECK(steam_sockets_signal_with_context(library.number, library.epoch, SteamNetworkingSockets(), signal.data(),
                                          static_cast<int32_t>(signal.size()), &context) >= 0);
  CHECK(handed_in - before + context.rejections == 1);
  return handed_in > before;
}

struct Refusals {
  uint32_t told = 0;
  uint32_t unreported = 0;
};

Refusals RefusalsOf(const Opened &library) {
  std::vector<char> events(1 << 16);
  const int32_t bytes =
      steam_sockets_run_callbacks(library.number, library.epoch, events.data(), static_cast<uint32_t>(events.size()));
  Refusals refusals;
  steam_sockets_record record{};
  for (int32_t at = 0; at < bytes; at += static_cast<int32_t>(record.bytes)) {
    std::memcpy(&record, events.data() + at, sizeof record);
    if (record.kind == STEAM_SOCKETS_REFUSED) {
      uint32_t unreported = 0;
      std::memcpy(&unreported, events.data() + at + sizeof record + sizeof(SteamNetworkingIdentity), sizeof unreported);
      ++refusals.told;
      refusals.unreported += unreported;
    }
  }
  return refusals;
}

// Only so many wait to be told of; the rest is counted. All get an answer.
void RefusesManyAtOnce(const Opened &library, const CMsgSteamNetworkingP2PRendezvous &message) {
  (void)RefusalsOf(library);
  const std::string signal = message.SerializeAsString();
  Context context;
  for (int i = 0; i < 1000; ++i) {
    CHECK(steam_sockets_signal_with_context(library.number, library.epoch, SteamNetworkingSockets(), signal.data(),
                                            static_cast<int32_t>(signal.size()), &context) == 0);
  }
  const Refusals first = RefusalsOf(library);
  CHECK(first.told == 64 && first.unreported == 0 && context.rejections == 1000);
  CHECK(!IsAllowed(library, message));
  const Refusals next = RefusalsOf(library);
  CHECK(next.told == 1 && next.unreported == 936);
}

void ChecksCertificates() {
  const Opened library(Counting());
  const Key root;
  const Key user;
  const std::string good = CertificateOf(user, root, "str:alice").SerializeAsString();
  CHECK(Check(library, good) == 0);
  std::array<char, 1024> error{};
  const std::string own = CertificateOf(root, root, nullptr).SerializeAsString();
  CHECK(steam_sockets_trust_certificate(library.number, library.epoch, own.data(), static_cast<int32_t>(own.size()),
                                        error.data()) == 1);
  CHECK(Check(library, good) == 1);
  CHECK(Check(library, "no certificate") == 0);
  CHECK(Check(library, CertificateOf(user, user, "str:alice").SerializeAsString()) == 0);

  CMsgSteamNetworkingP2PRendezvous message;
  message.set_from_identity("str:alice");
  message.set_from_connection_id(7);
  message.mutable_connect_request()->set_to_virtual_port(kMessagesVirtualPort);
  CHECK(IsAllowed(library, message));
  CHECK(steam_sockets_prove(library.number, library.epoch, 0, true) == 0);
  CHECK(!IsAllowed(library, message));
  *message.mutable_connect_request()->mutable_cert() = CertificateOf(user, root, "str:alice");
  CHECK(IsAllowed(library, message));

  *message.mutable_connect_request()->mutable_cert() = CertificateOf(user, root, "str:alice", 1000);
  CHECK(!IsAllowed(library, message));
  *message.mutable_connect_request()->mutable_cert() = CertificateOf(user, root, "str:bob");
  CHECK(!IsAllowed(library, message));
  *message.mutable_connect_request()->mutable_cert() = CertificateOf(user, root, "str:alice");
  message.clear_from_identity();
  const std::string nameless = message.SerializeAsString();
  Context context;
  const int before = handed_in;
  CHECK(steam_sockets_signal_with_context(library.number, library.epoch, SteamNetworkingSockets(), nameless.data(),
                                          static_cast<int32_t>(nameless.size()), &context) == 0);
  CHECK(handed_in == before);
  message.set_from_identity("str:bob");
  SteamNetworkingIdentity bob;
  bob.SetGenericString("bob");
  CHECK(steam_sockets_revoke_identity(library.number, library.epoch, &bob) == 0);
  *message.mutable_connect_request()->mutable_cert() = CertificateOf(user, root, "str:bob");
  CHECK(!IsAllowed(library, message));
  message.set_from_identity("str:alice");
  *message.mutable_connect_request()->mutable_cert() = CertificateOf(user, root, "str:alice");
  CHECK(IsAllowed(library, message));

  CHECK(steam_sockets_revoke_key(library.number, library.epoch, user.id) == 0);
  CHECK(!IsAllowed(library, message));
  RefusesManyAtOnce(library, message);
  message.mutable_connect_request()->set_to_virtual_port(3);
  CHECK(IsAllowed(library, message));
  CHECK(steam_sockets_prove(library.number, library.epoch, 0, false) == 0);
  CHECK(steam_sockets_prove(library.number, library.epoch, 99, true) == STEAM_SOCKETS_NO_HANDLE);
  CHECK(steam_sockets_forget_certificates(library.number, library.epoch) == 0);
}

void RefusesOtherLibraries() {
  std::array<char, 1024> error{};
  steam_sockets_peer peer{};
  const SteamNetworkingIdentity nobody{};
  const auto all_answer = [&](int32_t number, uint32_t epoch, int32_t answer) {
    CHECK(steam_sockets_check_certificate(number, epoch, "x", 1, error.data()) == answer);
    CHECK(steam_sockets_peer_certificate(number, epoch, 1, &peer) == answer);
    CHECK(steam_sockets_end_connections(number, epoch, 1, nullptr, "x") == answer);
    CHECK(steam_sockets_end_connection(number, epoch, 1, "x") == answer);
    CHECK(steam_sockets_has_spoken(number, epoch, 1, true) == answer);
    CHECK(steam_sockets_prove(number, epoch, 0, true) == answer);
    CHECK(steam_sockets_revoke_identity(number, epoch, &nobody) == answer);
  };
  all_answer(0, 0, STEAM_SOCKETS_NOT_OPEN);
  CHECK(steam_sockets_guard(0, 0, 1, true) == STEAM_SOCKETS_NOT_OPEN);
  CHECK(steam_sockets_tell_refusals(0, 0) == STEAM_SOCKETS_NOT_OPEN);
  Context context;
  void *const sockets = SteamNetworkingSockets();
  CHECK(steam_sockets_signal_with_context(0, 0, sockets, "x", 1, &context) == STEAM_SOCKETS_NOT_OPEN);
  steam_sockets_functions functions = BuiltIn();
  functions.kill = [] { GameNetworkingSockets_Kill(); };
  const Opened foreign(functions);
  all_answer(foreign.number, foreign.epoch, STEAM_SOCKETS_NO_FUNCTION);
  CHECK(steam_sockets_guard(foreign.number, foreign.epoch, 1, true) == 0);
  // It gets everything as it is.
  CHECK(steam_sockets_signal_with_context(foreign.number, foreign.epoch, SteamNetworkingSockets(), "x", 1, &context) ==
        0);
  CHECK(steam_sockets_signal_with_context(foreign.number, foreign.epoch, SteamNetworkingSockets(), "x", 0, &context) ==
        STEAM_SOCKETS_BAD_ARGUMENT);
}

}  // namespace

int main() {
  Guards();
  Ends();
  KnowsWhoHasSpoken();
  TellsOfPeers();
  ChecksCertificates();
  RefusesOtherLibraries();
  return check::Done();
}
