#include "lifecycle-svc/contract/decode.h"
#include "lifecycle-svc/contract/encode.h"
#include "lifecycle-svc/operations/deals.h"
#include "lifecycle-svc/operations/known_customers.h"
#include "lifecycle-svc/operations/operations.h"
#include "lifecycle-svc/operations/unit_of_work.h"
#include "servicekit/access/row_rule.h"
#include "servicekit/rpc/write.h"
#include "servicekit/types/error.h"
#include "servicekit/types/resource_name.h"

namespace clientele::lifecycle {

absl::StatusOr<v1::Opportunity> CreateOpportunity(const Environment& environment, const CallContext& call,
                                                  const v1::CreateOpportunityRequest& request) {
  if (absl::Status status = servicekit::CheckMayWrite(call.principal); !status.ok()) return status;
  Violations violations;
  Opportunity draft =
      DecodeOpportunity(violations, "opportunity", request.opportunity(), environment.clock.Now());
  const absl::StatusOr<Id> customer =
      servicekit::ParseName("opportunity.customer", "customers", request.opportunity().customer());
  violations.Add("opportunity.customer", customer.status());
  if (!violations.empty()) return violations.status();
  draft.customer = *customer;
  const auto heard = HearOfMissing(environment, call, {*customer});
  if (!heard.ok()) return heard.status();

  return servicekit::IdempotentWrite<v1::Opportunity>(
      environment.pool, call, request, [&](Transaction& tx) -> absl::StatusOr<v1::Opportunity> {
        UnitOfWork work(environment, call, tx);
        absl::Status status = work.Lock({*customer}, *heard);
        if (status.ok()) status = work.CheckCustomer(*customer);
        if (!status.ok()) return status;
        const absl::StatusOr<Opportunity*> opportunity = Deals(work).Open(draft);
        if (!opportunity.ok()) return servicekit::UnderField(opportunity.status(), "opportunity.");
        status = work.Flush();
        if (!status.ok()) return status;
        return Encode(**opportunity);
      });
}

}  // namespace clientele::lifecycle
