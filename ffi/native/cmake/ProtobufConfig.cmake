# Answers find_package(Protobuf) with the libprotobuf that is built here and a protoc of the same version from outside.
find_program(PROTOC protoc REQUIRED DOC "protoc 3.21.5, for the machine that builds")

get_directory_property(Protobuf_VERSION DIRECTORY ${protobuf_folder} DEFINITION protobuf_VERSION)
set(Protobuf_FOUND TRUE)
if(NOT TARGET protobuf::protoc)
  add_executable(protobuf::protoc IMPORTED)
  set_property(TARGET protobuf::protoc PROPERTY IMPORTED_LOCATION ${PROTOC})
endif()

# As CMake's own FindProtobuf has it: protobuf_generate_cpp(<list of sources> <list of headers> <.proto>...)
function(protobuf_generate_cpp sources headers)
  set(output ${CMAKE_CURRENT_BINARY_DIR})
  foreach(proto IN LISTS ARGN)
    cmake_path(ABSOLUTE_PATH proto NORMALIZE)
    cmake_path(GET proto PARENT_PATH folder)
    cmake_path(GET proto STEM name)
    add_custom_command(
      OUTPUT ${output}/${name}.pb.cc ${output}/${name}.pb.h
      COMMAND ${PROTOC} --proto_path=${folder} --cpp_out=${output} ${proto}
      DEPENDS ${proto} ${PROTOC}
      COMMENT "Generating ${name}.pb.cc"
      VERBATIM)
    list(APPEND ${sources} ${output}/${name}.pb.cc)
    list(APPEND ${headers} ${output}/${name}.pb.h)
  endforeach()
  set(${sources} ${${sources}} PARENT_SCOPE)
  set(${headers} ${${headers}} PARENT_SCOPE)
endfunction()
