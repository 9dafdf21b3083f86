#include "gateway/codec/cors.h"

#include <algorithm>

namespace clientele::gateway {

bool Cors::Allows(std::string_view origin) const {
  return !origin.empty() && std::any_of(origins_.begin(), origins_.end(), [&](const std::string& allowed) {
    return allowed == "*" || allowed == origin;
  });
}

HttpFields Cors::FieldsFor(const HttpRequest& request) const {
  if (origins_.empty()) return {};
  // Caches must not give one origin the other's answer, also when there was none.
  HttpFields fields = {{"vary", "origin"}};
  const std::string_view origin = request.Get("origin");
  if (!Allows(origin)) return fields;
  fields.emplace_back("access-control-allow-origin", origin);
  fields.emplace_back("access-control-expose-headers",
                      "etag,retry-after,grpc-status,grpc-message,grpc-status-details-bin");
  return fields;
}

bool Cors::AnswerPreflight(const HttpRequest& request, HttpAnswer& answer) const {
  if (request.verb != "OPTIONS" || request.Get("access-control-request-method").empty()) return false;
  if (!Allows(request.Get("origin"))) {
    answer.Respond(403, {}, "");
    return true;
  }
  answer.Respond(204,
                 {{"access-control-allow-methods", "GET,HEAD,POST,PUT,PATCH,DELETE"},
                  {"access-control-allow-headers",
                   "accept,authorization,content-encoding,content-type,grpc-encoding,grpc-timeout,"
                   "idempotency-key,if-match,if-none-match,traceparent,tracestate,x-api-key,x-grpc-web,"
                   "x-request-id,x-request-timeout,x-user-agent"},
                  {"access-control-max-age", "7200"}},
                 "");
  return true;
}

}  // namespace clientele::gateway
