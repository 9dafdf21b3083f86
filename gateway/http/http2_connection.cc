#include "gateway/http/http2_connection.h"

#include <algorithm>
#include <array>
#include <memory>
#include <unordered_map>
#include <utility>
#include <vector>

#include <nghttp2/nghttp2.h>
#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>

#include "absl/time/clock.h"
#include "gateway/http/http2_stream.h"

namespace clientele::gateway {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

constexpr int32_t kStreamWindow = 256 << 10;
constexpr int32_t kConnectionWindow = 4 << 20;
constexpr size_t kMaxWrite = 128 << 10;

class Http2Connection final : public Connection, public std::enable_shared_from_this<Http2Connection> {
 public:
  Http2Connection(Loop& loop, Socket socket)
      : loop_(loop),
        socket_(std::move(socket)),
        resets_left_(loop.limits().reset_burst),
        resets_counted_(absl::Now()) {}
  ~Http2Connection() override { nghttp2_session_del(session_); }

  void Begin(const std::string& first);

  void Tick(absl::Time now) override;
  void BeginDrain() override {
    // Streams that the peer has opened are served; a new one it must open elsewhere.
    nghttp2_submit_goaway(session_, NGHTTP2_FLAG_NONE, nghttp2_session_get_last_proc_stream_id(session_),
                          NGHTTP2_NO_ERROR, nullptr, 0);
    ScheduleFlush();
  }
  void Close() override;

 private:
  static Http2Connection& Of(void* user_data) { return *static_cast<Http2Connection*>(user_data); }
  static nghttp2_session_callbacks* Callbacks();
  static int OnBeginHeaders(nghttp2_session*, const nghttp2_frame* frame, void* self);
  static int OnField(nghttp2_session*, const nghttp2_frame* frame, const uint8_t* name, size_t name_size,
                     const uint8_t* value, size_t value_size, uint8_t, void* self);
  static int OnFrame(nghttp2_session*, const nghttp2_frame* frame, void* self);
  static int OnData(nghttp2_session*, uint8_t, int32_t id, const uint8_t* data, size_t size, void* self);
  static int OnFrameSent(nghttp2_session*, const nghttp2_frame* frame, void* self);
  static int OnStreamClosed(nghttp2_session*, int32_t id, uint32_t, void* self);

  Http2Stream* Find(int32_t id) {
    const auto it = streams_.find(id);
    return it == streams_.end() ? nullptr : it->second.get();
  }
  void OpenExchange(Http2Stream& stream, bool has_body);
  void CountReset();
  void Read();
  void Feed(const char* data, size_t size);
  void ScheduleFlush();
  void Flush();

