# One folder, one component:
#
#   clientele_component(customer_store DEPS customer_domain servicekit_mysql TEST_DEPS servicekit_testing)
#
# makes the library `customer_store` from the folder's *.cc files, and, when there are *_test.cc files, the test
# binary `customer_store_test` from them and what they share (*_fixture.cc), linked to this library alone, so that a
# forbidden call fails there.
# SOURCES names the files where a folder holds more than one component. `PURE` marks code that knows nothing of gRPC or
# SQL. DATABASE marks tests that need the engine that ./test starts.

# The heavy headers are compiled once for each kind of target and reused.
file(WRITE ${CMAKE_BINARY_DIR}/pch/empty.cc "")
function(clientele_pch name)
  cmake_parse_arguments(ARG "" "" "HEADERS;DEPS" ${ARGN})
  add_library(${name} OBJECT ${CMAKE_BINARY_DIR}/pch/empty.cc)
  target_link_libraries(${name} PRIVATE clientele_warnings Threads::Threads ${ARG_DEPS})
  target_precompile_headers(${name} PRIVATE ${ARG_HEADERS})
endfunction()

set(pure_headers <algorithm> <array> <chrono> <cstdint> <functional> <map> <memory> <optional> <string>
    <string_view> <utility> <variant> <vector> <absl/container/flat_hash_map.h> <absl/container/flat_hash_set.h>
    <absl/numeric/int128.h> <absl/status/status.h> <absl/status/statusor.h> <absl/strings/str_cat.h>
    <absl/strings/str_format.h> <absl/strings/str_split.h> <absl/time/time.h> <absl/types/span.h>)
set(rpc_headers ${pure_headers} <mutex> <thread> <absl/synchronization/mutex.h> <google/protobuf/message.h>
    <google/protobuf/arena.h> <google/protobuf/generated_message_reflection.h> <google/protobuf/map_field.h>
    <grpcpp/grpcpp.h> <grpcpp/support/server_callback.h> <grpcpp/support/client_callback.h>)
set(absl_libraries absl::base absl::flat_hash_map absl::flat_hash_set absl::int128 absl::status absl::statusor
    absl::strings absl::str_format absl::time absl::span absl::synchronization absl::random_random absl::flags
    absl::flags_parse absl::cord absl::cleanup)
set(rpc_libraries ${absl_libraries} gRPC::grpc++ protobuf::libprotobuf)

clientele_pch(pch_pure HEADERS ${pure_headers} DEPS ${absl_libraries})
clientele_pch(pch_rpc HEADERS ${rpc_headers} DEPS ${rpc_libraries})
clientele_pch(pch_test HEADERS ${rpc_headers} <gmock/gmock.h> <gtest/gtest.h>
              DEPS ${rpc_libraries} GTest::gtest GTest::gmock)

function(clientele_component name)
  cmake_parse_arguments(ARG "PURE;DATABASE" "" "SOURCES;DEPS;TEST_DEPS" ${ARGN})
  set(sources ${ARG_SOURCES})
  if(NOT sources)
    file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cc)
  endif()
  set(tests ${sources})
  list(FILTER sources EXCLUDE REGEX "_(test|fixture)\\.cc$|/main\\.cc$")
  list(FILTER tests INCLUDE REGEX "_(test|fixture)\\.cc$")

  if(ARG_PURE)
    set(libraries ${absl_libraries})
    set(pch pch_pure)
  else()
    set(libraries ${rpc_libraries})
    set(pch pch_rpc)
  endif()
  if(sources)
    add_library(${name} STATIC ${sources})
    target_include_directories(${name} PUBLIC ${CMAKE_SOURCE_DIR})
    target_link_libraries(${name} PUBLIC ${ARG_DEPS} ${libraries} Threads::Threads PRIVATE clientele_warnings)
    target_precompile_headers(${name} REUSE_FROM ${pch})
  else()
    add_library(${name} INTERFACE)
    target_include_directories(${name} INTERFACE ${CMAKE_SOURCE_DIR})
    target_link_libraries(${name} INTERFACE ${ARG_DEPS} ${libraries} Threads::Threads)
  endif()

  if(tests)
    add_executable(${name}_test ${tests})
    target_link_libraries(${name}_test PRIVATE ${name} ${ARG_TEST_DEPS} clientele_warnings ${rpc_libraries}
                          GTest::gtest GTest::gmock GTest::gtest_main)
    target_precompile_headers(${name}_test REUSE_FROM pch_test)
    # Where the sources are: for migrations, mappings, and the data sets beside the project.
    target_compile_definitions(${name}_test PRIVATE CLIENTELE_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
    add_test(NAME ${name} COMMAND ${name}_test)
    set_tests_properties(${name} PROPERTIES TIMEOUT ${CLIENTELE_TEST_TIMEOUT})
    if(ARG_DATABASE)
      set_tests_properties(${name} PROPERTIES LABELS database)
    endif()
  endif()
endfunction()

# clientele_program(customer-svc DEPS customer_rpc …) makes the binary from the folder's main.cc. When the folder has
# migrations, CLIENTELE_MIGRATIONS lists their versions and servicekit's: what the schema must have.
function(clientele_program name)
  cmake_parse_arguments(ARG "" "" "DEPS" ${ARGN})
  add_executable(${name} main.cc)
  file(GLOB migrations CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/migrations/*.sql)
  if(migrations)
    file(GLOB shared_migrations CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/servicekit/*/migrations/*.sql)
    list(APPEND migrations ${shared_migrations})
    list(TRANSFORM migrations REPLACE "^.*/([0-9]+)_[^/]*$" "\\1")
    list(SORT migrations)
    list(JOIN migrations "," versions)
    target_compile_definitions(${name} PRIVATE CLIENTELE_MIGRATIONS="${versions}")
  endif()
  target_link_libraries(${name} PRIVATE ${ARG_DEPS} clientele_warnings ${rpc_libraries})
  target_precompile_headers(${name} REUSE_FROM pch_rpc)
endfunction()

# clientele_fuzzers(gateway_fuzz HEADER gateway/fuzz/fuzz.h NAMESPACE clientele::gateway::fuzz TARGETS Http1 …) makes, with
# the preset `fuzz`, a libFuzzer program `fuzz_http1` of each of the header's functions; `fuzzers` builds them all.
function(clientele_fuzzers component)
  if(NOT CLIENTELE_FUZZ)
    return()
  endif()
  cmake_parse_arguments(ARG "" "HEADER;NAMESPACE" "TARGETS" ${ARGN})
  if(NOT TARGET fuzzers)
    add_custom_target(fuzzers)
  endif()
  foreach(target ${ARG_TARGETS})
    string(REGEX REPLACE "([a-z0-9])([A-Z])" "\\1_\\2" name ${target})
    string(TOLOWER ${name} name)
    add_executable(fuzz_${name} ${CMAKE_SOURCE_DIR}/servicekit/fuzz/fuzzer_main.cc)
    target_compile_definitions(fuzz_${name} PRIVATE CLIENTELE_FUZZ_HEADER="${ARG_HEADER}"
                               CLIENTELE_FUZZ_TARGET=${ARG_NAMESPACE}::${target})
    target_link_libraries(fuzz_${name} PRIVATE ${component})
    target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
    add_dependencies(fuzzers fuzz_${name})
  endforeach()
endfunction()
