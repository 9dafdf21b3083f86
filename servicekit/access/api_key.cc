#include "servicekit/access/api_key.h"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <utility>

#include <nlohmann/json.hpp>

#include "absl/strings/escaping.h"
#include "absl/strings/str_split.h"
#include "servicekit/access/claims.h"
#include "servicekit/telemetry/log.h"
#include "servicekit/types/error.h"
#include "servicekit/types/str_cat.h"

namespace servicekit {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kPrefix = "ck_";
constexpr size_t kIdBytes = 6;
constexpr size_t kSecretBytes = 32;
// The file says who a key speaks for in the words of a token's claims.
constexpr char kIssuer[] = "clientele";
constexpr char kAudience[] = "api-key";

std::string Sha256Hex(std::string_view text) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest;
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  return absl::BytesToHexString({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

absl::StatusOr<std::string> RandomBytes(size_t size) {
  std::string bytes(size, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(size)) != 1) {
    return absl::InternalError("there are no random bytes to make a key of");
  }
  return bytes;
}

// Held while a file of keys is read, changed and written, so that a key revoked meanwhile stays revoked. On a
// file beside it, since the file itself is replaced.
class FileLock {
 public:
  explicit FileLock(const std::string& path)
      : file_(open(StrCat(path, ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)),
        held_(file_ >= 0 && flock(file_, LOCK_EX) == 0) {}
  ~FileLock() {
    if (file_ >= 0) close(file_);
  }
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;
  absl::Status Check(const std::string& path) const {
    return held_ ? absl::OkStatus() : absl::InvalidArgumentError("cannot lock " + path);
  }

 private:
  const int file_;
  const bool held_;
};

// Changes whenever the file does; empty when there is none.
std::string VersionOf(const std::string& path) {
  struct stat file {};
  if (stat(path.c_str(), &file) != 0) return {};
  return StrCat(file.st_mtim.tv_sec, ".", file.st_mtim.tv_nsec, ".", file.st_size, ".", file.st_ino);
}

absl::StatusOr<ApiKey> FromJson(const Json& entry) {
  const auto malformed = [](std::string_view what) {
    return absl::InvalidArgumentError(StrCat("not an API key: ", what));
  };
  if (!entry.is_object()) return malformed("no object");
  ApiKey key;
  const auto text = [&entry](const char* name) {
    const auto it = entry.find(name);
    return it != entry.end() && it->is_string() ? it->get<std::string>() : std::string();
  };
  key.id = text("id");
  key.note = text("note");
  key.hash = text("hash");
  if (key.id.size() != 2 * kIdBytes || key.hash.size() != 2 * SHA256_DIGEST_LENGTH) {
    return malformed("id or hash");
  }
  const absl::StatusOr<Claims> claims =
      ParseClaims(entry.value("claims", Json::object()).dump(), {kIssuer}, {kAudience});
  if (!claims.ok()) return malformed(ToStd(claims.status().message()));
  key.principal = claims->principal;
  key.created = claims->issued;
  key.expires = claims->expires;
  for (const Json& scope : entry.value("scopes", Json::array())) {
    if (!scope.is_string()) return malformed("scopes");
    key.scopes.push_back(scope.get<std::string>());
  }
  if (absl::Status scopes = CheckScopes(key.scopes); !scopes.ok()) return scopes;
  const auto revoked = entry.find("revoked");
  key.revoked = revoked != entry.end() && *revoked != false;  // When in doubt, it is.
  return key;
}

Json ToJson(const ApiKey& key) {
  const Claims claims = {.principal = key.principal, .issued = key.created, .expires = key.expires};
  return {{"id", key.id},           {"note", key.note},
          {"hash", key.hash},       {"scopes", key.scopes},
          {"revoked", key.revoked}, {"claims", Json::parse(FormatClaims(claims, kIssuer, kAudience))}};
}

absl::Status WriteApiKeys(const std::string& path, const std::vector<ApiKey>& keys) {
  Json document = {{"keys", Json::array()}};
  for (const ApiKey& key : keys) document["keys"].push_back(ToJson(key));
  const std::string text = document.dump(1) + "\n";
  // Beside the file first, so that a reader sees the old one or the new one and nothing in between.
  const std::string beside = StrCat(path, ".", getpid());
  const int file = open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) return absl::InvalidArgumentError("cannot write " + path);
  const bool written =
      write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && fsync(file) == 0;
  close(file);
  if (!written || rename(beside.c_str(), path.c_str()) != 0) {
    unlink(beside.c_str());
    return absl::InvalidArgumentError("cannot write " + path);
  }
  return absl::OkStatus();
}

}  // namespace

bool ScopesAllow(const std::vector<std::string>& scopes, std::string_view method, bool reads) {
  // `/clientele.customer.v1.…` → `customer`.
  const size_t start = method.find('.') + 1;
  const std::string area(method.substr(start, method.find('.', start) - start));
  return std::any_of(scopes.begin(), scopes.end(), [&](const std::string& scope) {
    if (scope == "*" || scope == area + ":*") return true;
    return reads && (scope == "read" || scope == area + ":read");
  });
}

absl::Status CheckScopes(const std::vector<std::string>& scopes) {
  if (scopes.empty()) return InvalidField("scopes", "at least one is needed");
  for (const std::string& scope : scopes) {
    if (scope == "*" || scope == "read") continue;
    const std::vector<std::string> parts = absl::StrSplit(scope, ':');
    const bool area = parts.size() == 2 && (parts[0] == "customer" || parts[0] == "lifecycle" ||
                                            parts[0] == "value" || parts[0] == "gateway");
    if (!area || (parts[1] != "read" && parts[1] != "*")) {
      return InvalidField(
          "scopes",
          StrCat("`", scope, "` is none: *, read, or an area with :read or :*, as in customer:read"));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<ApiKey>> ReadApiKeys(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    if (access(path.c_str(), F_OK) == 0) return absl::InvalidArgumentError("cannot read " + path);
    return std::vector<ApiKey>();
  }
  std::ostringstream text;
  text << file.rdbuf();
  const Json document = Json::parse(text.str(), nullptr, /*allow_exceptions=*/false);
  if (!document.is_object() || !document.contains("keys") || !document["keys"].is_array()) {
    return absl::InvalidArgumentError(path + " is not a file of API keys");
  }
  std::vector<ApiKey> keys;
  for (const Json& entry : document["keys"]) {
    absl::StatusOr<ApiKey> key = FromJson(entry);
    if (!key.ok()) return key.status();
    keys.push_back(*std::move(key));
  }
  return keys;
}

absl::StatusOr<std::string> AddApiKey(const std::string& path, ApiKey key, absl::Time now) {
  if (absl::Status scopes = CheckScopes(key.scopes); !scopes.ok()) return scopes;
  if (absl::Status fits = CheckPrincipal(key.principal); !fits.ok()) return fits;
  const absl::StatusOr<std::string> id = RandomBytes(kIdBytes), secret = RandomBytes(kSecretBytes);
  if (!id.ok()) return id.status();
  if (!secret.ok()) return secret.status();
  const FileLock lock(path);
  if (absl::Status held = lock.Check(path); !held.ok()) return held;
  absl::StatusOr<std::vector<ApiKey>> keys = ReadApiKeys(path);
  if (!keys.ok()) return keys.status();
  key.id = absl::BytesToHexString(*id);
  const std::string text = StrCat(kPrefix, key.id, "_", absl::WebSafeBase64Escape(*secret));
  key.hash = Sha256Hex(text);
  key.created = now;
  keys->push_back(std::move(key));
  if (absl::Status written = WriteApiKeys(path, *keys); !written.ok()) return written;
  return text;
}

absl::Status RevokeApiKey(const std::string& path, std::string_view id) {
  const FileLock lock(path);
  if (absl::Status held = lock.Check(path); !held.ok()) return held;
  absl::StatusOr<std::vector<ApiKey>> keys = ReadApiKeys(path);
  if (!keys.ok()) return keys.status();
  const auto found =
      std::find_if(keys->begin(), keys->end(), [&](const ApiKey& key) { return key.id == id; });
  if (found == keys->end()) return absl::NotFoundError(StrCat("there is no API key ", id));
  found->revoked = true;
  return WriteApiKeys(path, *keys);
}

absl::StatusOr<std::unique_ptr<ApiKeys>> ApiKeys::Open(std::string path, const Clock* clock) {
  auto keys = std::unique_ptr<ApiKeys>(new ApiKeys(std::move(path), clock));
  const absl::MutexLock lock(&keys->mutex_);
  if (absl::Status loaded = keys->Reload(keys->clock_.Now()); !loaded.ok()) return loaded;
  return keys;
}

// Looks at the file once a second. One that cannot be used is told, and the keys known before stay.
absl::Status ApiKeys::Reload(absl::Time now) {
  if (absl::AbsDuration(now - checked_) < absl::Seconds(1)) return absl::OkStatus();
  checked_ = now;
  std::string version = VersionOf(path_);
  if (version == version_) return absl::OkStatus();
  absl::StatusOr<std::vector<ApiKey>> read = ReadApiKeys(path_);
  version_ = std::move(version);
  if (!read.ok()) return read.status();
  keys_.clear();
  for (ApiKey& key : *read) {
    std::string id = key.id;
    keys_[id] = std::make_shared<const ApiKey>(std::move(key));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::shared_ptr<const ApiKey>> ApiKeys::Verify(std::string_view text) {
  const absl::Status invalid = Unauthenticated("API_KEY_INVALID", "the API key is not a known one");
  constexpr size_t kMaxText = 128;
  const size_t border = kPrefix.size() + 2 * kIdBytes;
  if (!text.starts_with(kPrefix) || text.size() > kMaxText || text.size() <= border || text[border] != '_') {
    return invalid;
  }
  const absl::Time now = clock_.Now();
  std::shared_ptr<const ApiKey> key;
  {
    const absl::MutexLock lock(&mutex_);
    if (const absl::Status reloaded = Reload(now); !reloaded.ok()) {
      Log(LogLevel::kError, "the file of API keys cannot be used; the keys known before stay",
          {{"error", ToStd(reloaded.message())}});
    }
    const auto found = keys_.find(ToAbsl(text.substr(kPrefix.size(), 2 * kIdBytes)));
    if (found != keys_.end()) key = found->second;
  }
  if (key == nullptr) return invalid;
  const std::string hash = Sha256Hex(text);
  if (hash.size() != key->hash.size() || CRYPTO_memcmp(hash.data(), key->hash.data(), hash.size()) != 0) {
    return invalid;
  }
  if (key->revoked) return Unauthenticated("API_KEY_REVOKED", "the API key has been revoked");
  if (now >= key->expires) return Unauthenticated("API_KEY_EXPIRED", "the API key has expired");
  return key;
}

}  // namespace servicekit
