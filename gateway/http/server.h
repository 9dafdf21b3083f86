#ifndef GATEWAY_HTTP_SERVER_H_
#define GATEWAY_HTTP_SERVER_H_

#include <memory>
#include <string>
#include <vector>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "gateway/http/exchange.h"
#include "gateway/http/loop.h"

namespace clientele::gateway {

struct HttpServerOptions {
  std::string listen = "127.0.0.1:8080";  // `address:port`; port 0 takes a free one.
  int threads = 2;
  // PEM; both or none; read again when they change. With them: TLS, and HTTP/2 or HTTP/1.1 by ALPN.
  std::string tls_cert_file;
  std::string tls_key_file;
  absl::Duration look_at_tls_files_every = absl::Seconds(5);
  HttpLimits limits;
};

// One port for HTTP/1.1 and HTTP/2. Each thread has a loop of its own with its own connections.
class HttpServer {
 public:
  static absl::StatusOr<std::unique_ptr<HttpServer>> Start(HttpServerOptions options, HttpFrontDoor& door);
  ~HttpServer();

  int port() const { return port_; }
  // Accepts nothing more, and lets connections finish.
  void BeginDrain();
  // Waits until all connections are gone, closing those that are left after `grace`. Call BeginDrain() first.
  void Join(absl::Duration grace);
  int connections() const;

 private:
  explicit HttpServer(HttpServerOptions options) : options_(std::move(options)) {}
  absl::Status Open(HttpFrontDoor& door);
  void Accept();
  // Looks every few seconds whether the certificate was renewed. What was made with the old one goes on with
  // it.
  void WatchTlsFiles();

  const HttpServerOptions options_;
  std::vector<std::unique_ptr<Loop>> loops_;
  std::shared_ptr<boost::asio::ssl::context> tls_;            // Null without TLS. Used on the first loop.
  std::string tls_version_;                                   // Of its files.
  std::unique_ptr<boost::asio::ip::tcp::acceptor> acceptor_;  // On the first loop.
  std::unique_ptr<boost::asio::steady_timer> retry_;
  std::unique_ptr<boost::asio::steady_timer> watch_;
  size_t next_ = 0;
  int port_ = 0;
};

}  // namespace clientele::gateway

#endif  // GATEWAY_HTTP_SERVER_H_
