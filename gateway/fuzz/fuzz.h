#ifndef GATEWAY_FUZZ_FUZZ_H_
#define GATEWAY_FUZZ_FUZZ_H_

#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string_view>

// What meets bytes from outside, each as a function of any bytes. `./dev fuzz` builds each into a libFuzzer
// program; the test of this folder runs them over the files in corpus/.
namespace clientele::gateway::fuzz {

// One connection to the port: what HTTP/1.1 and the greeting before it make of it.
void Http1(std::string_view bytes);
// What follows HTTP/2's preface and the client's first SETTINGS.
void Http2(std::string_view bytes);
// `VERB target`, then lines with a path template and header fields that have a grammar of their own.
void Routes(std::string_view bytes);
// A method on the first line, then its request as JSON.
void Json(std::string_view bytes);
// A whole request in the form of exchange.cc: gRPC, gRPC-Web, JSON and their streams, to a real service.
void Exchange(std::string_view bytes);

struct Target {
  const char* name;  // And of its folder in corpus/.
  void (*run)(std::string_view bytes);
};
inline constexpr Target kTargets[] = {
    {"http1", Http1}, {"http2", Http2}, {"routes", Routes}, {"json", Json}, {"exchange", Exchange}};

// Ends the process when something does not hold that must hold for all bytes: that is what a fuzzer notices.
inline void Require(bool holds, std::string_view what) {
  if (holds) return;
  std::cerr << "does not hold: " << what << std::endl;
  std::abort();
}

}  // namespace clientele::gateway::fuzz

#endif  // GATEWAY_FUZZ_FUZZ_H_