  Loop& loop_;
  Socket socket_;
  nghttp2_session* session_ = nullptr;
  std::unordered_map<int32_t, std::unique_ptr<Http2Stream>> streams_;
  std::vector<std::unique_ptr<Http2Stream>> finished_;  // Until nghttp2 has returned.
  std::array<char, 16 << 10> chunk_;
  std::string sending_;
  bool flush_scheduled_ = false;
  bool closed_ = false;
  absl::Time write_limit_ = absl::InfiniteFuture();
  absl::Time last_busy_ = absl::Now();
  // Streams that the peer resets as fast as it opens them cost us work and it nothing (CVE-2023-44487).
  double resets_left_;
  absl::Time resets_counted_;
};

nghttp2_session_callbacks* Http2Connection::Callbacks() {
  static nghttp2_session_callbacks* const callbacks = [] {
    nghttp2_session_callbacks* made = nullptr;
    nghttp2_session_callbacks_new(&made);
    nghttp2_session_callbacks_set_on_begin_headers_callback(made, OnBeginHeaders);
    nghttp2_session_callbacks_set_on_header_callback(made, OnField);
    nghttp2_session_callbacks_set_on_frame_recv_callback(made, OnFrame);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(made, OnData);
    nghttp2_session_callbacks_set_on_frame_send_callback(made, OnFrameSent);
    nghttp2_session_callbacks_set_on_stream_close_callback(made, OnStreamClosed);
    return made;
  }();
  return callbacks;
}

void Http2Connection::Begin(const std::string& first) {
  nghttp2_option* options = nullptr;
  nghttp2_option_new(&options);
  nghttp2_option_set_no_auto_window_update(options, 1);  // Flow control follows the service, not the parser.
  nghttp2_session_server_new2(&session_, Callbacks(), this, options);
  nghttp2_option_del(options);
  const HttpLimits& limits = loop_.limits();
  const nghttp2_settings_entry settings[] = {
      {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, limits.max_concurrent_streams},
      {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, kStreamWindow},
      {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, static_cast<uint32_t>(limits.max_header_bytes)}};
  nghttp2_submit_settings(session_, NGHTTP2_FLAG_NONE, settings, std::size(settings));
  nghttp2_session_set_local_window_size(session_, NGHTTP2_FLAG_NONE, 0, kConnectionWindow);
  Feed(first.data(), first.size());
  if (!closed_) Read();
}

void Http2Connection::Read() {
  socket_.async_read_some(asio::buffer(chunk_),
                          [self = shared_from_this()](const error_code& error, size_t size) {
                            if (self->closed_) return;
                            if (error) return self->Close();
                            self->Feed(self->chunk_.data(), size);
                            if (!self->closed_) self->Read();
                          });
}

void Http2Connection::Feed(const char* data, size_t size) {
  last_busy_ = absl::Now();
  const ssize_t used = nghttp2_session_mem_recv(session_, reinterpret_cast<const uint8_t*>(data), size);
  finished_.clear();
  // Garbage: nghttp2 has queued a GOAWAY for what it could still understand.
  if (used < 0) nghttp2_session_terminate_session(session_, NGHTTP2_PROTOCOL_ERROR);
  Flush();
}

void Http2Connection::ScheduleFlush() {
  if (std::exchange(flush_scheduled_, true)) return;
  asio::post(loop_.context(), [self = shared_from_this()] {
    self->flush_scheduled_ = false;
    self->Flush();
  });
}

void Http2Connection::Flush() {
  if (closed_ || !sending_.empty()) return;
  while (sending_.size() < kMaxWrite) {
    const uint8_t* data = nullptr;
    const ssize_t size = nghttp2_session_mem_send(session_, &data);
    if (size < 0) return Close();
    if (size == 0) break;
    sending_.append(reinterpret_cast<const char*>(data), static_cast<size_t>(size));
  }
  finished_.clear();
  if (sending_.empty()) {
    if (!nghttp2_session_want_read(session_) && !nghttp2_session_want_write(session_)) Close();
    return;
  }
  write_limit_ = absl::Now() + loop_.limits().write_timeout;
  asio::async_write(socket_, asio::buffer(sending_),
                    [self = shared_from_this()](const error_code& error, size_t) {
                      self->sending_.clear();
                      self->write_limit_ = absl::InfiniteFuture();
                      if (self->closed_) return;
                      error ? self->Close() : self->Flush();
                    });
}

int Http2Connection::OnBeginHeaders(nghttp2_session* session, const nghttp2_frame* frame, void* user_data) {
  Http2Connection& self = Of(user_data);
  if (frame->hd.type != NGHTTP2_HEADERS || frame->headers.cat != NGHTTP2_HCAT_REQUEST) return 0;
  self.streams_[frame->hd.stream_id] = std::make_unique<Http2Stream>(
      session, frame->hd.stream_id, self.loop_.context(), [&self] { self.ScheduleFlush(); });
  return 0;
}

int Http2Connection::OnField(nghttp2_session*, const nghttp2_frame* frame, const uint8_t* name,
                             size_t name_size, const uint8_t* value, size_t value_size, uint8_t,
                             void* user_data) {
  Http2Connection& self = Of(user_data);
  Http2Stream* stream = self.Find(frame->hd.stream_id);
  if (stream == nullptr || frame->headers.cat != NGHTTP2_HCAT_REQUEST)
    return 0;  // Trailers say nothing to us.
  stream->AddField({reinterpret_cast<const char*>(name), name_size},
                   {reinterpret_cast<const char*>(value), value_size}, self.loop_.limits().max_header_bytes);
  return 0;
}

int Http2Connection::OnFrame(nghttp2_session*, const nghttp2_frame* frame, void* user_data) {
  Http2Connection& self = Of(user_data);
  const bool end = (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
  switch (frame->hd.type) {
    case NGHTTP2_HEADERS:
    case NGHTTP2_DATA: {
      Http2Stream* stream = self.Find(frame->hd.stream_id);
      if (stream == nullptr) return 0;
      stream->body_done = stream->body_done || end;
      if (frame->hd.type == NGHTTP2_HEADERS && frame->headers.cat == NGHTTP2_HCAT_REQUEST) {
        self.OpenExchange(*stream, !end);
      }
      if (end && stream->handler != nullptr) stream->handler->OnBodyEnd();
      return 0;
    }
    case NGHTTP2_RST_STREAM:
      self.CountReset();
      return 0;
    default:
      return 0;
  }
}

void Http2Connection::OpenExchange(Http2Stream& stream, bool has_body) {
  if (stream.too_long) {
    return stream.Respond(431, {{"content-type", "application/json"}},
                          R"({"code":3,"message":"the header is too long"})");
  }
  stream.handler = loop_.door().Open(stream.TakeRequest(has_body), stream);
}

int Http2Connection::OnData(nghttp2_session* session, uint8_t, int32_t id, const uint8_t* data, size_t size,
                            void* user_data) {
  // One slow stream must not hold the others up: the connection's window follows the parser, a stream's its
  // codec.
  nghttp2_session_consume_connection(session, size);
  Http2Stream* stream = Of(user_data).Find(id);
  if (stream != nullptr && stream->handler != nullptr) {
    stream->handler->OnBody({reinterpret_cast<const char*>(data), size});
  } else {
    nghttp2_session_consume_stream(session, id, size);
  }
  return 0;
}

int Http2Connection::OnFrameSent(nghttp2_session* session, const nghttp2_frame* frame, void* user_data) {
  Http2Connection& self = Of(user_data);
  if (frame->hd.type == NGHTTP2_RST_STREAM && frame->rst_stream.error_code != NGHTTP2_NO_ERROR)
    self.CountReset();
  if ((frame->hd.type != NGHTTP2_DATA && frame->hd.type != NGHTTP2_HEADERS) ||
      (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) == 0) {
    return 0;
  }
  // Answered before the whole request came: what is left of it is not wanted (RFC 9113, 8.1).
  Http2Stream* stream = self.Find(frame->hd.stream_id);
  if (stream != nullptr && !stream->body_done) {
    nghttp2_submit_rst_stream(session, NGHTTP2_FLAG_NONE, frame->hd.stream_id, NGHTTP2_NO_ERROR);
  }
  return 0;
}

int Http2Connection::OnStreamClosed(nghttp2_session*, int32_t id, uint32_t, void* user_data) {
  Http2Connection& self = Of(user_data);
  const auto it = self.streams_.find(id);
  if (it == self.streams_.end()) return 0;
  self.finished_.push_back(std::move(it->second));
  self.streams_.erase(it);
  return 0;
}

void Http2Connection::CountReset() {
  const absl::Time now = absl::Now();
  resets_left_ =
      std::min(loop_.limits().reset_burst, resets_left_ + absl::ToDoubleSeconds(now - resets_counted_) *
                                                              loop_.limits().resets_per_second);
  resets_counted_ = now;
  resets_left_ -= 1;
  if (resets_left_ < 0) nghttp2_session_terminate_session(session_, NGHTTP2_ENHANCE_YOUR_CALM);
}

void Http2Connection::Tick(absl::Time now) {
  if (now > write_limit_) return Close();
  if (!streams_.empty()) {
    last_busy_ = now;
    // A peer that never opens its window keeps what it asked for in our memory: not for long.
    const absl::Time stalled = now - loop_.limits().write_timeout;
    for (const auto& [id, stream] : streams_) {
      if (stream->stalled_since() < stalled) {
        nghttp2_submit_rst_stream(session_, NGHTTP2_FLAG_NONE, id, NGHTTP2_CANCEL);
        ScheduleFlush();
      } else if (stream->handler != nullptr) {
        stream->handler->OnTick(now);
      }
    }
  } else if (now - last_busy_ > loop_.limits().idle_timeout) {
    nghttp2_session_terminate_session(session_, NGHTTP2_NO_ERROR);
    Flush();
    if (now - last_busy_ > 2 * loop_.limits().idle_timeout) Close();
  }
}

void Http2Connection::Close() {
  if (std::exchange(closed_, true)) return;
  socket_.Close();
  // Its own methods, or nghttp2's, may be running.
  asio::post(loop_.context(), [self = shared_from_this()] {
    self->streams_.clear();
    self->finished_.clear();
  });
  loop_.Remove(this);
}

}  // namespace

void ServeHttp2(Loop& loop, Socket socket, std::string first) {
  auto connection = std::make_shared<Http2Connection>(loop, std::move(socket));
  loop.Add(connection);
  connection->Begin(first);
}

}  // namespace clientele::gateway
