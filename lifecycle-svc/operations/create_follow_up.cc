#include "lifecycle-svc/contract/follow_up.h"
#include "lifecycle-svc/operations/follow_ups.h"
#include "lifecycle-svc/operations/known_customers.h"
#include "lifecycle-svc/operations/operations.h"
#include "lifecycle-svc/operations/unit_of_work.h"
#include "servicekit/access/row_rule.h"
#include "servicekit/rpc/write.h"
#include "servicekit/types/resource_name.h"

namespace clientele::lifecycle {

absl::StatusOr<v1::FollowUp> CreateFollowUp(const Environment& environment, const CallContext& call,
                                            const v1::CreateFollowUpRequest& request) {
  if (absl::Status status = servicekit::CheckMayWrite(call.principal); !status.ok()) return status;
  Violations violations;
  FollowUp draft = DecodeFollowUp(violations, "follow_up", request.follow_up(), environment.clock.Now());
  const absl::StatusOr<Id> customer =
      servicekit::ParseName("follow_up.customer", "customers", request.follow_up().customer());
  violations.Add("follow_up.customer", customer.status());
  if (!violations.empty()) return violations.status();
  draft.customer = *customer;
  const auto heard = HearOfMissing(environment, call, {*customer});
  if (!heard.ok()) return heard.status();

  return servicekit::IdempotentWrite<v1::FollowUp>(
      environment.pool, call, request, [&](Transaction& tx) -> absl::StatusOr<v1::FollowUp> {
        UnitOfWork work(environment, call, tx);
        absl::Status status = work.Lock({*customer}, *heard);
        if (status.ok()) status = work.CheckCustomer(*customer);
        FollowUps follow_ups(work);
        if (status.ok()) status = follow_ups.Load({*customer});
        if (!status.ok()) return status;
        const FollowUp& reminder = follow_ups.Raise(draft);
        status = work.Flush();
        if (!status.ok()) return status;
        return Encode(reminder, follow_ups.OwnerOf(*customer), work.now());
      });
}

}  // namespace clientele::lifecycle
