#ifndef SERVICEKIT_ACCESS_TOKEN_H_
#define SERVICEKIT_ACCESS_TOKEN_H_

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "servicekit/access/principal.h"
#include "servicekit/types/clock.h"

// Access tokens: JWTs (RFC 7519) signed with ES256 or RS256. Claims: iss, sub, aud, exp, iat, role,
// department, teams.
namespace servicekit {

class KeySet;
class SigningKey;

struct TokenVerifierOptions {
  std::string jwks_file;
  std::string own_jwks_file;  // More keys, in a file of their own; empty: none.
  // A token must have one of each. `clientele` is what our own tools sign with.
  std::vector<std::string> issuers = {"clientele"};
  std::vector<std::string> audiences = {"clientele"};
  absl::Duration clock_skew = absl::Seconds(60);
  // How often the file is looked at for a change; a token with an unknown key looks at once.
  absl::Duration check_file_every = absl::Seconds(1);
  size_t max_token_bytes = 8192;
  size_t max_cached_tokens = 10'000;
  const Clock* clock = nullptr;  // The system's when null.
  // Told when a changed file cannot be used; the keys known before stay in use.
  std::function<void(const absl::Status&)> on_reload_failure;
};

// Turns a bearer token into the principal that it speaks for. Thread-safe. A token seen before costs a
// SHA-256 and a lookup instead of a signature check.
class TokenVerifier {
 public:
  // Fails when the file does not hold a usable key.
  static absl::StatusOr<std::unique_ptr<TokenVerifier>> Open(TokenVerifierOptions options);
  ~TokenVerifier();

  // UNAUTHENTICATED with a reason (TOKEN_MISSING, TOKEN_MALFORMED, TOKEN_EXPIRED, …) otherwise. No message
  // repeats anything of the token.
  absl::StatusOr<Principal> Verify(std::string_view token);

 private:
  using Digest = std::array<unsigned char, 32>;
  struct Verified {
    Principal principal;
    absl::Time not_before;
    absl::Time expires;
  };
  using Cache = absl::flat_hash_map<Digest, std::shared_ptr<const Verified>>;
  struct FileVersion {
    int64_t modified_ns = 0;
    int64_t size = 0;
    uint64_t inode = 0;
    friend bool operator==(const FileVersion&, const FileVersion&) = default;
  };

  explicit TokenVerifier(TokenVerifierOptions options);
  absl::Status Reload(absl::Time now, bool at_once);
  static FileVersion VersionOf(const std::string& path);
  std::vector<std::string> Files() const;
  absl::Status CheckTimes(const Verified& verified, absl::Time now) const;
  absl::StatusOr<std::shared_ptr<const Verified>> VerifySignatureAndClaims(std::string_view token,
                                                                           const KeySet& keys) const;
  std::shared_ptr<const Verified> Find(const Digest& digest);
  void Remember(const Digest& digest, std::shared_ptr<const Verified> verified,
                const std::shared_ptr<KeySet>& keys);
  void Insert(const Digest& digest, std::shared_ptr<const Verified> verified)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  std::shared_ptr<KeySet> keys();

  const TokenVerifierOptions options_;
  const Clock system_clock_;
  const Clock& clock_;

  absl::Mutex mutex_;
  std::shared_ptr<KeySet> keys_ ABSL_GUARDED_BY(mutex_);
  std::vector<FileVersion> versions_ ABSL_GUARDED_BY(mutex_);  // Of Files().
  absl::Time checked_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
  // Two generations bound the cache: when the young one is full it becomes the old one, and the old one is
  // dropped.
  Cache young_ ABSL_GUARDED_BY(mutex_);
  Cache old_ ABSL_GUARDED_BY(mutex_);
};

struct TokenSignerOptions {
  std::string signing_key_file;  // A P-256 private key in PEM.
  std::string issuer = "clientele";
  std::string audience = "clientele";
  const Clock* clock = nullptr;
};

// Makes tokens: for the development sign-in, for services' own calls and for tests. Thread-safe.
class TokenSigner {
 public:
  static absl::StatusOr<std::unique_ptr<TokenSigner>> Open(TokenSignerOptions options);
  ~TokenSigner();

  absl::StatusOr<std::string> Sign(const Principal& principal, absl::Duration lifetime) const;

 private:
  explicit TokenSigner(TokenSignerOptions options);

  const TokenSignerOptions options_;
  const Clock system_clock_;
  const Clock& clock_;
  std::unique_ptr<SigningKey> key_;
};

// Writes a new P-256 key to `signing-key.pem` (mode 0600) and its public half to `jwks.json` in `directory`.
// ALREADY_EXISTS when there is a signing key: it is never overwritten.
absl::Status NewSigningKey(const std::string& directory);

}  // namespace servicekit

#endif  // SERVICEKIT_ACCESS_TOKEN_H_
