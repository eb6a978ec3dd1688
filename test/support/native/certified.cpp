// Stands before GameNetworkingSockets and takes a certificate for good that the library, which trusts nobody but Valve,
// would refuse. All else is the library's own.
#include <cstdint>
#include <cstring>

namespace {

struct Status {
  int32_t available;
  char message[256];
};

Status status = {-102, "no certificate"};

}  // namespace

extern "C" {

__attribute__((visibility("default"))) bool SteamAPI_ISteamNetworkingSockets_SetCertificate(void *, const char *first,
                                                                                            int, char *) {
  status.available = *first == '+' ? 100 : -101;
  std::strcpy(status.message, *first == '+' ? "OK" : "a bad one");
  return *first == '+';
}

__attribute__((visibility("default"))) int32_t SteamAPI_ISteamNetworkingSockets_GetAuthenticationStatus(void *,
                                                                                                        Status *into) {
  if (into != nullptr) {
    *into = status;
  }
  return status.available;
}

}
