#include "gateway/site/site.h"

#include <openssl/sha.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "gateway/http/header_fields.h"
#include "servicekit/types/str_cat.h"

namespace clientele::gateway {
namespace {

namespace fs = std::filesystem;
using servicekit::ToAbsl;

constexpr std::string_view kRoot = "/console/";
constexpr std::string_view kIndex = "index.html";
// Far above what the console needs; somebody named the wrong folder.
constexpr uintmax_t kMaxBytes = 64 << 20;

constexpr std::pair<std::string_view, std::string_view> kTypes[] = {
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".ico", "image/x-icon"},
    {".json", "application/json"},
    {".txt", "text/plain; charset=utf-8"},
    {".woff2", "font/woff2"},
    {".webmanifest", "application/manifest+json"},
};

std::string_view TypeOf(std::string_view path) {
  for (const auto& [extension, type] : kTypes) {
    if (path.ends_with(extension)) return type;
  }
  return "application/octet-stream";
}

std::string EtagOf(const std::string& bytes) {
  std::string digest(SHA256_DIGEST_LENGTH, '\0');
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
         reinterpret_cast<unsigned char*>(digest.data()));
  return servicekit::StrCat("\"", absl::BytesToHexString(absl::string_view(digest).substr(0, 12)), "\"");
}

// Everything is the gateway's own: no script, style, picture or connection from elsewhere, nothing inline,
// and nobody may put the console into a frame.
HttpFields SafeFields() {
  return {{"content-security-policy",
           "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
           "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"},
          {"x-content-type-options", "nosniff"},
          {"referrer-policy", "no-referrer"},
          {"cross-origin-opener-policy", "same-origin"},
          {"cross-origin-resource-policy", "same-origin"}};
}

Site::Answer Plain(int status, std::string_view text) {
  return {.status = status,
          .fields = {{"content-type", "text/plain; charset=utf-8"},
                     {"cache-control", "no-store"},
                     {"x-content-type-options", "nosniff"}},
          .body = text};
}

}  // namespace

absl::StatusOr<std::unique_ptr<Site>> Site::Open(const std::string& folder) {
  auto site = std::make_unique<Site>();
  std::error_code error;
  uintmax_t total = 0;
  std::map<std::string, std::string> compressed;
  for (auto entry = fs::recursive_directory_iterator(folder, error); !error && entry != fs::end(entry);
       entry.increment(error)) {
    if (entry->is_symlink() || !entry->is_regular_file()) continue;
    total += entry->file_size();
    if (total > kMaxBytes) {
      return absl::FailedPreconditionError(absl::StrCat(folder, " holds more than a console"));
    }
    std::string path = fs::path(entry->path()).lexically_relative(folder).generic_string();
    std::ifstream stream(entry->path(), std::ios::binary);
    std::string bytes((std::istreambuf_iterator<char>(stream)), {});
    if (!stream) return absl::FailedPreconditionError(absl::StrCat("cannot read ", entry->path().string()));
    if (path.ends_with(".gz")) {
      compressed[path.substr(0, path.size() - 3)] = std::move(bytes);
      continue;
    }
    File file = {.type = TypeOf(path), .bytes = std::move(bytes), .immutable = path.starts_with("assets/")};
    file.etag = EtagOf(file.bytes);
    site->files_.emplace(std::move(path), std::move(file));
  }
  if (error)
    return absl::FailedPreconditionError(absl::StrCat("cannot read ", folder, ": ", error.message()));
  for (auto& [path, bytes] : compressed) {
    const auto it = site->files_.find(path);
    if (it == site->files_.end()) continue;
    it->second.gzip_etag = EtagOf(bytes);
    it->second.gzip_bytes = std::move(bytes);
  }
  if (!site->files_.contains(kIndex)) {
    return absl::FailedPreconditionError(absl::StrCat("there is no index.html in ", folder));
  }
  return site;
}

std::optional<Site::Answer> Site::Find(const HttpRequest& request) const {
  const std::string_view path = request.path;
  const bool leads_there = path == "/" || path == kRoot.substr(0, kRoot.size() - 1);
  if (!leads_there && !path.starts_with(kRoot)) return std::nullopt;
  if (request.verb != "GET" && request.verb != "HEAD") {
    Answer refusal = Plain(405, "this is read only\n");
    refusal.fields.emplace_back("allow", "GET, HEAD");
    return refusal;
  }
  if (leads_there) {
    Answer answer = Plain(302, "");
    answer.fields.emplace_back("location", kRoot);
    return answer;
  }
  const std::string_view rest = path.substr(kRoot.size());
  const auto it = files_.find(rest);
  if (it != files_.end()) return Give(request, it->second);
  // The console's own pages have addresses, too: all of them are the one page. What looks like a file is one
  // that is not there.
  const size_t slash = rest.rfind('/');
  const std::string_view last = slash == std::string_view::npos ? rest : rest.substr(slash + 1);
  if (last.find('.') != std::string_view::npos || rest.starts_with("assets/")) {
    return Plain(404, "there is no such file\n");
  }
  return Give(request, files_.find(kIndex)->second);
}

Site::Answer Site::Give(const HttpRequest& request, const File& file) {
  const bool gzip = !file.gzip_bytes.empty() && TakesGzip(request.Get("accept-encoding"));
  const std::string& etag = gzip ? file.gzip_etag : file.etag;
  Answer answer = {.fields = SafeFields(), .body = gzip ? file.gzip_bytes : file.bytes};
  answer.fields.emplace_back("etag", etag);
  answer.fields.emplace_back("vary", "accept-encoding");
  answer.fields.emplace_back("cache-control",
                             file.immutable ? "public, max-age=31536000, immutable" : "no-cache");
  if (MatchesEtag(request.Get("if-none-match"), etag, /*weak=*/true)) {
    answer.status = 304;
    answer.body = {};
    return answer;
  }
  answer.fields.emplace_back("content-type", file.type);
  if (gzip) answer.fields.emplace_back("content-encoding", "gzip");
  return answer;
}

}  // namespace clientele::gateway
