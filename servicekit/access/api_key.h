#ifndef SERVICEKIT_ACCESS_API_KEY_H_
#define SERVICEKIT_ACCESS_API_KEY_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "servicekit/access/principal.h"
#include "servicekit/types/clock.h"

// API keys: for programs that cannot fetch a token. A key is `ck_{id}_{secret}`; only the SHA-256 of the
// whole is kept, which is enough since the secret has 256 random bits. Keys live in a JSON file that an
// operator's command changes and the gateway reads again when it changed.
namespace servicekit {

struct ApiKey {
  std::string id;  // Twelve hex digits: what lists, logs and revocations speak of.
  std::string note;
  std::string hash;  // Hex.
  Principal principal;
  // What it may call: `*`, `read`, or an area with `:read` or `:*` (`customer:read`, `value:*`).
  std::vector<std::string> scopes;
  absl::Time created;
  absl::Time expires;
  bool revoked = false;
};

// Whether one of the scopes covers a method (`/clientele.customer.v1.CustomerService/GetCustomer`) that
// reads, or that does more than reading.
bool ScopesAllow(const std::vector<std::string>& scopes, std::string_view method, bool reads);

// INVALID_ARGUMENT for a scope that is none.
absl::Status CheckScopes(const std::vector<std::string>& scopes);

// Every key in the file, in order of creation. A file that is not there has none.
absl::StatusOr<std::vector<ApiKey>> ReadApiKeys(const std::string& path);

// Adds a key (id, hash and created are made here) and returns its text, which is nowhere kept. The file is
// replaced as a whole, readable by its owner only.
absl::StatusOr<std::string> AddApiKey(const std::string& path, ApiKey key, absl::Time now);

// NOT_FOUND when there is no such key. Revoking twice is no error.
absl::Status RevokeApiKey(const std::string& path, std::string_view id);

// The keys of a file that may change. Thread-safe.
class ApiKeys {
 public:
  // Fails when the file is there and cannot be used.
  static absl::StatusOr<std::unique_ptr<ApiKeys>> Open(std::string path, const Clock* clock = nullptr);

  // UNAUTHENTICATED with the reason API_KEY_INVALID, API_KEY_EXPIRED or API_KEY_REVOKED.
  absl::StatusOr<std::shared_ptr<const ApiKey>> Verify(std::string_view text);

 private:
  explicit ApiKeys(std::string path, const Clock* clock)
      : path_(std::move(path)), clock_(clock != nullptr ? *clock : system_clock_) {}
  absl::Status Reload(absl::Time now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const std::string path_;
  const Clock system_clock_;
  const Clock& clock_;
  absl::Mutex mutex_;
  absl::flat_hash_map<std::string, std::shared_ptr<const ApiKey>> keys_ ABSL_GUARDED_BY(mutex_);  // By id.
  std::string version_ ABSL_GUARDED_BY(mutex_);
  absl::Time checked_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
};

}  // namespace servicekit

#endif  // SERVICEKIT_ACCESS_API_KEY_H_
