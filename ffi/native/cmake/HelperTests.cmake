# test/NAME.cpp (or NAME_test.cpp) becomes helper_test_NAME, and helper_test_NAME_<sanitizer> for each sanitizer, with
# the real library inside. Only the helper and the tests are instrumented: GameNetworkingSockets is compiled once.
file(GLOB test_sources CONFIGURE_DEPENDS test/*.cpp)
add_custom_target(helper_tests)

# Recursive mutexes of GameNetworkingSockets look like lock-order inversions; containers that cross between instrumented
# and other code look like overflows.
set(environment
  TSAN_OPTIONS=detect_deadlocks=0:halt_on_error=1
  ASAN_OPTIONS=detect_container_overflow=0)

foreach(sanitizer plain ${STEAM_SOCKETS_SANITIZERS})
  set(helper helper)
  set(suffix "")
  if(NOT sanitizer STREQUAL "plain")
    set(helper helper_${sanitizer})
    set(suffix _${sanitizer})
    add_library(${helper} OBJECT EXCLUDE_FROM_ALL ${helper_sources})
    compile_as_helper(${helper})
    sanitize(${helper} ${sanitizer})
  endif()

  foreach(source IN LISTS test_sources)
    cmake_path(GET source STEM name)
    string(REGEX REPLACE "_test$" "" name ${name})
    set(test helper_test_${name}${suffix})
    add_executable(${test} EXCLUDE_FROM_ALL
      ${source} $<TARGET_OBJECTS:${helper}> $<TARGET_OBJECTS:GameNetworkingSockets_s>)
    compile_as_helper(${test})
    target_link_libraries(${test} PRIVATE ${gns_libraries})
    if(NOT sanitizer STREQUAL "plain")
      sanitize(${test} ${sanitizer})
    endif()
    add_dependencies(helper_tests ${test})
    add_test(NAME ${test} COMMAND ${test})
    set_tests_properties(${test} PROPERTIES TIMEOUT 120 ENVIRONMENT "${environment}")
  endforeach()
endforeach()
