#include "gateway/server/api_pages.h"

#include <openssl/sha.h>

#include <array>
#include <utility>

#include "absl/strings/escaping.h"
#include "gateway/codec/gzip.h"
#include "gateway/http/header_fields.h"
#include "gateway/openapi/document.h"
#include "gateway/openapi/embedded.h"
#include "servicekit/types/str_cat.h"

namespace clientele::gateway {

absl::StatusOr<std::unique_ptr<ApiPages>> ApiPages::Make(const HttpRouter& router) {
  const absl::StatusOr<std::unique_ptr<Comments>> comments = Comments::Parse(EmbeddedProtoset());
  if (!comments.ok()) return comments.status();
  auto pages = std::make_unique<ApiPages>();
  pages->Add("/openapi.json", "application/json", OpenApiDocument(router, **comments));
  pages->Add("/docs", "text/html; charset=utf-8", std::string(EmbeddedDocsHtml()));
  pages->Add("/docs/docs.js", "text/javascript; charset=utf-8", std::string(EmbeddedDocsJs()));
  pages->Add("/docs/docs.css", "text/css; charset=utf-8", std::string(EmbeddedDocsCss()));
  return pages;
}

void ApiPages::Add(std::string path, std::string type, std::string body) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest;
  SHA256(reinterpret_cast<const unsigned char*>(body.data()), body.size(), digest.data());
  const absl::string_view start(reinterpret_cast<const char*>(digest.data()), 12);
  const std::string etag = servicekit::StrCat("\"", absl::BytesToHexString(start), "\"");
  std::string packed = Gzip(body);
  pages_[std::move(path)] = {std::move(type), std::move(body), std::move(packed), etag};
}

bool ApiPages::Answer(const HttpRequest& request, HttpAnswer& answer) const {
  const auto found = pages_.find(request.path);
  if (found == pages_.end()) return false;
  const Page& page = found->second;
  if (request.verb != "GET" && request.verb != "HEAD") {
    answer.Respond(405, {{"allow", "GET, HEAD"}}, "");
    return true;
  }
  HttpFields fields = {{"etag", page.etag}, {"cache-control", "no-cache"}, {"vary", "accept-encoding"}};
  if (MatchesEtag(request.Get("if-none-match"), page.etag, /*weak=*/true)) {
    answer.Respond(304, std::move(fields), "");
    return true;
  }
  fields.emplace_back("content-type", page.type);
  // The page needs nothing from elsewhere, and nothing that got into it from elsewhere may run.
  fields.emplace_back("content-security-policy",
                      "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'");
  const bool packed = TakesGzip(request.Get("accept-encoding"));
  if (packed) fields.emplace_back("content-encoding", "gzip");
  answer.Respond(200, std::move(fields), packed ? page.packed : page.body);
  return true;
}

}  // namespace clientele::gateway
