#include "lifecycle-svc/operations/known_customers.h"

#include <algorithm>

#include "servicekit/types/resource_name.h"
#include "servicekit/types/str_cat.h"

namespace clientele::lifecycle {

absl::StatusOr<std::vector<KnownCustomer>> HearOfMissing(const Environment& environment,
                                                         const CallContext& call,
                                                         const std::vector<Id>& customers) {
  absl::StatusOr<std::vector<Id>> known =
      servicekit::RunReading(environment.pool, call.deadline,
                             [&](Transaction& tx) { return JourneyStore::FindKnown(tx, customers); });
  if (!known.ok()) return known.status();
  std::vector<Reference> missing;
  for (const Id& customer : customers) {
    if (std::find(known->begin(), known->end(), customer) == known->end()) missing.push_back(customer);
  }
  std::vector<KnownCustomer> heard;
  if (missing.empty()) return heard;
  absl::StatusOr<CustomerDirectory::Answer> answer = environment.directory.Resolve(call, missing, {});
  if (!answer.ok()) return answer.status();
  for (size_t i = 0; i < missing.size(); ++i) {
    if (!answer->customers[i].has_value()) {
      return absl::NotFoundError(
          servicekit::StrCat(servicekit::NameOf("customers", std::get<Id>(missing[i])), " does not exist"));
    }
    KnownCustomer& customer = heard.emplace_back(*std::move(answer->customers[i]));
    const Id asked = std::get<Id>(missing[i]);
    // Merged there; the feed has not told us yet.
    if (customer.id != asked) customer.alias = asked;
  }
  return heard;
}

}  // namespace clientele::lifecycle
