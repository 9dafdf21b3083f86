# Compiler, linker and packages: everything that all targets share.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")

find_program(CCACHE ccache)
if(CCACHE)
  # Relative paths and these sloppiness flags let one cache serve every checkout and the precompiled headers; with the
  # inode cache those, 200 MB each, are not read again for every file.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1 CCACHE_INODECACHE=1
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${CCACHE})
  if(CMAKE_CXX_COMPILER_ID STREQUAL Clang)
    add_compile_options("SHELL:-Xclang -fno-pch-timestamp")
  else()
    add_compile_options(-fpch-preprocess)
  endif()
endif()
find_program(MOLD mold)
if(MOLD)
  add_link_options(-fuse-ld=mold)
endif()

# Fuzzing is Clang's: see the preset `fuzz`.
option(CLIENTELE_FUZZ "Build the libFuzzer programs" OFF)
set(CLIENTELE_SANITIZE "" CACHE STRING "Sanitizers to build with, as for -fsanitize=")
set(CLIENTELE_TEST_TIMEOUT 300)
if(CLIENTELE_SANITIZE)
  set(CLIENTELE_TEST_TIMEOUT 1800)
  add_compile_options(-fsanitize=${CLIENTELE_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${CLIENTELE_SANITIZE})
endif()
if(CLIENTELE_SANITIZE STREQUAL thread)
  # Protobuf's headers give a map two more members under this sanitizer, which Debian's library knows nothing of.
  add_compile_options(-U__SANITIZE_THREAD__)
  # Fences are not modelled, GCC warns; there are some in Boost.Asio's headers and in Abseil's of flags, none in ours.
  add_compile_options(-Wno-tsan)
endif()
if(CLIENTELE_FUZZ)
  # These compare types with what Debian's libraries, which are not instrumented, do not tell.
  add_compile_options(-fno-sanitize=vptr,function)
endif()

set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)
find_package(absl REQUIRED)
find_package(Protobuf REQUIRED)
find_package(gRPC CONFIG REQUIRED)
find_package(prometheus-cpp CONFIG REQUIRED)
find_package(GTest REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(CLI11 REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(Boost 1.74 REQUIRED)
find_package(ZLIB REQUIRED)
find_package(CURL REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(nghttp2 REQUIRED IMPORTED_TARGET libnghttp2)
pkg_check_modules(cjose REQUIRED IMPORTED_TARGET cjose)
find_package(NLopt REQUIRED)
find_package(Eigen3 REQUIRED)
find_package(benchmark REQUIRED)
# libcsv has neither a CMake nor a pkg-config file.
find_library(CSV_LIBRARY csv REQUIRED)
add_library(csv::csv UNKNOWN IMPORTED)
set_target_properties(csv::csv PROPERTIES IMPORTED_LOCATION ${CSV_LIBRARY})
pkg_check_modules(utf8proc REQUIRED IMPORTED_TARGET libutf8proc)

if(CLIENTELE_SANITIZE STREQUAL thread)
  # First in every program, before the library whose functions it wraps.
  add_library(tsan_libraries SHARED ${CMAKE_SOURCE_DIR}/tests/tsan_libraries.cc)
  link_libraries(tsan_libraries)
endif()

# Warnings are errors in our own code; generated code is compiled as it comes. They are GCC's: Clang, which builds the
# fuzzers, warns of other things, and clang-tidy says which of them matter.
add_library(clientele_warnings INTERFACE)
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
  target_compile_options(clientele_warnings INTERFACE -Wall -Wextra -Wpedantic -Wshadow=local -Wnon-virtual-dtor
                         -Wno-missing-field-initializers
                         # Not where a user builds what ./run starts: another GCC 12's optimizer may warn of more.
                         $<$<NOT:$<CONFIG:Release>>:-Werror>
                         # GCC 12 sees these in std::variant, std::string's operator+ and moved strings at -O2 where there
                         # is nothing (GCC bugs 105593, 105651 and their kin); the sanitizers look for the real ones.
                         -Wno-maybe-uninitialized -Wno-restrict -Wno-array-bounds)
endif()
