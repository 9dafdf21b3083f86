#ifndef GATEWAY_HTTP_HTTP1_CONNECTION_H_
#define GATEWAY_HTTP_HTTP1_CONNECTION_H_

#include <string>

#include "gateway/http/loop.h"
#include "gateway/http/socket.h"

namespace clientele::gateway {

// Serves HTTP/1.1 (parsed by Boost.Beast) on the socket from now on. `first` is what was read of it already.
void ServeHttp1(Loop& loop, Socket socket, std::string first);

}  // namespace clientele::gateway

#endif  // GATEWAY_HTTP_HTTP1_CONNECTION_H_
