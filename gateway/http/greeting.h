#ifndef GATEWAY_HTTP_GREETING_H_
#define GATEWAY_HTTP_GREETING_H_

#include <boost/asio/ssl/context.hpp>

#include "gateway/http/loop.h"
#include "gateway/http/socket.h"

namespace clientele::gateway {

// Finds out what a new connection speaks (the TLS handshake's ALPN, or HTTP/2's preface), then makes it one
// of HTTP/1.1 or HTTP/2. On the loop's thread; `tls` is null where there is none.
void Greet(Loop& loop, Socket::Tcp socket, boost::asio::ssl::context* tls);

}  // namespace clientele::gateway

#endif  // GATEWAY_HTTP_GREETING_H_
