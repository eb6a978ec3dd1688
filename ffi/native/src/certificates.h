// The certificate store of the GameNetworkingSockets that is built in: which keys are trusted to sign certificates, and
// which are revoked. One for the process, shared by all that is opened in it; it has no lock of its own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace steam_sockets {

// Takes a signed certificate of an authority into the store, if it is trusted: self-signed, or signed by a key that is
// trusted already. Else false, with the reason in `error` (1,024 bytes), and nothing is changed.
bool TrustCertificate(const void *certificate, size_t bytes, char *error);

// Revokes a key, for good: it stays so when it is trusted again.
void RevokeKey(uint64_t key);

// Whether an identity, as text, was revoked. Call it with the library's lock held.
bool IsIdentityRevoked(const std::string &identity);

// Whether a key is trusted now. Else false, with the reason in `error` (1,024 bytes).
bool IsKeyTrusted(uint64_t key, char *error);

// Empties the store: nobody is trusted, and nothing is revoked.
void ForgetCertificates();

}  // namespace steam_sockets
