#include "gateway/codec/http_status.h"

#include <google/protobuf/util/json_util.h>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace clientele::gateway {

int HttpStatusOf(const grpc::Status& status) {
  switch (status.error_code()) {
    case grpc::OK:
      return 200;
    case grpc::CANCELLED:
      return 499;
    case grpc::INVALID_ARGUMENT:
    case grpc::FAILED_PRECONDITION:
    case grpc::OUT_OF_RANGE:
      return 400;
    case grpc::UNAUTHENTICATED:
      return 401;
    case grpc::PERMISSION_DENIED:
      return 403;
    case grpc::NOT_FOUND:
      return 404;
    case grpc::ABORTED:
    case grpc::ALREADY_EXISTS:
      return 409;
    case grpc::RESOURCE_EXHAUSTED:
      return 429;
    case grpc::UNIMPLEMENTED:
      return 501;
    case grpc::UNAVAILABLE:
      return 503;
    case grpc::DEADLINE_EXCEEDED:
      return 504;
    default:
      return 500;
  }
}

std::string ErrorJson(const grpc::Status& status) {
  // The types of details must be in the pool, or they could not be printed.
  google::protobuf::LinkMessageReflection<google::rpc::BadRequest>();
  google::rpc::Status error;
  if (!error.ParseFromString(status.error_details())) error.Clear();
  // The HTTP status follows from these two, so the body says the same.
  error.set_code(status.error_code());
  error.set_message(status.error_message());
  std::string json;
  if (google::protobuf::util::MessageToJsonString(error, &json).ok()) return json;
  // A detail of a type that is not known here.
  error.clear_details();
  json.clear();
  if (google::protobuf::util::MessageToJsonString(error, &json).ok()) return json;
  return R"({"code":13,"message":"internal error"})";
}

}  // namespace clientele::gateway
