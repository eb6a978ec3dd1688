# Answers find_package(OpenSSL) with AWS-LC's libcrypto, which is built here.
if(NOT TARGET OpenSSL::Crypto)
  add_library(OpenSSL::Crypto ALIAS crypto)
endif()
get_target_property(OPENSSL_INCLUDE_DIR crypto INTERFACE_INCLUDE_DIRECTORIES)
set(OpenSSL_FOUND TRUE)
