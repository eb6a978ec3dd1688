// Proves of certificates, on the real library, with an authority of the test's own:
//  - a root that was added is trusted, which a library built without dynamic roots can't pass; so is an intermediate
//    whose root was added first;
//  - what has expired, was tampered with, names an identity, has a private key in it, is signed by nobody known or is
//    no certificate at all is refused with a reason, and its key is not trusted after that;
//  - a revoked key is not trusted, nor what it signed, and can't be added again; forgetting all undoes it;
//  - a listen socket that requires certificates has both options at 0, whatever the options said, and loses no option;
//  - all are safe while other threads ask, and refuse a closed library, and one that is not the built-in one.
#include <steamnetworkingsockets_messages_certs.pb.h>

#include <array>
#include <atomic>
#include <cstring>
#include <ctime>
#include <string>
#include <thread>
#include <vector>

#include "check.h"
#include "crypto.h"
#include "crypto_25519.h"
#include "library_test.h"
#include "steamnetworkingsockets/steamnetworkingsockets_internal.h"

namespace {

using library_test::BuiltIn;
using library_test::Opened;

constexpr uint32_t kDay = 24 * 3600;

uint32_t Now() { return static_cast<uint32_t>(std::time(nullptr)); }

struct Authority {
  CECSigningPublicKey key;
  CECSigningPrivateKey private_key;
  uint64_t id;
  Authority() {
    CCrypto::GenerateSigningKeyPair(&key, &private_key);
    id = SteamNetworkingSocketsLib::CalculatePublicKeyID(key);
  }
};

CMsgSteamDatagramCertificate ContentFor(const Authority &owner) {
  CMsgSteamDatagramCertificate content;
  content.set_key_type(CMsgSteamDatagramCertificate_EKeyType_ED25519);
  (void)owner.key.GetRawDataAsStdString(content.mutable_key_data());
  content.set_time_created(Now());
  content.set_time_expiry(Now() + kDay);
  return content;
}

CMsgSteamDatagramCertificateSigned Signed(const CMsgSteamDatagramCertificate &content, const Authority &by) {
  CMsgSteamDatagramCertificateSigned certificate;
  certificate.set_cert(content.SerializeAsString());
  certificate.set_ca_key_id(by.id);
  CryptoSignature_t signature{};
  by.private_key.GenerateSignature(certificate.cert().data(), certificate.cert().size(), &signature);
  certificate.set_ca_signature(signature, sizeof(signature));
  return certificate;
}

std::string CertificateOf(const Authority &owner, const Authority &by) {
  return Signed(ContentFor(owner), by).SerializeAsString();
}

int32_t Trust(const Opened &library, const std::string &certificate) {
  std::array<char, 1024> error{};
  const int32_t answer = steam_sockets_trust_certificate(library.number, library.epoch, certificate.data(),
                                                         static_cast<int32_t>(certificate.size()), error.data());
  CHECK((answer == 0) == (std::strlen(error.data()) > 0));
  return answer;
}

bool IsTrusted(const Opened &library, const Authority &authority) {
  std::array<char, 1024> error{};
  const int32_t answer = steam_sockets_is_key_trusted(library.number, library.epoch, authority.id, error.data());
  CHECK(answer >= 0);
  CHECK((answer == 0) == (std::strlen(error.data()) > 0));
  return answer == 1;
}

void Forget(const Opened &library) { CHECK(steam_sockets_forget_certificates(library.number, library.epoch) == 0); }

void TrustsRoots() {
  const Opened library;
  const Authority root;
  const Authority intermediate;
  CHECK(!IsTrusted(library, root));
  CHECK(Trust(library, CertificateOf(intermediate, root)) == 0);
  CHECK(Trust(library, CertificateOf(root, root)) == 1);
  CHECK(IsTrusted(library, root));
  CHECK(!IsTrusted(library, intermediate));
  CHECK(Trust(library, CertificateOf(intermediate, root)) == 1);
  CHECK(IsTrusted(library, intermediate));
  CHECK(Trust(library, CertificateOf(root, root)) == 1);
  Forget(library);
  CHECK(!IsTrusted(library, root) && !IsTrusted(library, intermediate));
}

void RefusesAllElse() {
  const Opened library;
  const Authority root;
  const Authority stranger;
  const auto refuses = [&](const std::string &certificate) {
    CHECK(Trust(library, certificate) == 0);
    CHECK(!IsTrusted(library, root));
  };
  const auto with = [&](auto change) {
    CMsgSteamDatagramCertificate content = ContentFor(root);
    change(content);
    return Signed(content, root).SerializeAsString();
  };
  refuses(with([](auto &content) { content.set_time_expiry(Now() - 10); }));
  refuses(with([](auto &content) { content.clear_time_expiry(); }));
  refuses(with([](auto &content) { content.set_identity_string("str:alice"); }));
  refuses(with([](auto &content) { content.set_legacy_steam_id(76561197960287930); }));
  refuses(with([](auto &content) { content.clear_key_type(); }));
  refuses(with([](auto &content) { content.mutable_key_data()->push_back('\0'); }));
  refuses(CertificateOf(root, stranger));

  CMsgSteamDatagramCertificateSigned tampered = Signed(ContentFor(root), root);
  tampered.mutable_cert()->back() = static_cast<char>(tampered.cert().back() ^ 1);
  refuses(tampered.SerializeAsString());
  CMsgSteamDatagramCertificateSigned short_signature = Signed(ContentFor(root), root);
  short_signature.mutable_ca_signature()->pop_back();
  refuses(short_signature.SerializeAsString());
  CMsgSteamDatagramCertificateSigned with_private_key = Signed(ContentFor(root), root);
  with_private_key.set_private_key_data(std::string(64, 'k'));
  refuses(with_private_key.SerializeAsString());

  const std::string whole = CertificateOf(root, root);
  for (size_t length = 0; length < whole.size(); ++length) {
    refuses(whole.substr(0, length));
  }
  refuses(std::string(1 << 20, 'x'));
  CHECK(Trust(library, whole) == 1);
  Forget(library);
}

void Revokes() {
  const Opened library;
  const Authority root;
  const Authority intermediate;
  CHECK(Trust(library, CertificateOf(root, root)) == 1);
  CHECK(Trust(library, CertificateOf(intermediate, root)) == 1);
  CHECK(steam_sockets_revoke_key(library.number, library.epoch, root.id) == 0);
  CHECK(!IsTrusted(library, root) && !IsTrusted(library, intermediate));
  CHECK(Trust(library, CertificateOf(root, root)) == 0);
  CHECK(Trust(library, CertificateOf(intermediate, root)) == 0);
  const Authority before;
  CHECK(steam_sockets_revoke_key(library.number, library.epoch, before.id) == 0);
  CHECK(Trust(library, CertificateOf(before, before)) == 0);
  Forget(library);
  CHECK(Trust(library, CertificateOf(root, root)) == 1);
  CHECK(IsTrusted(library, root));
  Forget(library);
}

int32_t OptionOf(uint32_t socket, ESteamNetworkingConfigValue option) {
  ESteamNetworkingConfigDataType type = k_ESteamNetworkingConfig_Int32;
  int32_t value = -1;
  size_t bytes = sizeof value;
  (void)SteamNetworkingUtils()->GetConfigValue(option, k_ESteamNetworkingConfig_ListenSocket,
                                               static_cast<intptr_t>(socket), &type, &value, &bytes);
  return value;
}

void Listens() {
  const Opened library;
  SteamNetworkingIPAddr address{};
  address.SetIPv6LocalHost(0);
  address.m_port = steam_sockets_free_port(address.m_ipv6);
  std::array<SteamNetworkingConfigValue_t, 3> options;
  options[0].SetInt32(k_ESteamNetworkingConfig_IP_AllowWithoutAuth, 2);
  options[1].SetInt32(k_ESteamNetworkingConfig_IPLocalHost_AllowWithoutAuth, 2);
  options[2].SetInt32(k_ESteamNetworkingConfig_TimeoutConnected, 12345);
  uint32_t socket = 0;
  CHECK(steam_sockets_listen_authenticated(library.number, library.epoch, &address, 3, options.data(), &socket) == 0);
  CHECK(socket != 0);
  CHECK(OptionOf(socket, k_ESteamNetworkingConfig_IP_AllowWithoutAuth) == 0);
  CHECK(OptionOf(socket, k_ESteamNetworkingConfig_IPLocalHost_AllowWithoutAuth) == 0);
  CHECK(OptionOf(socket, k_ESteamNetworkingConfig_TimeoutConnected) == 12345);
  uint32_t taken = 1;
  CHECK(steam_sockets_listen_authenticated(library.number, library.epoch, &address, 0, nullptr, &taken) == 0);
  CHECK(taken == 0);
  CHECK(steam_sockets_listen_authenticated(library.number, library.epoch, &address, -1, nullptr, &taken) ==
        STEAM_SOCKETS_BAD_ARGUMENT);
  CHECK(SteamNetworkingSockets()->CloseListenSocket(socket));
}

void StandsOthers() {
  const Opened library;
  const Authority root;
  const std::string certificate = CertificateOf(root, root);
  std::atomic<bool> done{false};
  std::vector<std::thread> threads;
  threads.reserve(2);
  for (int i = 0; i < 2; ++i) {
    threads.emplace_back([&] {
      while (!done) {
        // Connecting asks the store for each end, here and on the library's own thread.
        const library_test::Pair pair(true);
        (void)SteamNetworkingSockets()->CloseConnection(pair.one, 0, nullptr, false);
        (void)SteamNetworkingSockets()->CloseConnection(pair.two, 0, nullptr, false);
      }
    });
  }
  for (int i = 0; i < 200; ++i) {
    CHECK(Trust(library, certificate) == 1);
    CHECK(steam_sockets_revoke_key(library.number, library.epoch, root.id) == 0);
    CHECK(!IsTrusted(library, root));
    Forget(library);
  }
  done = true;
  for (std::thread &thread : threads) {
    thread.join();
  }
}

void RefusesOtherLibraries() {
  std::array<char, 1024> error{};
  uint32_t socket = 0;
  SteamNetworkingIPAddr address{};
  const auto all_answer = [&](int32_t number, uint32_t epoch, int32_t answer) {
    CHECK(steam_sockets_trust_certificate(number, epoch, "x", 1, error.data()) == answer);
    CHECK(steam_sockets_revoke_key(number, epoch, 1) == answer);
    CHECK(steam_sockets_is_key_trusted(number, epoch, 1, error.data()) == answer);
    CHECK(steam_sockets_forget_certificates(number, epoch) == answer);
    CHECK(steam_sockets_listen_authenticated(number, epoch, &address, 0, nullptr, &socket) == answer);
  };
  all_answer(0, 0, STEAM_SOCKETS_NOT_OPEN);
  steam_sockets_functions functions = BuiltIn();
  functions.kill = [] { GameNetworkingSockets_Kill(); };
  const Opened foreign(functions);
  CHECK(foreign.number >= 0);
  all_answer(foreign.number, foreign.epoch, STEAM_SOCKETS_NO_FUNCTION);
}

}  // namespace

int main() {
  TrustsRoots();
  RefusesAllElse();
  Revokes();
  Listens();
  StandsOthers();
  RefusesOtherLibraries();
  return check::Done();
}
