# How every target of Weir is built: language, warnings, precompiled headers, and the functions that declare
#   weir_library      a part of a room
#   weir_program      an executable that people start; lands in the root of the build folder
#   weir_test         a GoogleTest program
#   weir_fuzz_target  a decoder under libFuzzer, and the replay of its corpus as a test

option(WEIR_TESTS "Build the tests" ON)
option(WEIR_BENCH "Build the benchmarks" OFF)
option(WEIR_FUZZ "Build the fuzz targets (clang)" OFF)
set(WEIR_SANITIZE "" CACHE STRING "address,undefined or thread")

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS ON)  # __int128
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE OFF)
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -g1")  # checks stay on: no NDEBUG
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE})
endif()

find_package(Threads REQUIRED)

add_library(weir_options INTERFACE)
target_include_directories(weir_options INTERFACE ${PROJECT_SOURCE_DIR})
target_link_libraries(weir_options INTERFACE Threads::Threads)
target_compile_definitions(weir_options INTERFACE $<$<CONFIG:Debug>:WEIR_DEBUG>)
target_compile_options(weir_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion
                       -Wnon-virtual-dtor -Woverloaded-virtual -Werror -fno-omit-frame-pointer)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # GCC 12 reports these inside the standard library and Asio once it optimises, where they are not true.
  target_compile_options(weir_options INTERFACE -fpch-preprocess -Wno-restrict -Wno-stringop-overflow
                         -Wno-maybe-uninitialized -Wno-array-bounds -Wno-stringop-overread
                         -Wno-mismatched-new-delete -Wno-pedantic)
else()
  # Clang sees through to what libstdc++ 12's own stable_sort uses.
  target_compile_options(weir_options INTERFACE -Wno-gnu-zero-variadic-macro-arguments -Wno-pedantic
                         -Wno-deprecated-declarations)
endif()
# What makes a fault of memory hard to use (reliability R25); tests/deploy/test_hardened.py reads it off the program.
if(CMAKE_BUILD_TYPE STREQUAL "Release" AND NOT WEIR_SANITIZE)
  target_compile_options(weir_options INTERFACE -fPIE -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -fstack-protector-strong
                         -fstack-clash-protection)
  target_link_options(weir_options INTERFACE -pie -Wl,-z,relro,-z,now,-z,noexecstack)
  if(CMAKE_SYSTEM_PROCESSOR STREQUAL "x86_64")
    target_compile_options(weir_options INTERFACE -fcf-protection)
  endif()
endif()
if(WEIR_SANITIZE)
  target_compile_options(weir_options INTERFACE -fsanitize=${WEIR_SANITIZE} -fno-sanitize-recover=all)
  target_link_options(weir_options INTERFACE -fsanitize=${WEIR_SANITIZE})
endif()
if(WEIR_SANITIZE STREQUAL "thread" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(weir_options INTERFACE -Wno-tsan)  # fences inside Boost, which gcc's sanitizer cannot follow
endif()

# The standard headers that nearly every file uses, compiled once.
add_library(weir_pch STATIC ${PROJECT_SOURCE_DIR}/deploy/cmake/pch.cpp)
target_link_libraries(weir_pch PUBLIC weir_options)
target_precompile_headers(weir_pch PRIVATE <algorithm> <array> <atomic> <charconv> <chrono> <condition_variable> <cstdint>
                          <cstring> <deque> <functional> <map> <memory> <mutex> <optional> <set> <span> <string>
                          <string_view> <thread> <unordered_map> <utility> <variant> <vector>)

# weir_library(NAME SOURCES … [USES …] [DOORS …]): a part of a room. USES are parts that its headers include (public);
# DOORS are outside libraries that only its .cpp files include (private).
function(weir_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;USES;DOORS" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_link_libraries(${name} PUBLIC weir_options ${ARG_USES} PRIVATE ${ARG_DOORS})
  target_precompile_headers(${name} REUSE_FROM weir_pch)
endfunction()

# weir_program(NAME SOURCES … [USES …] [DOORS …]): `weir` itself becomes build/release/weir in this way.
function(weir_program name)
  cmake_parse_arguments(ARG "" "" "SOURCES;USES;DOORS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE weir_options ${ARG_USES} ${ARG_DOORS})
  target_precompile_headers(${name} REUSE_FROM weir_pch)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR})
endfunction()

# weir_register_test(NAME COMMAND…): one program of `make test`, with what the sanitizers must know of our libraries.
function(weir_register_test name)
  add_test(NAME ${name} COMMAND ${ARGN})
  if(WEIR_SANITIZE STREQUAL "thread")
    set_tests_properties(${name} PROPERTIES ENVIRONMENT
                         "TSAN_OPTIONS=suppressions=${PROJECT_SOURCE_DIR}/tests/support/tsan.supp")
  endif()
endfunction()

# weir_test(NAME SOURCES … USES …): one GoogleTest program, run as a whole by ctest.
function(weir_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;USES" ${ARGN})
  find_package(GTest REQUIRED)
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE weir_options ${ARG_USES} GTest::gmock_main)
  target_precompile_headers(${name} REUSE_FROM weir_pch)
  target_compile_definitions(${name} PRIVATE WEIR_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  weir_register_test(${name} ${name})
endfunction()

if(WEIR_FUZZ)
  add_custom_target(fuzzers)
endif()

# weir_fuzz_target(NAME SOURCES … USES …): SOURCES define LLVMFuzzerTestOneInput. With WEIR_FUZZ the target is
# build/fuzz/fuzz/NAME, which `make fuzz` runs. Otherwise it is NAME_replay, a test which feeds it every file of
# tests/fuzz/corpus/NAME once: an input that ever broke the decoder is added there and never forgotten.
function(weir_fuzz_target name)
  cmake_parse_arguments(ARG "" "" "SOURCES;USES" ${ARGN})
  if(WEIR_FUZZ)
    add_executable(${name} ${ARG_SOURCES})
    target_link_libraries(${name} PRIVATE weir_options ${ARG_USES})
    target_link_options(${name} PRIVATE -fsanitize=fuzzer)
    set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/fuzz)
    add_dependencies(fuzzers ${name})
  else()
    add_executable(${name}_replay ${ARG_SOURCES})
    target_link_libraries(${name}_replay PRIVATE weir_options fuzz_replay ${ARG_USES})
    weir_register_test(${name}_replay ${name}_replay ${PROJECT_SOURCE_DIR}/tests/fuzz/corpus/${name})
  endif()
endfunction()
