#ifndef CUSTOMER_SVC_DOMAIN_MERGE_H_
#define CUSTOMER_SVC_DOMAIN_MERGE_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "customer-svc/domain/customer.h"
#include "customer-svc/domain/fields.h"

// Two customers that are the same become one, and two again when that was a mistake.
namespace clientele::customer {

// INVALID_ARGUMENT on `field` unless each name is a field whose value can be taken from the merged customer:
// all but `external_ids`, which add up always, and `team`, which follows from `owner`.
absl::Status CheckTakenFields(std::string_view field, const std::vector<std::string>& names);

// The survivor after the merge. Each field keeps the survivor's value; where that says nothing, and where
// `taken` names the field, it is the merged customer's. What there can be several of (addresses, contact
// points, tags) adds up, the survivor's first, as far as a customer may have them, unless `taken` names it.
// FAILED_PRECONDITION (reason TOO_MANY_EXTERNAL_IDS) when they have more external ids than one may have.
absl::StatusOr<Customer> MergeProfiles(const Customer& survivor, const Customer& merged,
                                       const std::vector<std::string>& taken);

// The survivor after the split: as `before` the merge where `now` is still as it was right `after` the merge,
// and as it is now where it was changed since; those fields are named in `kept`. Of what there can be several
// of, what came by the merge goes and what was added or removed since stays so.
Customer SplitProfile(const Customer& before, const Customer& after, const Customer& now, FieldNames* kept);

}  // namespace clientele::customer

#endif  // CUSTOMER_SVC_DOMAIN_MERGE_H_
