#ifndef VALUE_SVC_OPERATIONS_CHANGE_POLICY_H_
#define VALUE_SVC_OPERATIONS_CHANGE_POLICY_H_

#include <optional>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "servicekit/access/principal.h"
#include "value-svc/domain/policy.h"
#include "value-svc/operations/stores.h"

namespace clientele::value {

// Who changes something, and when.
struct Author {
  const servicekit::Principal& principal;
  absl::Time time;
};

// Stores `policy` as the first version of a new one, for administrators.
absl::StatusOr<Policy> CreatePolicy(Transaction& tx, Stores& stores, const Author& author, Policy policy);

// Makes the next version of a policy by `apply`, which may refuse. ABORTED when `expected_version` is given
// and not the current one. Nothing happens when nothing changes.
absl::StatusOr<Policy> UpdatePolicy(Transaction& tx, Stores& stores, const Author& author, Id id,
                                    std::optional<int64_t> expected_version,
                                    absl::FunctionRef<absl::StatusOr<Policy>(const Policy&)> apply);

}  // namespace clientele::value

#endif  // VALUE_SVC_OPERATIONS_CHANGE_POLICY_H_
