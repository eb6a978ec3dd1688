# Zig as a cross compiler: -DZIG=<program> -DZIG_TARGET=<architecture>-<system>[-<C library>][.<its version>], as
# x86_64-linux-gnu.2.17.
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES ZIG ZIG_TARGET)

string(REGEX MATCH "^([^-.]+)-([^-.]+)" target "${ZIG_TARGET}")
set(CMAKE_SYSTEM_PROCESSOR ${CMAKE_MATCH_1})
if(CMAKE_MATCH_2 STREQUAL "linux")
  set(CMAKE_SYSTEM_NAME Linux)
elseif(CMAKE_MATCH_2 STREQUAL "windows")
  set(CMAKE_SYSTEM_NAME Windows)
elseif(CMAKE_MATCH_2 STREQUAL "macos")
  set(CMAKE_SYSTEM_NAME Darwin)
else()
  message(FATAL_ERROR "No system for ${ZIG_TARGET}")
endif()

set(CMAKE_C_COMPILER ${ZIG} cc -target ${ZIG_TARGET})
set(CMAKE_CXX_COMPILER ${ZIG} c++ -target ${ZIG_TARGET})
set(CMAKE_ASM_COMPILER ${CMAKE_C_COMPILER})
# Named because CMake asks for one on Windows; nothing here has resources.
set(CMAKE_RC_COMPILER ${ZIG})
foreach(language C CXX ASM)
  set(CMAKE_${language}_ARCHIVE_CREATE "${ZIG} ar qc <TARGET> <LINK_FLAGS> <OBJECTS>")
  set(CMAKE_${language}_ARCHIVE_APPEND "${ZIG} ar q <TARGET> <LINK_FLAGS> <OBJECTS>")
  set(CMAKE_${language}_ARCHIVE_FINISH "${ZIG} ranlib <TARGET>")
endforeach()

# It makes this an error, for the sake of builds that can be repeated. SOURCE_DATE_EPOCH sees to that here.
set(CMAKE_CXX_FLAGS_INIT -Wno-date-time)

# GameNetworkingSockets includes these as Windows' file systems allow, which do not mind the case.
if(CMAKE_SYSTEM_NAME STREQUAL "Windows")
  set(forwards ${CMAKE_BINARY_DIR}/forwards)
  foreach(header Windows.h ShlObj.h)
    string(TOLOWER ${header} real_header)
    file(CONFIGURE OUTPUT ${forwards}/${header} CONTENT "#include <${real_header}>\n")
  endforeach()
  set(CMAKE_C_FLAGS_INIT "-isystem ${forwards}")
  string(APPEND CMAKE_CXX_FLAGS_INIT " -isystem ${forwards}")
endif()

# Each check that links would have zig build its C++ library first.
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE NEVER)
