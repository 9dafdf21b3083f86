#include <string>
#include <string_view>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "gateway/fuzz/fuzz.h"
#include "gateway/fuzz/wire.h"

namespace clientele::gateway::fuzz {
namespace {

namespace http = boost::beast::http;

// What was answered is a row of responses; of the last one something may be missing.
void CheckAnswers(std::string_view bytes, int requests) {
  int answers = 0;
  while (!bytes.empty()) {
    http::response_parser<http::string_body> parser;
    parser.eager(true);
    boost::system::error_code error;
    const size_t used = parser.put(boost::asio::buffer(bytes.data(), bytes.size()), error);
    if (error == http::error::need_more) return;
    Require(!error, "answers are HTTP responses");
    Require(parser.get().count("x-always") <= 1, "fields are written once");
    if (parser.get().result_int() >= 200) ++answers;
    Require(used > 0, "a response has bytes");
    bytes.remove_prefix(used);
  }
  // One more is the refusal of what was no request.
  Require(answers <= requests + 1, "no more answers than requests");
}

}  // namespace

void Http1(std::string_view bytes) {
  std::string whole;
  int opened = 0;
  for (const size_t piece : {size_t{1} << 20, size_t{7}}) {
    EchoDoor door;
    const std::string answer = Talk(door, bytes, piece);
    if (bytes.starts_with("PRI * HTTP/2.0")) continue;  // HTTP/2: see http2.cc.
    if (!door.heads()) CheckAnswers(answer, door.opened());
    if (bytes.size() > 2000) return;
    if (piece == 7) {
      // Of what is no request Beast may want to see more before it says so, when it comes in pieces.
      const bool refused = door.opened() == 0 && (answer.empty() || answer.starts_with("HTTP/1.1 400"));
      Require(door.opened() == opened && (refused || answer.substr(0, 12) == whole.substr(0, 12)),
              "how bytes are cut into packets does not matter");
    }
    whole = answer;
    opened = door.opened();
  }
}

}  // namespace clientele::gateway::fuzz
