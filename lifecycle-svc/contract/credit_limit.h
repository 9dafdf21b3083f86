#ifndef LIFECYCLE_SVC_CONTRACT_CREDIT_LIMIT_H_
#define LIFECYCLE_SVC_CONTRACT_CREDIT_LIMIT_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "clientele/lifecycle/v1/credit_limit_service.pb.h"
#include "lifecycle-svc/contract/values.h"
#include "lifecycle-svc/domain/credit_limit.h"

namespace clientele::lifecycle {

v1::CreditLimit Encode(const CreditLimit& limit, const std::string& base_currency);
// What a caller sets; everything wrong is added to `violations`.
CreditLimit DecodeCreditLimit(Violations& violations, std::string_view field, const v1::CreditLimit& message,
                              const std::string& base_currency, absl::Time now);
// The customer whose limit it is.
absl::StatusOr<Id> ParseCreditLimitName(std::string_view field, std::string_view name);

}  // namespace clientele::lifecycle

#endif  // LIFECYCLE_SVC_CONTRACT_CREDIT_LIMIT_H_
