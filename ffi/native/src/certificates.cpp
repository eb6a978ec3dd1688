#include "certificates.h"

#include <steam/steamnetworkingsockets.h>
#include <steamnetworkingsockets_messages_certs.pb.h>

#include <cstdio>
#include <ctime>
#include <set>
#include <string>
#include <vector>

#include "crypto.h"
#include "crypto_25519.h"
#include "gns.h"
#include "identity.h"
#include "library.h"
#include "steamnetworkingsockets/clientlib/csteamnetworkingsockets.h"
#include "steamnetworkingsockets/steamnetworkingsockets_certstore.h"

#ifndef STEAMNETWORKINGSOCKETS_ALLOW_DYNAMIC_SELFSIGNED_CERTS
#error "Without this GameNetworkingSockets trusts Valve's root and no other"
#endif

using namespace steam_sockets;

namespace steam_sockets {

namespace {

using namespace SteamNetworkingSocketsLib;

constexpr size_t kErrorBytes = 1024;
constexpr size_t kMostCertificateBytes = 4096;

bool Refuse(char *error, const char *reason) {
  (void)std::snprintf(error, kErrorBytes, "%s", reason);
  return false;
}

// What the library does for others' certificates but not for those that it is told to trust.
bool IsSignedByATrustedKey(const CMsgSteamDatagramCertificateSigned &certificate, std::time_t now,
                           SteamNetworkingErrMsg &error) {
  CMsgSteamDatagramCertificate content;
  if (!content.ParseFromString(certificate.cert())) {
    return Refuse(error, "Its content is no certificate");
  }
  if (static_cast<std::time_t>(content.time_expiry()) < now) {
    return Refuse(error, "It has expired");
  }
  const std::string &key = content.key_data();
  const uint64 key_id = CalculatePublicKeyID_Ed25519(key.data(), key.size());
  if (key_id == 0) {
    return Refuse(error, "It has no public key of 32 bytes");
  }
  if (key_id != certificate.ca_key_id()) {
    return CertStore_CheckCASignature(certificate.cert(), certificate.ca_key_id(), certificate.ca_signature(), now,
                                      error) != nullptr;
  }
  return BCheckSignature(certificate.cert(), content.key_type(), key, certificate.ca_signature(), error);
}

uint64 KeyOf(const CMsgSteamDatagramCertificateSigned &certificate) {
  CMsgSteamDatagramCertificate content;
  (void)content.ParseFromString(certificate.cert());
  return CalculatePublicKeyID_Ed25519(content.key_data().data(), content.key_data().size());
}

// The store takes base64 only.
std::string Base64(const void *bytes, size_t count) {
  uint32 length = CCrypto::Base64EncodeMaxOutput(count, nullptr) + 1;
  std::vector<char> text(length);
  (void)CCrypto::Base64Encode(bytes, static_cast<uint32>(count), text.data(), &length, nullptr);
  return text.data();
}

// As text. One for the process, as the library's store is, and under its lock.
std::set<std::string> &RevokedIdentities() {
  static auto *const identities = new std::set<std::string>;
  return *identities;
}

bool IsTrusted(uint64_t key, SteamNetworkingErrMsg &error) {
  return CertStore_CheckPublicKey(key, std::time(nullptr), error) != nullptr;
}

}  // namespace

bool TrustCertificate(const void *certificate, size_t bytes, char *error) {
  CMsgSteamDatagramCertificateSigned parsed;
  if (bytes == 0 || bytes > kMostCertificateBytes || !parsed.ParseFromArray(certificate, static_cast<int>(bytes))) {
    return Refuse(error, "It is no certificate");
  }
  if (parsed.has_private_key_data()) {
    return Refuse(error, "There is a private key in it");
  }
  const SteamNetworkingGlobalLock lock("TrustCertificate");
  SteamNetworkingErrMsg reason{};
  const bool trusted = IsSignedByATrustedKey(parsed, std::time(nullptr), reason) &&
                       CertStore_AddCertFromBase64(Base64(certificate, bytes).c_str(), reason) &&
                       IsTrusted(KeyOf(parsed), reason);
  return trusted || Refuse(error, reason);
}

void RevokeKey(uint64_t key) {
  const SteamNetworkingGlobalLock lock("RevokeKey");
  CertStore_AddKeyRevocation(key);
}

bool IsKeyTrusted(uint64_t key, char *error) {
  const SteamNetworkingGlobalLock lock("IsKeyTrusted");
  SteamNetworkingErrMsg reason{};
  return IsTrusted(key, reason) || Refuse(error, reason);
}

bool IsIdentityRevoked(const std::string &identity) { return RevokedIdentities().count(identity) != 0; }

void ForgetCertificates() {
  const SteamNetworkingGlobalLock lock("ForgetCertificates");
  CertStore_Reset();
  RevokedIdentities().clear();
}

namespace {

bool RequireCertificates(ISteamNetworkingUtils &utils, HSteamListenSocket socket) {
  for (const auto option :
       {k_ESteamNetworkingConfig_IP_AllowWithoutAuth, k_ESteamNetworkingConfig_IPLocalHost_AllowWithoutAuth}) {
    const int32_t never = 0;
    if (!utils.SetConfigValue(option, k_ESteamNetworkingConfig_ListenSocket, static_cast<intptr_t>(socket),
                              k_ESteamNetworkingConfig_Int32, &never)) {
      return false;
    }
  }
  return true;
}

}  // namespace

}  // namespace steam_sockets

