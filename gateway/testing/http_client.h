#ifndef GATEWAY_TESTING_HTTP_CLIENT_H_
#define GATEWAY_TESTING_HTTP_CLIENT_H_

#include <sys/socket.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

namespace clientele::gateway::testing {

struct HttpResponse {
  int status = 0;
  std::string body;
  boost::beast::http::fields fields;
  // All values of the field, as RFC 9110 joins them; empty when there is none.
  std::string field(std::string_view name) const {
    std::string joined;
    const auto [first, last] = fields.equal_range({name.data(), name.size()});
    for (auto it = first; it != last; ++it) {
      if (it != first) joined += ", ";
      joined.append(it->value().data(), it->value().size());
    }
    return joined;
  }
};

// A blocking connection to the gateway, for well-formed requests and for any other bytes. Gives up after 20
// s.
class HttpClient {
 public:
  explicit HttpClient(int port) : socket_(context_) {
    namespace ip = boost::asio::ip;
    socket_.connect({ip::address_v4::loopback(), static_cast<uint16_t>(port)});
    const timeval limit = {20, 0};
    setsockopt(socket_.native_handle(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  }

  HttpResponse Request(const std::string& verb, const std::string& target,
                       const std::vector<std::pair<std::string, std::string>>& fields = {},
                       std::string body = {}) {
    namespace http = boost::beast::http;
    std::string head = verb + " " + target + " HTTP/1.1\r\nhost: test\r\n";
    for (const auto& [name, value] : fields) head += name + ": " + value + "\r\n";
    if (!body.empty()) head += "content-length: " + std::to_string(body.size()) + "\r\n";
    Send(head + "\r\n" + body);
    return ReadResponse();
  }
  HttpResponse ReadResponse() {
    namespace http = boost::beast::http;
    http::response_parser<http::string_body> parser;
    parser.body_limit(64 << 20);
    boost::system::error_code error;
    http::read(socket_, buffer_, parser, error);
    HttpResponse response;
    if (error && error != http::error::end_of_stream) response.body = error.message();
    if (!parser.is_header_done()) return response;
    response.status = static_cast<int>(parser.get().result_int());
    response.body = parser.get().body();
    response.fields = parser.get().base();
    return response;
  }

  void Send(std::string_view bytes) {
    boost::system::error_code ignored;
    boost::asio::write(socket_, boost::asio::buffer(bytes.data(), bytes.size()), ignored);
  }
  // What comes until and with `end`; less when the connection ends before.
  std::string ReadUntil(const std::string& end) {
    boost::system::error_code error;
    const size_t size = boost::asio::read_until(socket_, boost::asio::dynamic_buffer(text_), end, error);
    std::string result = text_.substr(0, error ? text_.size() : size);
    text_.erase(0, result.size());
    return result;
  }
  // What there is, or what comes next; empty at the end.
  std::string ReadSome() {
    char bytes[4096];
    boost::system::error_code error;
    const size_t size = socket_.read_some(boost::asio::buffer(bytes), error);
    return error ? std::string() : std::string(bytes, size);
  }
  std::string ReadToEnd() {
    boost::system::error_code error;
    std::string result;
    boost::asio::read(socket_, boost::asio::dynamic_buffer(result), error);
    return std::exchange(text_, {}) + result;
  }
  void Close() { socket_.close(); }
  // Nothing more comes from here; answers still arrive.
  void CloseSending() {
    boost::system::error_code ignored;
    socket_.shutdown(boost::asio::ip::tcp::socket::shutdown_send, ignored);
  }

 private:
  boost::asio::io_context context_;
  boost::asio::ip::tcp::socket socket_;
  boost::beast::flat_buffer buffer_;
  std::string text_;
};

}  // namespace clientele::gateway::testing

#endif  // GATEWAY_TESTING_HTTP_CLIENT_H_
