# Fetches the pinned crates of sources/ and finds where cargo keeps them: <name>_folder for each.
find_program(CARGO cargo REQUIRED DOC "Fetches the sources of the dependencies")
set(manifest ${CMAKE_CURRENT_SOURCE_DIR}/sources/Cargo.toml)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${manifest} ${CMAKE_CURRENT_SOURCE_DIR}/sources/Cargo.lock)

message(STATUS "Fetching the sources of GameNetworkingSockets, protobuf and AWS-LC")
execute_process(
  COMMAND ${CARGO} fetch --locked --manifest-path ${manifest}
  RESULT_VARIABLE failed)
if(failed)
  message(FATAL_ERROR "cargo could not fetch the sources (see above)")
endif()
execute_process(
  COMMAND ${CARGO} metadata --locked --offline --format-version 1 --manifest-path ${manifest}
  OUTPUT_VARIABLE metadata ERROR_VARIABLE errors RESULT_VARIABLE failed)
if(failed)
  message(FATAL_ERROR "cargo could not tell where the sources lie:\n${errors}")
endif()

function(find_crate crate inner_folder result)
  if(NOT metadata MATCHES "\"manifest_path\":\"([^\"]*/${crate}-[0-9][^\"/]*)/Cargo\\.toml\"")
    message(FATAL_ERROR "cargo does not know the crate ${crate}")
  endif()
  set(${result} ${CMAKE_MATCH_1}/${inner_folder} PARENT_SCOPE)
endfunction()

find_crate(game-networking-sockets-sys thirdparty/GameNetworkingSockets gns_folder)
find_crate(protobuf-src protobuf protobuf_folder)
find_crate(aws-lc-sys aws-lc aws_lc_folder)
