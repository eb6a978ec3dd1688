# What steam_sockets_build() tells, as a C string literal that holds one JSON object.
function(build_info_literal result)
  get_directory_property(gns_version DIRECTORY ${gns_folder} DEFINITION GNS_VERSION)
  get_directory_property(protobuf_version DIRECTORY ${protobuf_folder} DEFINITION protobuf_VERSION)
  string(REGEX REPLACE "^([0-9]+\\.[0-9]+\\.[0-9]+)\\.0$" "\\1" protobuf_version "${protobuf_version}")
  file(STRINGS ${aws_lc_folder}/include/openssl/base.h aws_lc_version REGEX "define AWSLC_VERSION_NUMBER_STRING ")
  string(REGEX MATCH "[0-9.]+" aws_lc_version "${aws_lc_version}")

  # As Node and Bun name them.
  string(TOLOWER ${CMAKE_SYSTEM_NAME} system)
  string(REPLACE windows win32 system ${system})
  string(TOLOWER ${CMAKE_SYSTEM_PROCESSOR} processor)
  string(REGEX REPLACE "^(x86_64|amd64)$" x64 processor ${processor})
  string(REGEX REPLACE "^aarch64$" arm64 processor ${processor})

  # GameNetworkingSockets' own definitions, so that this tells what is, not what was meant.
  get_target_property(definitions GameNetworkingSockets_s COMPILE_DEFINITIONS)
  set(own_roots false)
  if("STEAMNETWORKINGSOCKETS_ALLOW_DYNAMIC_SELFSIGNED_CERTS" IN_LIST definitions)
    set(own_roots true)
  endif()

  set(aws_lc "awsLc=\"${aws_lc_version}\"")
  if(NOT TARGET crypto)
    set(aws_lc "")
  endif()

  set(info "{}")
  foreach(field
      "gns=\"${gns_version}\"" "protobuf=\"${protobuf_version}\"" ${aws_lc}
      "compiler=\"${CMAKE_CXX_COMPILER_ID} ${CMAKE_CXX_COMPILER_VERSION}\"" "buildType=\"${CMAKE_BUILD_TYPE}\""
      "platform=\"${system}-${processor}\"" "selfSignedRoots=${own_roots}")
    string(REGEX MATCH "^([^=]+)=(.*)$" field "${field}")
    string(JSON info SET "${info}" ${CMAKE_MATCH_1} "${CMAKE_MATCH_2}")
  endforeach()
  string(REGEX REPLACE "\n *" " " info "${info}")
  string(REPLACE "\"" "\\\"" info "${info}")
  set(${result} "\"${info}\"" PARENT_SCOPE)
endfunction()
