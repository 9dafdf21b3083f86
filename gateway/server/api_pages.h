#ifndef GATEWAY_SERVER_API_PAGES_H_
#define GATEWAY_SERVER_API_PAGES_H_

#include <map>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "gateway/http/exchange.h"
#include "gateway/routing/http_router.h"

namespace clientele::gateway {

// `/openapi.json` and the page `/docs` that shows it. Open to all: the contracts are no secret.
class ApiPages {
 public:
  static absl::StatusOr<std::unique_ptr<ApiPages>> Make(const HttpRouter& router);

  // False when the path is none of these pages; else the request has been answered.
  bool Answer(const HttpRequest& request, HttpAnswer& answer) const;

 private:
  struct Page {
    std::string type;
    std::string body;
    std::string packed;
    std::string etag;
  };

  void Add(std::string path, std::string type, std::string body);

  std::map<std::string, Page, std::less<>> pages_;
};

}  // namespace clientele::gateway

#endif  // GATEWAY_SERVER_API_PAGES_H_
