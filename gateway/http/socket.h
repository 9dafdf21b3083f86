#ifndef GATEWAY_HTTP_SOCKET_H_
#define GATEWAY_HTTP_SOCKET_H_

#include <poll.h>

#include <optional>
#include <utility>

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>

namespace clientele::gateway {

// A connection with or without TLS, for code that need not care. An asynchronous stream as Asio and Beast
// want it.
class Socket {
 public:
  using Tcp = boost::asio::basic_stream_socket<boost::asio::ip::tcp, boost::asio::io_context::executor_type>;
  using Tls = boost::asio::ssl::stream<Tcp>;
  using executor_type = boost::asio::io_context::executor_type;

  explicit Socket(Tcp socket) : plain_(std::move(socket)) {}
  Socket(Tcp socket, boost::asio::ssl::context& context) : tls_(std::in_place, std::move(socket), context) {}

  executor_type get_executor() { return tcp().get_executor(); }
  Tcp& tcp() { return tls_.has_value() ? tls_->next_layer() : *plain_; }
  Tls* tls() { return tls_.has_value() ? &*tls_ : nullptr; }

  template <typename Buffers, typename Handler>
  auto async_read_some(const Buffers& buffers, Handler&& handler) {
    if (tls_.has_value()) return tls_->async_read_some(buffers, std::forward<Handler>(handler));
    return plain_->async_read_some(buffers, std::forward<Handler>(handler));
  }
  template <typename Buffers, typename Handler>
  auto async_write_some(const Buffers& buffers, Handler&& handler) {
    if (tls_.has_value()) return tls_->async_write_some(buffers, std::forward<Handler>(handler));
    return plain_->async_write_some(buffers, std::forward<Handler>(handler));
  }

  void Close() {
    boost::system::error_code ignored;
    tcp().close(ignored);
  }
  // Says that nothing more will be written; what is on the way still arrives.
  void ShutdownSend() {
    boost::system::error_code ignored;
    tcp().shutdown(Tcp::shutdown_send, ignored);
  }
  // Whether the peer has closed its side, without reading.
  bool PeerClosed() {
    pollfd poll_for = {tcp().native_handle(), POLLRDHUP, 0};
    return poll(&poll_for, 1, 0) > 0 && (poll_for.revents & (POLLRDHUP | POLLERR | POLLHUP)) != 0;
  }

 private:
  std::optional<Tcp> plain_;
  std::optional<Tls> tls_;
};

}  // namespace clientele::gateway

#endif  // GATEWAY_HTTP_SOCKET_H_
