#include "gateway/http/server.h"

#include <chrono>
#include <cstring>
#include <utility>

#include <openssl/ssl.h>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/post.hpp>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gateway/http/greeting.h"
#include "gateway/http/tls_files.h"
#include "servicekit/telemetry/log.h"
#include "servicekit/types/str_cat.h"

namespace clientele::gateway {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

absl::StatusOr<tcp::endpoint> ParseEndpoint(const std::string& text) {
  const size_t colon = text.rfind(':');
  int port = 0;
  if (colon == std::string::npos || !absl::SimpleAtoi(text.substr(colon + 1), &port) || port < 0 ||
      port > 65535) {
    return absl::InvalidArgumentError(absl::StrCat("not an address and port: ", text));
  }
  std::string host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (host == "localhost") host = "127.0.0.1";
  boost::system::error_code error;
  const auto address = asio::ip::make_address(host, error);
  if (error) return absl::InvalidArgumentError(absl::StrCat("not an address and port: ", text));
  return tcp::endpoint(address, static_cast<uint16_t>(port));
}

// The peer names what it speaks; we prefer HTTP/2.
int SelectProtocol(SSL*, const unsigned char** out, unsigned char* out_size, const unsigned char* in,
                   unsigned in_size, void*) {
  static constexpr unsigned char kOurs[] = "\x02h2\x08http/1.1";
  unsigned char* selected = nullptr;
  if (SSL_select_next_proto(&selected, out_size, kOurs, sizeof kOurs - 1, in, in_size) !=
      OPENSSL_NPN_NEGOTIATED) {
    return SSL_TLSEXT_ERR_ALERT_FATAL;
  }
  *out = selected;
  return SSL_TLSEXT_ERR_OK;
}

absl::StatusOr<std::shared_ptr<asio::ssl::context>> NewTlsContext(const std::string& cert,
                                                                  const std::string& key) {
  auto context = std::make_shared<asio::ssl::context>(asio::ssl::context::tls_server);
  SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
  SSL_CTX_set_alpn_select_cb(context->native_handle(), SelectProtocol, nullptr);
  if (absl::Status usable = CheckTlsFiles(cert, key, /*ca=*/""); !usable.ok()) return usable;
  boost::system::error_code error;
  context->use_certificate_chain_file(cert, error);
  if (!error) context->use_private_key_file(key, asio::ssl::context::pem, error);
  if (error) return absl::InvalidArgumentError(absl::StrCat("cannot use ", cert, ": ", error.message()));
  return context;
}

}  // namespace

absl::StatusOr<std::unique_ptr<HttpServer>> HttpServer::Start(HttpServerOptions options,
                                                              HttpFrontDoor& door) {
  auto server = std::unique_ptr<HttpServer>(new HttpServer(std::move(options)));
  const absl::Status opened = server->Open(door);
  if (!opened.ok()) return opened;
  return server;
}

absl::Status HttpServer::Open(HttpFrontDoor& door) {
  if (options_.tls_cert_file.empty() != options_.tls_key_file.empty()) {
    return absl::InvalidArgumentError("TLS needs both a certificate and a key");
  }
  if (!options_.tls_cert_file.empty()) {
    auto tls = NewTlsContext(options_.tls_cert_file, options_.tls_key_file);
    if (!tls.ok()) return tls.status();
    tls_ = *std::move(tls);
    tls_version_ = VersionOfFiles({options_.tls_cert_file, options_.tls_key_file});
  }
  const absl::StatusOr<tcp::endpoint> endpoint = ParseEndpoint(options_.listen);
  if (!endpoint.ok()) return endpoint.status();
  for (int i = 0; i < std::max(1, options_.threads); ++i) {
    loops_.push_back(std::make_unique<Loop>(options_.limits, door));
  }
  acceptor_ = std::make_unique<tcp::acceptor>(loops_.front()->context());
  retry_ = std::make_unique<asio::steady_timer>(loops_.front()->context());
  boost::system::error_code error;
  acceptor_->open(endpoint->protocol(), error);
  if (!error) acceptor_->set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor_->bind(*endpoint, error);
  if (!error) acceptor_->listen(1024, error);
  if (error)
    return absl::UnavailableError(absl::StrCat("cannot listen on ", options_.listen, ": ", error.message()));
  port_ = acceptor_->local_endpoint().port();
  Accept();
  watch_ = std::make_unique<asio::steady_timer>(loops_.front()->context());
  if (tls_ != nullptr) WatchTlsFiles();
  for (const auto& loop : loops_) loop->Start();
  return absl::OkStatus();
}

HttpServer::~HttpServer() {
  BeginDrain();
  for (const auto& loop : loops_) loop->Stop();
}

void HttpServer::Accept() {
  // Connections go to the loops in turn; the socket belongs to its loop from the beginning.
  Loop& loop = *loops_[next_++ % loops_.size()];
  auto socket = std::make_shared<Socket::Tcp>(loop.context().get_executor());
  acceptor_->async_accept(*socket, [this, &loop, socket](const boost::system::error_code& error) {
    if (!acceptor_->is_open()) return;
    if (error) {
      // Out of file descriptors, most likely: try again when some have been given back.
      retry_->expires_after(std::chrono::milliseconds(100));
      return retry_->async_wait([this](const boost::system::error_code& cancelled) {
        if (!cancelled && acceptor_->is_open()) Accept();
      });
    }
    if (connections() < options_.limits.max_connections) {
      asio::post(loop.context(), [tls = tls_, &loop, socket] { Greet(loop, std::move(*socket), tls.get()); });
    }
    Accept();
  });
}

void HttpServer::WatchTlsFiles() {
  watch_->expires_after(absl::ToChronoMilliseconds(options_.look_at_tls_files_every));
  watch_->async_wait([this](const boost::system::error_code& error) {
    if (error) return;
    std::string version = VersionOfFiles({options_.tls_cert_file, options_.tls_key_file});
    if (version != tls_version_) {
      // Certificate and key are written one after the other: a pair that does not fit is looked at again.
      auto renewed = NewTlsContext(options_.tls_cert_file, options_.tls_key_file);
      if (renewed.ok()) {
        tls_ = *std::move(renewed);
        tls_version_ = std::move(version);
        servicekit::Log(servicekit::LogLevel::kInfo, "the certificate was renewed");
      } else {
        servicekit::Log(servicekit::LogLevel::kError, "the new certificate cannot be used; the old one stays",
                        {{"error", servicekit::ToStd(renewed.status().message())}});
      }
    }
    WatchTlsFiles();
  });
}

void HttpServer::BeginDrain() {
  if (acceptor_ == nullptr || loops_.empty()) return;
  asio::post(loops_.front()->context(), [this] {
    boost::system::error_code ignored;
    acceptor_->close(ignored);
    retry_->cancel();
    watch_->cancel();
  });
  for (const auto& loop : loops_) loop->BeginDrain();
}

void HttpServer::Join(absl::Duration grace) {
  const absl::Time until = absl::Now() + grace;
  while (connections() > 0 && absl::Now() < until) absl::SleepFor(absl::Milliseconds(20));
  for (const auto& loop : loops_) loop->Stop();
}

int HttpServer::connections() const {
  int count = 0;
  for (const auto& loop : loops_) count += loop->connections();
  return count;
}

}  // namespace clientele::gateway
