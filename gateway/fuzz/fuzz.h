#ifndef GATEWAY_FUZZ_FUZZ_H_
#define GATEWAY_FUZZ_FUZZ_H_

#include <string_view>

#include "servicekit/fuzz/fuzz.h"

namespace clientele::gateway::fuzz {

using servicekit::fuzz::Require;

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

inline constexpr servicekit::fuzz::Target kTargets[] = {
    {"http1", Http1}, {"http2", Http2}, {"routes", Routes}, {"json", Json}, {"exchange", Exchange}};

}  // namespace clientele::gateway::fuzz

#endif  // GATEWAY_FUZZ_FUZZ_H_
