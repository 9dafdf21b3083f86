#ifndef GATEWAY_SITE_SITE_H_
#define GATEWAY_SITE_SITE_H_

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "gateway/http/exchange.h"

namespace clientele::gateway {

// The console's files, read once from a folder and served from memory: a path names one of them or nothing,
// so no request can reach another file. `/` leads to `/console/`.
class Site {
 public:
  struct Answer {
    int status = 200;
    HttpFields fields;
    std::string_view body;  // Lives as long as the site.
  };

  // The folder holds `index.html`; what lies under `assets/` has its hash in its name and never changes.
  // Beside a file there may be `{file}.gz`, for those who take it. FAILED_PRECONDITION without an index.html.
  static absl::StatusOr<std::unique_ptr<Site>> Open(const std::string& folder);

  // None when the path is not the site's.
  std::optional<Answer> Find(const HttpRequest& request) const;

 private:
  struct File {
    std::string_view type;
    std::string bytes;
    std::string etag;
    std::string gzip_bytes;  // Empty: there is none.
    std::string gzip_etag;
    bool immutable = false;
  };

  static Answer Give(const HttpRequest& request, const File& file);

  std::map<std::string, File, std::less<>> files_;  // By path, `assets/main-1a2b3c.js`.
};

}  // namespace clientele::gateway

#endif  // GATEWAY_SITE_SITE_H_
