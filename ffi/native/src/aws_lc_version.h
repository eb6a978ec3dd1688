// Included ahead of GameNetworkingSockets' opensslwrapper.cpp and nothing else. AWS-LC calls itself OpenSSL 1.1.1, for
// which that file installs a random generator of its own through a struct that AWS-LC shapes differently. From 3.0 on
// it does not.
#pragma once

#include <openssl/crypto.h>

#undef OPENSSL_VERSION_NUMBER
#define OPENSSL_VERSION_NUMBER 0x30000000L
