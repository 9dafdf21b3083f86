#ifndef LIFECYCLE_SVC_OPERATIONS_CHANGE_OPPORTUNITY_H_
#define LIFECYCLE_SVC_OPERATIONS_CHANGE_OPPORTUNITY_H_

#include <string>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "lifecycle-svc/contract/encode.h"
#include "lifecycle-svc/operations/deals.h"
#include "lifecycle-svc/operations/environment.h"
#include "lifecycle-svc/operations/unit_of_work.h"
#include "lifecycle-svc/store/opportunity_store.h"
#include "servicekit/access/row_rule.h"
#include "servicekit/rpc/write.h"
#include "servicekit/types/resource_name.h"
#include "servicekit/types/str_cat.h"

namespace clientele::lifecycle {

// What all writes on an existing opportunity share: finds and locks it, checks who may and the etag, and runs
// `change`.
template <typename Request>
absl::StatusOr<v1::Opportunity> ChangeOpportunity(
    const Environment& environment, const CallContext& call, const Request& request,
    std::string_view name_field, const std::string& name, const std::string& etag,
    absl::FunctionRef<absl::Status(UnitOfWork&, Opportunity&)> change) {
  const absl::StatusOr<Id> id = servicekit::ParseName(name_field, "opportunities", name);
  if (!id.ok()) return id.status();
  const absl::Status not_found = absl::NotFoundError(servicekit::StrCat(name, " does not exist"));
  // Before the transaction, whose first plain read must come after its locks.
  const absl::StatusOr<Id> customer =
      servicekit::RunReading(environment.pool, call.deadline,
                             [&](Transaction& tx) { return OpportunityStore::FindCustomer(tx, *id); });
  if (absl::IsNotFound(customer.status())) return not_found;
  if (!customer.ok()) return customer.status();
  return servicekit::IdempotentWrite<v1::Opportunity>(
      environment.pool, call, request, [&](Transaction& tx) -> absl::StatusOr<v1::Opportunity> {
        UnitOfWork work(environment, call, tx);
        absl::Status status = work.Lock({*customer}, {});
        if (!status.ok()) return status;
        if (work.FindJourney(*customer) == nullptr) return not_found;
        absl::StatusOr<std::vector<Opportunity>> found = OpportunityStore::Find(tx, std::vector<Id>{*id});
        if (!found.ok()) return found.status();
        work.opportunities.Load(*std::move(found));
        Opportunity* opportunity = work.opportunities.Find(*id);
        if (opportunity == nullptr) return not_found;
        status = work.CheckStillOf(*customer, opportunity->customer);
        if (status.ok()) status = CheckEtag(etag, opportunity->version);
        if (status.ok()) status = change(work, *opportunity);
        if (status.ok()) status = work.Flush();
        if (!status.ok()) return status;
        return Encode(*opportunity);
      });
}

}  // namespace clientele::lifecycle

#endif  // LIFECYCLE_SVC_OPERATIONS_CHANGE_OPPORTUNITY_H_
