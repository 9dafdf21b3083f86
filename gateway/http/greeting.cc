#include "gateway/http/greeting.h"

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <openssl/ssl.h>
#include <boost/asio/buffer.hpp>

#include "absl/time/clock.h"
#include "gateway/http/http1_connection.h"
#include "gateway/http/http2_connection.h"

namespace clientele::gateway {
namespace {

constexpr std::string_view kPreface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

class Greeting final : public Connection, public std::enable_shared_from_this<Greeting> {
 public:
  Greeting(Loop& loop, Socket socket)
      : loop_(loop), socket_(std::move(socket)), give_up_(absl::Now() + loop.limits().header_timeout) {}

  void Begin() {
    if (socket_.tls() == nullptr) return Read();
    socket_.tls()->async_handshake(boost::asio::ssl::stream_base::server,
                                   [self = shared_from_this()](const boost::system::error_code& error) {
                                     if (error || self->closed_) return self->Close();
                                     const unsigned char* protocol = nullptr;
                                     unsigned size = 0;
                                     SSL_get0_alpn_selected(self->socket_.tls()->native_handle(), &protocol,
                                                            &size);
                                     self->Become(size == 2 && protocol[0] == 'h' && protocol[1] == '2');
                                   });
  }

  void Tick(absl::Time now) override {
    if (now > give_up_) Close();
  }
  void BeginDrain() override { Close(); }
  void Close() override {
    if (std::exchange(closed_, true)) return;
    socket_.Close();
    loop_.Remove(this);
  }

 private:
  void Read() {
    socket_.async_read_some(boost::asio::buffer(chunk_),
                            [self = shared_from_this()](const boost::system::error_code& error, size_t size) {
                              if (error || self->closed_) return self->Close();
                              self->OnBytes(size);
                            });
  }

  void OnBytes(size_t size) {
    first_.append(chunk_.data(), size);
    const std::string_view start = std::string_view(first_).substr(0, kPreface.size());
    if (start != kPreface.substr(0, start.size())) return Become(/*http2=*/false);
    if (start.size() == kPreface.size()) return Become(/*http2=*/true);
    Read();
  }

  void Become(bool http2) {
    closed_ = true;
    loop_.Remove(this);
    if (http2) {
      ServeHttp2(loop_, std::move(socket_), std::move(first_));
    } else {
      ServeHttp1(loop_, std::move(socket_), std::move(first_));
    }
  }

  Loop& loop_;
  Socket socket_;
  const absl::Time give_up_;
  bool closed_ = false;
  std::array<char, 4096> chunk_;
  std::string first_;
};

}  // namespace

void Greet(Loop& loop, Socket::Tcp socket, boost::asio::ssl::context* tls) {
  boost::system::error_code ignored;
  // Without it, an answer in two packets waits 40 ms for the peer's delayed acknowledgement.
  socket.set_option(boost::asio::ip::tcp::no_delay(true), ignored);
  socket.set_option(boost::asio::socket_base::keep_alive(true), ignored);
  auto greeting = std::make_shared<Greeting>(
      loop, tls == nullptr ? Socket(std::move(socket)) : Socket(std::move(socket), *tls));
  loop.Add(greeting);
  greeting->Begin();
}

}  // namespace clientele::gateway
