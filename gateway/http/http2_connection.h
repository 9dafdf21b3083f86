#ifndef GATEWAY_HTTP_HTTP2_CONNECTION_H_
#define GATEWAY_HTTP_HTTP2_CONNECTION_H_

#include <string>

#include "gateway/http/loop.h"
#include "gateway/http/socket.h"

namespace clientele::gateway {

// Serves HTTP/2 (by nghttp2) on the socket from now on. `first` is what was read of it already, preface and
// all.
void ServeHttp2(Loop& loop, Socket socket, std::string first);

}  // namespace clientele::gateway

#endif  // GATEWAY_HTTP_HTTP2_CONNECTION_H_
