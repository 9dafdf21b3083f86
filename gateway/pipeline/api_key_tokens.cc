#include "gateway/pipeline/api_key_tokens.h"

#include <algorithm>
#include <memory>

#include "absl/time/clock.h"
#include "servicekit/types/error.h"

namespace clientele::gateway {
namespace {

constexpr absl::Duration kLifetime = absl::Minutes(10);
// A call that begins with the token must be through all services before it expires.
constexpr absl::Duration kReuse = absl::Minutes(5);

}  // namespace

absl::StatusOr<ApiKeyTokens::Token> ApiKeyTokens::Exchange(std::string_view key, std::string_view method,
                                                           bool reads) {
  const absl::StatusOr<std::shared_ptr<const servicekit::ApiKey>> known = keys_.Verify(key);
  if (!known.ok()) return known.status();
  const servicekit::ApiKey& found = **known;
  if (!servicekit::ScopesAllow(found.scopes, method, reads)) {
    return servicekit::WithReason(absl::PermissionDeniedError("the API key is not for this method"),
                                  "API_KEY_SCOPE");
  }
  const absl::Time now = absl::Now();
  const absl::MutexLock lock(&mutex_);
  Made& made = made_[found.hash];
  if (made.text.empty() || now >= made.until) {
    absl::StatusOr<std::string> text = signer_.Sign(found.principal, kLifetime);
    if (!text.ok()) return text.status();
    made = {*std::move(text), now + kReuse};
  }
  return Token{found.principal.subject, made.text};
}

}  // namespace clientele::gateway
