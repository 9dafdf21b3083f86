#include <sys/stat.h>

#include <fstream>
#include <sstream>
#include <utility>

#include <openssl/sha.h>

#include "servicekit/access/claims.h"
#include "servicekit/access/key_set.h"
#include "servicekit/access/token.h"

namespace servicekit {

TokenVerifier::TokenVerifier(TokenVerifierOptions options)
    : options_(std::move(options)), clock_(options_.clock != nullptr ? *options_.clock : system_clock_) {}

TokenVerifier::~TokenVerifier() = default;

absl::StatusOr<std::unique_ptr<TokenVerifier>> TokenVerifier::Open(TokenVerifierOptions options) {
  auto verifier = std::unique_ptr<TokenVerifier>(new TokenVerifier(std::move(options)));
  const absl::Status loaded = verifier->Reload(verifier->clock_.Now(), /*at_once=*/true);
  if (!loaded.ok()) return loaded;
  return verifier;
}

absl::StatusOr<Principal> TokenVerifier::Verify(std::string_view token) {
  if (token.empty()) return Unauthenticated("TOKEN_MISSING", "the call has no access token");
  if (token.size() > options_.max_token_bytes)
    return Unauthenticated("TOKEN_MALFORMED", "the token is too long");
  const absl::Time now = clock_.Now();
  const auto refresh = [&](bool at_once) {
    const absl::Status reloaded = Reload(now, at_once);
    if (!reloaded.ok() && options_.on_reload_failure) options_.on_reload_failure(reloaded);
  };
  refresh(/*at_once=*/false);

  Digest digest;
  SHA256(reinterpret_cast<const unsigned char*>(token.data()), token.size(), digest.data());
  std::shared_ptr<const Verified> verified = Find(digest);
  if (verified == nullptr) {
    std::shared_ptr<KeySet> used = keys();
    absl::StatusOr<std::shared_ptr<const Verified>> checked = VerifySignatureAndClaims(token, *used);
    if (absl::IsNotFound(checked.status())) {
      // The keys may have been rotated a moment ago.
      refresh(/*at_once=*/true);
      used = keys();
      checked = VerifySignatureAndClaims(token, *used);
    }
    if (absl::IsNotFound(checked.status())) {
      return Unauthenticated("TOKEN_KEY", "the token's key is not one of the known keys");
    }
    if (!checked.ok()) return checked.status();
    verified = *std::move(checked);
    const absl::Status in_time = CheckTimes(*verified, now);
    if (!in_time.ok()) return in_time;
    Remember(digest, verified, used);
    return verified->principal;
  }
  const absl::Status in_time = CheckTimes(*verified, now);
  if (!in_time.ok()) return in_time;
  return verified->principal;
}

absl::StatusOr<std::shared_ptr<const TokenVerifier::Verified>> TokenVerifier::VerifySignatureAndClaims(
    std::string_view token, const KeySet& keys) const {
  const absl::StatusOr<std::string> payload = keys.Verify(token);
  if (!payload.ok()) return payload.status();
  absl::StatusOr<Claims> claims = ParseClaims(*payload, options_.issuers, options_.audiences);
  if (!claims.ok()) return claims.status();
  return std::make_shared<const Verified>(
      Verified{std::move(claims->principal), claims->not_before, claims->expires});
}

absl::Status TokenVerifier::CheckTimes(const Verified& verified, absl::Time now) const {
  if (now >= verified.expires + options_.clock_skew) {
    return Unauthenticated("TOKEN_EXPIRED", "the token has expired");
  }
  if (now < verified.not_before - options_.clock_skew) {
    return Unauthenticated("TOKEN_NOT_YET_VALID", "the token is not valid yet");
  }
  return absl::OkStatus();
}

TokenVerifier::FileVersion TokenVerifier::VersionOf(const std::string& path) {
  struct stat file {};
  if (stat(path.c_str(), &file) != 0) return {};
  return {file.st_mtim.tv_sec * 1'000'000'000 + file.st_mtim.tv_nsec, file.st_size, file.st_ino};
}

std::vector<std::string> TokenVerifier::Files() const {
  if (options_.own_jwks_file.empty()) return {options_.jwks_file};
  return {options_.jwks_file, options_.own_jwks_file};
}

// Reads the files when one changed since the last look. The new keys replace the old ones and what these had
// verified.
absl::Status TokenVerifier::Reload(absl::Time now, bool at_once) {
  const absl::MutexLock lock(&mutex_);
  if (!at_once && absl::AbsDuration(now - checked_) < options_.check_file_every) return absl::OkStatus();
  checked_ = now;
  std::vector<FileVersion> versions;
  for (const std::string& path : Files()) versions.push_back(VersionOf(path));
  if (keys_ != nullptr && versions == versions_) return absl::OkStatus();
  std::vector<std::string> documents;
  for (const std::string& path : Files()) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    if (!file) return absl::NotFoundError("cannot read the JWKS file " + path);
    documents.push_back(text.str());
  }
  absl::StatusOr<std::unique_ptr<KeySet>> keys = KeySet::Parse(documents);
  // A file caught in the middle of being written changes once more, and is read again then.
  versions_ = std::move(versions);
  if (!keys.ok()) return keys.status();
  keys_ = *std::move(keys);
  young_.clear();
  old_.clear();
  return absl::OkStatus();
}

std::shared_ptr<KeySet> TokenVerifier::keys() {
  const absl::MutexLock lock(&mutex_);
  return keys_;
}

std::shared_ptr<const TokenVerifier::Verified> TokenVerifier::Find(const Digest& digest) {
  const absl::MutexLock lock(&mutex_);
  if (const auto it = young_.find(digest); it != young_.end()) return it->second;
  if (const auto it = old_.find(digest); it != old_.end()) {
    std::shared_ptr<const Verified> verified = it->second;
    Insert(digest, verified);
    return verified;
  }
  return nullptr;
}

void TokenVerifier::Remember(const Digest& digest, std::shared_ptr<const Verified> verified,
                             const std::shared_ptr<KeySet>& keys) {
  const absl::MutexLock lock(&mutex_);
  if (keys != keys_) return;  // Verified by keys that were replaced meanwhile.
  Insert(digest, std::move(verified));
}

void TokenVerifier::Insert(const Digest& digest, std::shared_ptr<const Verified> verified) {
  if (young_.size() >= options_.max_cached_tokens / 2) {
    old_ = std::move(young_);
    young_.clear();
  }
  young_.emplace(digest, std::move(verified));
}

}  // namespace servicekit
