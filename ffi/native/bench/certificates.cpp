#include <array>
#include <iomanip>
#include <vector>

#include "crypto.h"
#include "steamnetworkingsockets/clientlib/csteamnetworkingsockets.h"
#include "steamnetworkingsockets/steamnetworkingsockets_certstore.h"
#include "suites.h"

namespace bench {

namespace {

constexpr size_t kMostBytes = 4096;

using Blob = std::array<char, kMostBytes>;

}  // namespace

void Request(const Network &network, const Command &command) {
  SteamNetworkingErrMsg error{};
  {
    // The store has no lock of its own.
    const SteamNetworkingSocketsLib::SteamNetworkingGlobalLock lock("Request");
    if (!SteamNetworkingSocketsLib::CertStore_AddCertFromBase64(std::string(command.Text("root")).c_str(), error)) {
      Fail(error);
    }
  }
  SteamNetworkingIdentity identity;
  if (!identity.ParseString(std::string(command.Text("identity")).c_str())) {
    Fail("The native program cannot be whom it is told to be");
  }
  network.Sockets()->ResetIdentity(&identity);

  Blob blob{};
  int bytes = blob.size();
  if (!SteamAPI_ISteamNetworkingSockets_GetCertificateRequest(network.Sockets(), &bytes, blob.data(), error)) {
    Fail(error);
  }
  std::array<char, 2 * kMostBytes> text{};
  uint32_t length = text.size();
  (void)CCrypto::Base64Encode(blob.data(), static_cast<size_t>(bytes), text.data(), &length, nullptr);
  Answer().With("request", std::quoted(text.data()));
}

void Certify(Network &network, const Command &command) {
  const std::string_view text = command.Text("certificate");
  Blob blob{};
  uint32_t bytes = blob.size();
  SteamNetworkingErrMsg error = "The native program cannot read its certificate";
  if (!CCrypto::Base64Decode(text.data(), text.size(), blob.data(), &bytes, false) ||
      !SteamAPI_ISteamNetworkingSockets_SetCertificate(network.Sockets(), blob.data(), static_cast<int>(bytes),
                                                       error)) {
    Fail(error);
  }
  network.RequireCertificates();
  Answer().With("done", true);
}

}  // namespace bench
