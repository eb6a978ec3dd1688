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