int32_t steam_sockets_trust_certificate(int32_t number, uint32_t epoch, const void *certificate, int32_t bytes,
                                        char *error) {
  int32_t answer = 0;
  if (BuiltInLibrary(number, epoch, answer) == nullptr) {
    return answer;
  }
  if (certificate == nullptr || bytes < 0 || error == nullptr) {
    return STEAM_SOCKETS_BAD_ARGUMENT;
  }
  return TrustCertificate(certificate, static_cast<size_t>(bytes), error) ? 1 : 0;
}

int32_t steam_sockets_revoke_key(int32_t number, uint32_t epoch, uint64_t key) {
  int32_t answer = 0;
  if (BuiltInLibrary(number, epoch, answer) != nullptr) {
    RevokeKey(key);
  }
  return answer;
}

int32_t steam_sockets_revoke_identity(int32_t number, uint32_t epoch, const void *identity) {
  int32_t answer = 0;
  if (BuiltInLibrary(number, epoch, answer) == nullptr) {
    return answer;
  }
  if (identity == nullptr) {
    return STEAM_SOCKETS_BAD_ARGUMENT;
  }
  const std::string text = TextOf(*static_cast<const SteamNetworkingIdentity *>(identity));
  const SteamNetworkingGlobalLock lock("RevokeIdentity");
  RevokedIdentities().insert(text);
  return 0;
}

int32_t steam_sockets_is_key_trusted(int32_t number, uint32_t epoch, uint64_t key, char *error) {
  int32_t answer = 0;
  if (BuiltInLibrary(number, epoch, answer) == nullptr) {
    return answer;
  }
  if (error == nullptr) {
    return STEAM_SOCKETS_BAD_ARGUMENT;
  }
  return IsKeyTrusted(key, error) ? 1 : 0;
}

int32_t steam_sockets_forget_certificates(int32_t number, uint32_t epoch) {
  int32_t answer = 0;
  if (BuiltInLibrary(number, epoch, answer) != nullptr) {
    ForgetCertificates();
  }
  return answer;
}

int32_t steam_sockets_listen_authenticated(int32_t number, uint32_t epoch, const void *address, int32_t options,
                                           const void *option_list, uint32_t *socket) {
  int32_t answer = 0;
  const Library *const library = BuiltInLibrary(number, epoch, answer);
  if (library == nullptr) {
    return answer;
  }
  if (address == nullptr || socket == nullptr || options < 0 || (options > 0 && option_list == nullptr)) {
    return STEAM_SOCKETS_BAD_ARGUMENT;
  }
  const auto *const given = static_cast<const SteamNetworkingConfigValue_t *>(option_list);
  std::vector<SteamNetworkingConfigValue_t> all(given, given + options);
  // The library makes no listen socket that lets nobody in without a certificate, for it knows of no authority.
  all.emplace_back().SetInt32(k_ESteamNetworkingConfig_IP_AllowWithoutAuth, 1);
  auto &sockets = *static_cast<ISteamNetworkingSockets *>(library->sockets);
  auto &utils = *static_cast<ISteamNetworkingUtils *>(library->utils.load());
  // Packets are dealt with under this lock only, so the first of them finds the second setting.
  const SteamNetworkingSocketsLib::SteamNetworkingGlobalLock lock("ListenAuthenticated");
  *socket = sockets.CreateListenSocketIP(*static_cast<const SteamNetworkingIPAddr *>(address),
                                         static_cast<int>(all.size()), all.data());
  if (*socket != k_HSteamListenSocket_Invalid && !RequireCertificates(utils, *socket)) {
    (void)sockets.CloseListenSocket(*socket);
    *socket = k_HSteamListenSocket_Invalid;
  }
  return 0;
}
