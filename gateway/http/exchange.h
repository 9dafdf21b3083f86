#ifndef GATEWAY_HTTP_EXCHANGE_H_
#define GATEWAY_HTTP_EXCHANGE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/asio/io_context.hpp>

#include "absl/time/time.h"

// What HTTP/1.1 and HTTP/2 have in common, so that codecs need not know which it is. An exchange is one
// request with its answer; all of it happens on the loop of its connection.
namespace clientele::gateway {

// Names in lower case.
using HttpFields = std::vector<std::pair<std::string, std::string>>;

struct HttpRequest {
  std::string verb;
  std::string path;   // As it came, without the query.
  std::string query;  // Without the question mark.
  HttpFields fields;
  bool http2 = false;
  bool has_body = false;
  std::optional<uint64_t> body_size;

  // The first field of that name; empty when there is none.
  std::string_view Get(std::string_view name) const {
    for (const auto& [key, value] : fields) {
      if (key == name) return value;
    }
    return {};
  }
};

// Where the answer goes. Either Respond(), or Start(), any number of Write()s, and End().
class HttpAnswer {
 public:
  // Fields that the answer will have, whoever gives it. Before any of the following.
  void Always(HttpFields fields) { always_ = std::move(fields); }
  virtual void Respond(int status, HttpFields fields, std::string body) = 0;
  virtual void Start(int status, HttpFields fields) = 0;
  virtual void Write(std::string bytes) = 0;
  virtual void End(HttpFields trailers) = 0;
  // What was written and is still here. A codec stops writing above kHighWater and is told when it may go on.
  virtual size_t unsent() const = 0;
  // The codec has dealt with so many bytes of the body; as many more may come.
  virtual void Consumed(size_t bytes) = 0;
  virtual boost::asio::io_context& loop() = 0;

  static constexpr size_t kHighWater = 64 << 10;

 protected:
  ~HttpAnswer() = default;
  HttpFields always_;
};

// The codec's side. Destroyed when the exchange is over, also when the peer has gone: then nothing more can
// be sent.
class HttpHandler {
 public:
  virtual ~HttpHandler() = default;
  virtual void OnBody(std::string_view bytes) = 0;
  virtual void OnBodyEnd() = 0;
  virtual void OnSent() {}                    // unsent() has fallen below kHighWater.
  virtual void OnTick(absl::Time /*now*/) {}  // About once a second.
};

// Gives each request its handler.
class HttpFrontDoor {
 public:
  virtual ~HttpFrontDoor() = default;
  // May answer at once. `answer` lives as long as the handler.
  virtual std::unique_ptr<HttpHandler> Open(HttpRequest request, HttpAnswer& answer) = 0;
};

}  // namespace clientele::gateway

#endif  // GATEWAY_HTTP_EXCHANGE_H_
