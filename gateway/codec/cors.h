#ifndef GATEWAY_CODEC_CORS_H_
#define GATEWAY_CODEC_CORS_H_

#include <string>
#include <vector>

#include "gateway/http/exchange.h"

namespace clientele::gateway {

// Which web pages may call (https://fetch.spec.whatwg.org/#http-cors-protocol). Tokens come in a header that
// a page sets itself, never in a cookie, so credentials are not allowed and no page can act for another.
class Cors {
 public:
  // Origins as browsers send them (`https://app.example.com`), or `*` for any. None: no page from elsewhere.
  explicit Cors(std::vector<std::string> origins) : origins_(std::move(origins)) {}

  // Fields that every answer to this request has.
  HttpFields FieldsFor(const HttpRequest& request) const;
  // Whether a browser asks before its real request; then the request has been answered.
  bool AnswerPreflight(const HttpRequest& request, HttpAnswer& answer) const;

 private:
  bool Allows(std::string_view origin) const;

  const std::vector<std::string> origins_;
};

}  // namespace clientele::gateway

#endif  // GATEWAY_CODEC_CORS_H_
