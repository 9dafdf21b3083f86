#ifndef GATEWAY_PIPELINE_API_KEY_TOKENS_H_
#define GATEWAY_PIPELINE_API_KEY_TOKENS_H_

#include <string>
#include <string_view>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "servicekit/access/api_key.h"
#include "servicekit/access/token.h"

namespace clientele::gateway {

// Services verify tokens and know no API keys: a caller's key is exchanged here for a token that lives for
// some minutes and never leaves the house. Thread-safe.
class ApiKeyTokens {
 public:
  struct Token {
    std::string subject;
    std::string text;
  };

  ApiKeyTokens(servicekit::ApiKeys& keys, const servicekit::TokenSigner& signer)
      : keys_(keys), signer_(signer) {}

  // UNAUTHENTICATED as ApiKeys says; PERMISSION_DENIED with the reason API_KEY_SCOPE when the key is not for
  // this method.
  absl::StatusOr<Token> Exchange(std::string_view key, std::string_view method, bool reads);

 private:
  struct Made {
    std::string text;
    absl::Time until;
    servicekit::Principal principal;  // The file may say another one later.
  };

  servicekit::ApiKeys& keys_;
  const servicekit::TokenSigner& signer_;
  absl::Mutex mutex_;
  absl::flat_hash_map<std::string, Made> made_ ABSL_GUARDED_BY(mutex_);  // By the key's hash.
};

}  // namespace clientele::gateway

#endif  // GATEWAY_PIPELINE_API_KEY_TOKENS_H_
