// Included ahead of all that AWS-LC has in C, on macOS: what it exports would be exported by us, for Zig's linker there
// has no list of exports.
#pragma once

#include <openssl/base.h>

#undef OPENSSL_EXPORT
#define OPENSSL_EXPORT
