#include "value-svc/operations/change_policy.h"

#include <utility>

#include "servicekit/access/row_rule.h"

namespace clientele::value {

absl::StatusOr<Policy> CreatePolicy(Transaction& tx, Stores& stores, const Author& author, Policy policy) {
  if (absl::Status status = servicekit::CheckAdministrator(author.principal); !status.ok()) return status;
  policy.id = Id::New(author.time);
  policy.version = 1;
  policy.update_time = author.time;
  policy.author = author.principal.subject;
  if (absl::Status status = stores.policies.Insert(tx, policy); !status.ok()) return status;
  return policy;
}

absl::StatusOr<Policy> UpdatePolicy(Transaction& tx, Stores& stores, const Author& author, Id id,
                                    std::optional<int64_t> expected_version,
                                    absl::FunctionRef<absl::StatusOr<Policy>(const Policy&)> apply) {
  if (absl::Status status = servicekit::CheckAdministrator(author.principal); !status.ok()) return status;
  const absl::StatusOr<Policy> before = stores.policies.GetForUpdate(tx, id);
  if (!before.ok()) return before;
  if (expected_version.has_value() && *expected_version != before->version) {
    return absl::AbortedError("the policy changed since it was read");
  }
  absl::StatusOr<Policy> after = apply(*before);
  if (!after.ok() || *after == *before) return after;
  after->version = before->version + 1;
  after->update_time = author.time;
  after->author = author.principal.subject;
  if (absl::Status status = stores.policies.Update(tx, *after); !status.ok()) return status;
  return after;
}

}  // namespace clientele::value
