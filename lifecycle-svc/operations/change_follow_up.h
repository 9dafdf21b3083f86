#ifndef LIFECYCLE_SVC_OPERATIONS_CHANGE_FOLLOW_UP_H_
#define LIFECYCLE_SVC_OPERATIONS_CHANGE_FOLLOW_UP_H_

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "lifecycle-svc/contract/follow_up.h"
#include "lifecycle-svc/operations/environment.h"
#include "lifecycle-svc/operations/follow_ups.h"
#include "lifecycle-svc/operations/unit_of_work.h"
#include "lifecycle-svc/store/follow_up_store.h"
#include "servicekit/access/row_rule.h"
#include "servicekit/rpc/write.h"
#include "servicekit/types/resource_name.h"
#include "servicekit/types/str_cat.h"

namespace clientele::lifecycle {

// What all writes on an existing follow-up share: finds and locks it, checks who may and the etag, and runs
// `change`.
template <typename Request>
absl::StatusOr<v1::FollowUp> ChangeFollowUp(const Environment& environment, const CallContext& call,
                                            const Request& request,
                                            absl::FunctionRef<absl::Status(UnitOfWork&, FollowUp&)> change) {
  if (absl::Status status = servicekit::CheckMayWrite(call.principal); !status.ok()) return status;
  const absl::StatusOr<Id> id = servicekit::ParseName("name", "followUps", request.name());
  if (!id.ok()) return id.status();
  const absl::Status not_found = absl::NotFoundError(servicekit::StrCat(request.name(), " does not exist"));
  // Before the transaction, whose first plain read must come after its locks.
  const absl::StatusOr<Id> customer = servicekit::RunReading(
      environment.pool, call.deadline, [&](Transaction& tx) { return FollowUpStore::FindCustomer(tx, *id); });
  if (absl::IsNotFound(customer.status())) return not_found;
  if (!customer.ok()) return customer.status();
  return servicekit::IdempotentWrite<v1::FollowUp>(
      environment.pool, call, request, [&](Transaction& tx) -> absl::StatusOr<v1::FollowUp> {
        UnitOfWork work(environment, call, tx);
        absl::Status status = work.Lock({*customer}, {});
        if (!status.ok()) return status;
        if (work.FindJourney(*customer) == nullptr) return not_found;
        FollowUps follow_ups(work);
        status = follow_ups.Load({*customer});
        absl::StatusOr<std::vector<FollowUp>> found = FollowUpStore::Find(tx, {*id});
        if (!status.ok()) return status;
        if (!found.ok()) return found.status();
        work.follow_ups.Load(*std::move(found));
        FollowUp* follow_up = work.follow_ups.Find(*id);
        if (follow_up == nullptr) return not_found;
        status = work.CheckStillOf(*customer, follow_up->customer);
        if (status.ok() && follow_up->addressee == Addressee::kManager &&
            call.principal.role == servicekit::Role::kRepresentative) {
          status = absl::PermissionDeniedError("this is addressed to the manager");
        }
        if (status.ok()) status = CheckEtag(request.etag(), follow_up->version);
        const FollowUp before = *follow_up;
        if (status.ok()) status = change(work, *follow_up);
        if (!status.ok()) return status;
        follow_ups.Changed(*follow_up, &before);
        status = work.Flush();
        if (!status.ok()) return status;
        return Encode(*follow_up, follow_ups.OwnerOf(*customer), work.now());
      });
}

}  // namespace clientele::lifecycle

#endif  // LIFECYCLE_SVC_OPERATIONS_CHANGE_FOLLOW_UP_H_
