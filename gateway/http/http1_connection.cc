#include "gateway/http/http1_connection.h"

#include <array>
#include <limits>
#include <memory>
#include <optional>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/status.hpp>

#include "absl/strings/ascii.h"
#include "absl/time/clock.h"
#include "servicekit/types/str_cat.h"

namespace clientele::gateway {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;

// Bytes of a body that may wait for the codec.
constexpr size_t kMaxUnconsumed = 256 << 10;

class Http1Connection final : public Connection,
                              public HttpAnswer,
                              public std::enable_shared_from_this<Http1Connection> {
 public:
  Http1Connection(Loop& loop, Socket socket, std::string_view first)
      : loop_(loop), socket_(std::move(socket)) {
    input_.commit(asio::buffer_copy(input_.prepare(first.size()), asio::buffer(first.data(), first.size())));
    time_limit_ = absl::Now() + loop_.limits().header_timeout;
  }

  void ReadRequest() {
    parser_.emplace();
    always_.clear();
    parser_->header_limit(static_cast<uint32_t>(loop_.limits().max_header_bytes));
    parser_->body_limit(std::numeric_limits<uint64_t>::max());  // The codec knows the limit.
    state_ = State::kHeader;
    http::async_read_header(socket_, input_, *parser_,
                            [self = shared_from_this()](const error_code& error, size_t) {
                              if (!self->closed_) self->OnHeader(error);
                            });
  }

  // Connection.
  void Tick(absl::Time now) override;
  void BeginDrain() override {
    keep_alive_ = false;
    if (state_ == State::kHeader && input_.size() == 0) Close();
  }
  void Close() override;

  // HttpAnswer.
  void Respond(int status, HttpFields fields, std::string body) override;
  void Start(int status, HttpFields fields) override;
  void Write(std::string bytes) override;
  void End(HttpFields trailers) override;
  size_t unsent() const override { return output_.size() + sending_.size(); }
  void Consumed(size_t bytes) override {
    unconsumed_ -= std::min(bytes, unconsumed_);
    if (body_paused_ && unconsumed_ < kMaxUnconsumed) {
      body_paused_ = false;
      asio::post(loop_.context(), [self = shared_from_this()] { self->ReadBody(); });
    }
  }
  asio::io_context& loop() override { return loop_.context(); }

 private:
  enum class State { kHeader, kExchange, kLinger };

  void OnHeader(const error_code& error);
  void ReadBody();
  void OnBodyRead(const error_code& error);
  void AppendHead(int status, const HttpFields& fields);
  void SendRefusal(int status, std::string_view message);
  void Send();
  void SendSome();
  void OnSent(const error_code& error);
  void FinishExchange();
  void Linger();

  Loop& loop_;
  Socket socket_;
  beast::flat_buffer input_{64 << 10};
  std::optional<http::request_parser<http::buffer_body>> parser_;
  std::array<char, 16 << 10> chunk_;
  std::unique_ptr<HttpHandler> handler_;
  std::string output_;   // Waits for `sending_` to be gone.
  std::string sending_;  // With the operating system,
  size_t sent_ = 0;      // as far as this.
  State state_ = State::kHeader;
  absl::Time time_limit_ = absl::InfiniteFuture();   // For what the peer has to send.
  absl::Time write_limit_ = absl::InfiniteFuture();  // For what the peer has to take.
  size_t unconsumed_ = 0;
  bool head_ = false;  // The answer has no body: HEAD.
  bool keep_alive_ = true;
  bool http11_ = true;
  bool chunked_ = false;
  bool body_done_ = false;
  bool body_paused_ = false;
  bool reading_body_ = false;
  bool answered_ = false;  // The last byte of the answer has been handed over.
  bool closed_ = false;
};

void Http1Connection::OnHeader(const error_code& error) {
  if (error == http::error::header_limit || error == http::error::buffer_overflow) {
    return SendRefusal(431, "the header is too long");
  }
  if (error.category() == make_error_code(http::error::bad_method).category() &&
      error != http::error::end_of_stream && error != http::error::partial_message) {
    return SendRefusal(400, "not an HTTP request");
  }
  if (error) return Close();

  const auto& message = parser_->get();
  HttpRequest request;
  request.verb = std::string(message.method_string());
  const std::string_view target(message.target().data(), message.target().size());
  const size_t question = target.find('?');
  request.path = target.substr(0, question);
  if (question != std::string_view::npos) request.query = target.substr(question + 1);
  for (const auto& field : message) {
    request.fields.emplace_back(
        absl::AsciiStrToLower(absl::string_view(field.name_string().data(), field.name_string().size())),
        std::string(field.value()));
  }
  http11_ = message.version() >= 11;
  head_ = request.verb == "HEAD";
  keep_alive_ = message.keep_alive() && !loop_.draining();
  if (http11_ && message.count(http::field::host) != 1) return SendRefusal(400, "a request needs one Host");
  request.has_body = !parser_->is_done();
  if (parser_->content_length()) request.body_size = *parser_->content_length();

  state_ = State::kExchange;
  body_done_ = !request.has_body;
  answered_ = chunked_ = body_paused_ = false;
  unconsumed_ = 0;
  const bool expects_continue = beast::iequals(message[http::field::expect], "100-continue");
  const bool has_body = request.has_body;
  time_limit_ = absl::InfiniteFuture();
  handler_ = loop_.door().Open(std::move(request), *this);
  if (has_body && !answered_) {
    if (expects_continue && output_.empty()) {
      output_ = "HTTP/1.1 100 Continue\r\n\r\n";
      Send();
    }
    ReadBody();
  } else if (!has_body && !answered_) {
    handler_->OnBodyEnd();
  }
}

void Http1Connection::ReadBody() {
  if (closed_ || reading_body_ || body_done_ || state_ != State::kExchange) return;
  reading_body_ = true;
  time_limit_ = absl::Now() + loop_.limits().body_timeout;
  parser_->get().body().data = chunk_.data();
  parser_->get().body().size = chunk_.size();
  http::async_read_some(socket_, input_, *parser_,
                        [self = shared_from_this()](const error_code& error, size_t) {
                          self->reading_body_ = false;
                          if (!self->closed_) self->OnBodyRead(error);
                        });
}

void Http1Connection::OnBodyRead(const error_code& error) {
  if (error && error != http::error::need_buffer) {
    // Half a body is no request: there is nobody left to answer, or nothing to say to them that they would
    // hear.
    return Close();
  }
  if (state_ != State::kExchange) return;
  time_limit_ = absl::InfiniteFuture();
  const size_t size = chunk_.size() - parser_->get().body().size;
  body_done_ = parser_->is_done();
  if (answered_) return;  // Nobody is interested in the rest.
  unconsumed_ += size;
  if (size > 0) handler_->OnBody({chunk_.data(), size});
  if (answered_) return;
  if (body_done_) return handler_->OnBodyEnd();
  body_paused_ = unconsumed_ >= kMaxUnconsumed;
  if (!body_paused_) ReadBody();
}

void Http1Connection::AppendHead(int status, const HttpFields& fields) {
  const auto reason = http::obsolete_reason(http::int_to_status(static_cast<unsigned>(status)));
  absl::StrAppend(&output_, http11_ ? "HTTP/1.1 " : "HTTP/1.0 ", status, " ",
                  absl::string_view(reason.data(), reason.size()), "\r\n");
  for (const HttpFields* some : std::initializer_list<const HttpFields*>{&always_, &fields}) {
    for (const auto& [name, value] : *some) absl::StrAppend(&output_, name, ": ", value, "\r\n");
  }
  if (!body_done_) keep_alive_ = false;
  if (!keep_alive_) {
    output_ += "connection: close\r\n";
  } else if (!http11_) {
    output_ += "connection: keep-alive\r\n";
  }
}

void Http1Connection::Respond(int status, HttpFields fields, std::string body) {
  if (closed_) return;
  AppendHead(status, fields);
  const bool has_body = status != 204 && status != 304;  // Else the peer takes it for the next answer.
  if (has_body) absl::StrAppend(&output_, "content-length: ", body.size(), "\r\n");
  output_ += "\r\n";
  if (has_body && !head_) output_ += body;
  answered_ = true;
  Send();
}

void Http1Connection::Start(int status, HttpFields fields) {
  if (closed_) return;
  chunked_ = http11_;
  if (!chunked_) keep_alive_ = false;  // The end of the connection is the end of the answer.
  AppendHead(status, fields);
  output_ += chunked_ ? "transfer-encoding: chunked\r\n\r\n" : "\r\n";
  Send();
}

void Http1Connection::Write(std::string bytes) {
  if (closed_ || bytes.empty() || head_) return;
  if (chunked_) absl::StrAppend(&output_, absl::Hex(bytes.size()), "\r\n");
  output_ += bytes;
  if (chunked_) output_ += "\r\n";
  Send();
}

void Http1Connection::End(HttpFields) {
  if (closed_) return;
  if (chunked_ && !head_) output_ += "0\r\n\r\n";
  answered_ = true;
  // The handler that calls this must not be gone before it has returned.
  if (sending_.empty() && output_.empty()) {
    asio::post(loop_.context(), [self = shared_from_this()] { self->Send(); });
  } else {
    Send();
  }
}

void Http1Connection::SendRefusal(int status, std::string_view message) {
  keep_alive_ = false;
  body_done_ = true;
  state_ = State::kExchange;
  Respond(status, {{"content-type", "application/json"}},
          servicekit::StrCat(R"({"code":3,"message":")", message, R"("})"));
}

void Http1Connection::Send() {
  if (!sending_.empty() || closed_) return;
  if (output_.empty()) {
    if (answered_) FinishExchange();
    return;
  }
  sending_.swap(output_);
  sent_ = 0;
  SendSome();
}

// The limit is for each part that the peer takes, not for the whole: a slow reader of a long answer is no
// dead one.
void Http1Connection::SendSome() {
  write_limit_ = absl::Now() + loop_.limits().write_timeout;
  socket_.async_write_some(asio::buffer(sending_.data() + sent_, sending_.size() - sent_),
                           [self = shared_from_this()](const error_code& error, size_t sent) {
                             self->sent_ += sent;
                             if (error || self->closed_ || self->sent_ == self->sending_.size()) {
                               return self->OnSent(error);
                             }
                             self->SendSome();
                           });
}

void Http1Connection::OnSent(const error_code& error) {
  const size_t before = unsent();
  sending_.clear();
  write_limit_ = absl::InfiniteFuture();
  if (closed_) return;
  if (error) return Close();
  const bool room = before >= kHighWater && unsent() < kHighWater;
  Send();
  if (room && handler_ != nullptr && !answered_) handler_->OnSent();
}

void Http1Connection::FinishExchange() {
  if (!keep_alive_ || !body_done_) return Linger();
  handler_.reset();
  time_limit_ = absl::Now() + loop_.limits().idle_timeout;
  ReadRequest();
}

// Closing at once while the peer still sends would make its system throw our answer away: so we stop sending,
// and take what comes for a moment.
void Http1Connection::Linger() {
  if (state_ != State::kLinger) {
    state_ = State::kLinger;
    handler_.reset();
    socket_.ShutdownSend();
    time_limit_ = absl::Now() + absl::Seconds(2);
  }
  if (reading_body_) return;  // That read's end closes.
  socket_.async_read_some(asio::buffer(chunk_), [self = shared_from_this()](const error_code& error, size_t) {
    if (self->closed_) return;
    error ? self->Close() : self->Linger();
  });
}

void Http1Connection::Tick(absl::Time now) {
  if (now > time_limit_ || now > write_limit_) return Close();
  if (state_ != State::kExchange) return;
  if (socket_.PeerClosed()) return Close();  // Nobody waits for the answer any more.
  if (handler_ != nullptr && !answered_) handler_->OnTick(now);
}

void Http1Connection::Close() {
  if (std::exchange(closed_, true)) return;
  socket_.Close();
  // Its own methods may be running.
  asio::post(loop_.context(), [self = shared_from_this()] { self->handler_.reset(); });
  loop_.Remove(this);
}

}  // namespace

void ServeHttp1(Loop& loop, Socket socket, std::string first) {
  auto connection = std::make_shared<Http1Connection>(loop, std::move(socket), first);
  loop.Add(connection);
  connection->ReadRequest();
}

}  // namespace clientele::gateway
