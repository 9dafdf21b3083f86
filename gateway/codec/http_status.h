#ifndef GATEWAY_CODEC_HTTP_STATUS_H_
#define GATEWAY_CODEC_HTTP_STATUS_H_

#include <string>

#include <grpcpp/support/status.h>

namespace clientele::gateway {

// As google/rpc/code.proto maps them.
int HttpStatusOf(const grpc::Status& status);

// google.rpc.Status as JSON: `{"code": 5, "message": "…", "details": […]}`.
std::string ErrorJson(const grpc::Status& status);

}  // namespace clientele::gateway

#endif  // GATEWAY_CODEC_HTTP_STATUS_H_
