#include "lifecycle-svc/contract/decode.h"
#include "lifecycle-svc/contract/encode.h"
#include "lifecycle-svc/operations/deals.h"
#include "lifecycle-svc/operations/known_customers.h"
#include "lifecycle-svc/operations/operations.h"
#include "lifecycle-svc/operations/unit_of_work.h"
#include "servicekit/access/row_rule.h"
#include "servicekit/rpc/write.h"
#include "servicekit/types/resource_name.h"
#include "servicekit/types/str_cat.h"

namespace clientele::lifecycle {

absl::StatusOr<v1::Referral> CreateReferral(const Environment& environment, const CallContext& call,
                                            const v1::CreateReferralRequest& request) {
  if (absl::Status status = servicekit::CheckMayWrite(call.principal); !status.ok()) return status;
  Violations violations;
  Referral draft = DecodeReferral(violations, "referral", request.referral(), environment.clock.Now());
  const absl::StatusOr<Id> referrer =
      servicekit::ParseName("referral.referrer", "customers", request.referral().referrer());
  const absl::StatusOr<Id> opportunity =
      servicekit::ParseName("referral.opportunity", "opportunities", request.referral().opportunity());
  violations.Add("referral.referrer", referrer.status());
  violations.Add("referral.opportunity", opportunity.status());
  if (!violations.empty()) return violations.status();
  const absl::Status not_found =
      absl::NotFoundError(servicekit::StrCat(request.referral().opportunity(), " does not exist"));
  // Before the transaction, whose first plain read must come after its locks.
  const absl::StatusOr<Id> referred = servicekit::RunReading(
      environment.pool, call.deadline,
      [&](Transaction& tx) { return OpportunityStore::FindCustomer(tx, *opportunity); });
  if (absl::IsNotFound(referred.status())) return not_found;
  if (!referred.ok()) return referred.status();
  const auto heard = HearOfMissing(environment, call, {*referrer});
  if (!heard.ok()) return heard.status();
  draft.referrer = *referrer;
  draft.opportunity = *opportunity;
  draft.referred = *referred;

  return servicekit::IdempotentWrite<v1::Referral>(
      environment.pool, call, request, [&](Transaction& tx) -> absl::StatusOr<v1::Referral> {
        UnitOfWork work(environment, call, tx);
        absl::Status status = work.Lock({*referred, *referrer}, *heard, /*with_referrals=*/true);
        if (!status.ok()) return status;
        if (work.FindJourney(*referred) == nullptr) return not_found;
        Deals deals(work);
        // Who helped may be someone else's customer, as long as the caller sees them.
        status = deals.CheckReadable(call.principal, *referrer);
        if (!status.ok()) return status;
        const absl::StatusOr<Id> still = OpportunityStore::FindCustomer(tx, *opportunity);
        if (!still.ok()) return still.status();
        status = work.CheckStillOf(*referred, *still);
        if (!status.ok()) return status;
        Referral given = draft;
        // Whom the opportunity counts as; that it is an alias's own follows from the opportunity.
        given.referred = *still;
        if (!request.referral().has_event_time()) given.event_time = work.now();
        const absl::StatusOr<Referral> referral = deals.Refer(given);
        if (!referral.ok()) return referral.status();
        status = work.Flush();
        if (!status.ok()) return status;
        return Encode(*referral);
      });
}

}  // namespace clientele::lifecycle
