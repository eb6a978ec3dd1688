# The static libraries that go into ours. Their own CMake projects are used as they are; no source is patched.

set(CMAKE_POLICY_DEFAULT_CMP0077 NEW) # their option() must not undo what is set here
set(CMAKE_SKIP_INSTALL_RULES ON)      # nothing of theirs is installed, and GameNetworkingSockets' export would fail
set(BUILD_SHARED_LIBS OFF)

add_compile_options(
  -ffunction-sections -fdata-sections -fvisibility=hidden
  $<$<COMPILE_LANGUAGE:CXX>:-fvisibility-inlines-hidden>)
foreach(folder gns_folder protobuf_folder aws_lc_folder)
  add_compile_options(-ffile-prefix-map=${${folder}}/=)
endforeach()

# ---- protobuf: the library only ---------------------------------------------------------------------------------------

set(protobuf_BUILD_TESTS OFF)
set(protobuf_BUILD_PROTOC_BINARIES OFF)
set(protobuf_INSTALL OFF)
set(protobuf_WITH_ZLIB OFF)
add_subdirectory(${protobuf_folder} protobuf EXCLUDE_FROM_ALL)

# GameNetworkingSockets needs less than half of it. The link would tell if something were missing (-z defs).
set(well_known_types any api duration empty field_mask source_context struct timestamp type wrappers)
list(JOIN well_known_types "|" well_known_types)
get_target_property(protobuf_sources libprotobuf SOURCES)
list(FILTER protobuf_sources EXCLUDE REGEX "/google/protobuf/(compiler|util)/")
list(FILTER protobuf_sources EXCLUDE REGEX "/google/protobuf/(${well_known_types})\\.pb\\.cc$")
set_property(TARGET libprotobuf PROPERTY SOURCES ${protobuf_sources})

# ---- AWS-LC: libcrypto only ---------------------------------------------------------------------------------------------

# Windows has a library of its own for that.
if(NOT WIN32)
  set(BUILD_TESTING OFF)
  set(BUILD_LIBSSL OFF)
  set(BUILD_TOOL OFF)
  set(DISABLE_GO ON)
  set(DISABLE_PERL ON)
  set(ENABLE_SOURCE_MODIFICATION OFF)
  # Randomness then comes from the kernel and the processor, as in OpenSSL, without CPU jitter measured besides: that
  # costs every start of a process and every thread time, and is meant for validated modules.
  set(DISABLE_CPU_JITTER_ENTROPY ON)
  add_subdirectory(${aws_lc_folder} aws-lc EXCLUDE_FROM_ALL)
endif()

# ---- GameNetworkingSockets ------------------------------------------------------------------------------------------------

# Its find_package calls are answered by OpenSSLConfig.cmake and ProtobufConfig.cmake, never by what the system has.
set(CMAKE_FIND_PACKAGE_PREFER_CONFIG ON)
set(OpenSSL_DIR ${CMAKE_CURRENT_LIST_DIR})
set(Protobuf_DIR ${CMAKE_CURRENT_LIST_DIR})
set(OPENSSL_NEW_ENOUGH TRUE CACHE INTERNAL "Its check would link a library that is not built yet")
if(WIN32)
  set(gns_crypto BCrypt)
else()
  set(gns_crypto OpenSSL)
endif()
set(USE_CRYPTO ${gns_crypto} CACHE STRING "" FORCE) # its own set(CACHE) would win over a plain variable
set(BUILD_SHARED_LIB OFF)
set(BUILD_STATIC_LIB ON)
set(Protobuf_USE_STATIC_LIBS ON)
add_subdirectory(${gns_folder} gns EXCLUDE_FROM_ALL)

# Lets roots that are added at run time be trusted, not only the one that is compiled in.
target_compile_definitions(GameNetworkingSockets_s PRIVATE STEAMNETWORKINGSOCKETS_ALLOW_DYNAMIC_SELFSIGNED_CERTS)
# By default its locks check that they are held, and for how long. They ask the thread's storage for that, which in a
# library that is loaded late costs a call each time: three tenths of all that a message costs.
target_compile_definitions(GameNetworkingSockets_s PRIVATE STEAMNETWORKINGSOCKETS_LOCK_DEBUG_LEVEL=0)
set_property(SOURCE ${gns_folder}/src/common/opensslwrapper.cpp TARGET_DIRECTORY GameNetworkingSockets_s
  PROPERTY COMPILE_OPTIONS -include ${CMAKE_CURRENT_SOURCE_DIR}/src/aws_lc_version.h -Wno-deprecated-declarations)
