#ifndef GATEWAY_HTTP_HTTP2_STREAM_H_
#define GATEWAY_HTTP_HTTP2_STREAM_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include <nghttp2/nghttp2.h>

#include "gateway/http/exchange.h"

namespace clientele::gateway {

// One exchange on an HTTP/2 connection.
class Http2Stream final : public HttpAnswer {
 public:
  // `flush` makes the connection send what the session has, soon.
  Http2Stream(nghttp2_session* session, int32_t id, boost::asio::io_context& loop,
              std::function<void()> flush)
      : session_(session), id_(id), loop_(loop), flush_(std::move(flush)) {}

  // A field of the request's header. False when it is too long as a whole.
  bool AddField(std::string_view name, std::string_view value, size_t max_header_bytes);
  HttpRequest TakeRequest(bool has_body);

  void Respond(int status, HttpFields fields, std::string body) override;
  void Start(int status, HttpFields fields) override;
  void Write(std::string bytes) override;
  void End(HttpFields trailers) override;
  size_t unsent() const override { return output_.size() - sent_; }
  size_t held() const { return output_.capacity(); }  // Bytes of memory.
  void Consumed(size_t bytes) override;
  boost::asio::io_context& loop() override { return loop_; }

  // nghttp2 takes up to `size` bytes of the answer.
  ssize_t Take(uint8_t* buffer, size_t size, uint32_t* flags);

  // Since when the peer has not taken what is there for it; InfiniteFuture when there is nothing.
  absl::Time stalled_since() const { return stalled_since_; }

  std::unique_ptr<HttpHandler> handler;
  bool body_done = false;
  bool too_long = false;

 private:
  void Submit(int status, const HttpFields& fields, bool has_data);

  nghttp2_session* session_;
  const int32_t id_;
  boost::asio::io_context& loop_;
  const std::function<void()> flush_;
  HttpRequest request_;
  size_t header_bytes_ = 0;
  std::string output_;
  size_t sent_ = 0;
  HttpFields trailers_;
  absl::Time stalled_since_ = absl::InfiniteFuture();
  bool head_ = false;  // The answer has no body: HEAD.
  bool ended_ = false;
  bool deferred_ = false;
};

}  // namespace clientele::gateway

#endif  // GATEWAY_HTTP_HTTP2_STREAM_H_
