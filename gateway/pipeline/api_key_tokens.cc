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

// The gateway's own methods put together what the services tell, so a key must be for all of these.
bool IsAllowed(const servicekit::ApiKey& key, std::string_view method, bool reads) {
  constexpr std::string_view kOwn = "/clientele.gateway.v1.",
                             kAccount = "/clientele.gateway.v1.AccountService/";
  if (!method.starts_with(kOwn) || method.starts_with(kAccount)) {
    return servicekit::ScopesAllow(key.scopes, method, reads);
  }
  for (const char* service : {"/clientele.customer.v1", "/clientele.lifecycle.v1", "/clientele.value.v1"}) {
    if (!servicekit::ScopesAllow(key.scopes, service, reads)) return false;
  }
  return true;
}

}  // namespace

absl::StatusOr<ApiKeyTokens::Token> ApiKeyTokens::Exchange(std::string_view key, std::string_view method,
                                                           bool reads) {
  const absl::StatusOr<std::shared_ptr<const servicekit::ApiKey>> known = keys_.Verify(key);
  if (!known.ok()) return known.status();
  const servicekit::ApiKey& found = **known;
  if (!IsAllowed(found, method, reads)) {
    return servicekit::WithReason(absl::PermissionDeniedError("the API key is not for this method"),
                                  "API_KEY_SCOPE");
  }
  const absl::Time now = absl::Now();
  const absl::MutexLock lock(&mutex_);
  Made& made = made_[found.hash];
  if (made.text.empty() || now >= made.until || made.principal != found.principal) {
    const absl::Duration left = found.expires - now;
    absl::StatusOr<std::string> text = signer_.Sign(found.principal, std::min(kLifetime, left));
    if (!text.ok()) return text.status();
    made = {*std::move(text), now + std::min(kReuse, left), found.principal};
  }
  return Token{found.principal.subject, made.text};
}

}  // namespace clientele::gateway
