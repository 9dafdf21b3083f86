#ifndef CUSTOMER_SVC_FUZZ_REFUSAL_H_
#define CUSTOMER_SVC_FUZZ_REFUSAL_H_

#include <string_view>

#include "absl/status/status.h"
#include "customer-svc/fuzz/fuzz.h"
#include "servicekit/types/error.h"
#include "servicekit/types/utf8.h"

namespace clientele::customer::fuzz {

// INVALID_ARGUMENT about fields that are named, in text that can be sent. `field`, if given, is the only one.
inline void RequireRefusal(const absl::Status& status, std::string_view field = "") {
  Require(absl::IsInvalidArgument(status), "what is wrong is INVALID_ARGUMENT");
  const auto violations = servicekit::GetFieldViolations(status);
  Require(!violations.empty(), "what is wrong is named");
  for (const servicekit::FieldViolation& violation : violations) {
    Require(field.empty() || violation.field == field, "what is wrong is the field that was given");
    Require(!violation.field.empty() && !violation.description.empty(), "a violation says where and what");
    Require(servicekit::IsUtf8(violation.field) && servicekit::IsUtf8(violation.description),
            "a violation can be sent");
  }
}

}  // namespace clientele::customer::fuzz

#endif  // CUSTOMER_SVC_FUZZ_REFUSAL_H_
