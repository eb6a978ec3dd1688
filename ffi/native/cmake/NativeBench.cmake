# bench/*.cpp becomes native_bench, the program that the benchmarks compare with: the objects of GameNetworkingSockets
# that the library has too, compiled in, and nothing of the helper.
file(GLOB bench_sources CONFIGURE_DEPENDS bench/*.cpp)
if(NOT bench_sources)
  return() # the npm package comes without them
endif()

add_executable(native_bench EXCLUDE_FROM_ALL ${bench_sources} $<TARGET_OBJECTS:GameNetworkingSockets_s>)
compile_as_helper(native_bench)
target_link_libraries(native_bench PRIVATE ${gns_libraries})
target_link_options(native_bench PRIVATE -static-libstdc++ -static-libgcc)

# The library as it is, but with its symbols: what bench/profile.ts looks into.
add_library(steam_sockets_with_symbols SHARED EXCLUDE_FROM_ALL
  $<TARGET_OBJECTS:helper> $<TARGET_OBJECTS:GameNetworkingSockets_s>)
set_target_properties(steam_sockets_with_symbols PROPERTIES PREFIX lib LINKER_LANGUAGE CXX)
target_link_libraries(steam_sockets_with_symbols PRIVATE ${gns_libraries})
get_target_property(link_options steam_sockets LINK_OPTIONS)
list(REMOVE_ITEM link_options "$<$<CONFIG:Release>:-s>")
target_link_options(steam_sockets_with_symbols PRIVATE ${link_options})
