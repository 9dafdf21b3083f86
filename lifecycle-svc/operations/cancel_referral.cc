#include <memory>
#include <utility>

#include "clientele/lifecycle/v1/lifecycle_feed.pb.h"
#include "lifecycle-svc/contract/decode.h"
#include "lifecycle-svc/contract/encode.h"
#include "lifecycle-svc/operations/operations.h"
#include "lifecycle-svc/operations/unit_of_work.h"
#include "lifecycle-svc/store/referral_store.h"
#include "servicekit/access/row_rule.h"
#include "servicekit/rpc/write.h"
#include "servicekit/types/resource_name.h"
#include "servicekit/types/str_cat.h"

namespace clientele::lifecycle {

absl::StatusOr<v1::Referral> CancelReferral(const Environment& environment, const CallContext& call,
                                            const v1::CancelReferralRequest& request) {
  if (absl::Status status = servicekit::CheckMayWrite(call.principal); !status.ok()) return status;
  Violations violations;
  const std::string reason = DecodeReason(violations, "reason", request.reason());
  const absl::StatusOr<Id> id = servicekit::ParseName("name", "referrals", request.name());
  violations.Add("name", id.status());
  if (!violations.empty()) return violations.status();
  const absl::Status not_found = absl::NotFoundError(servicekit::StrCat(request.name(), " does not exist"));
  // Before the transaction, whose first plain read must come after its locks.
  const absl::StatusOr<Referral> known = servicekit::RunReading(
      environment.pool, call.deadline, [&](Transaction& tx) { return ReferralStore::Get(tx, *id); });
  if (absl::IsNotFound(known.status())) return not_found;
  if (!known.ok()) return known.status();

  return servicekit::IdempotentWrite<v1::Referral>(
      environment.pool, call, request, [&](Transaction& tx) -> absl::StatusOr<v1::Referral> {
        UnitOfWork work(environment, call, tx);
        absl::Status status = work.Lock({known->referred}, {}, /*with_referrals=*/true);
        if (!status.ok()) return status;
        if (work.FindJourney(known->referred) == nullptr) return not_found;
        absl::StatusOr<Referral> referral = ReferralStore::Get(tx, *id);
        if (!referral.ok()) return referral.status();
        status = work.CheckStillOf(known->referred, referral->referred);
        if (!status.ok()) return status;
        const v1::Referral before = Encode(*referral);
        status = Cancel(*referral, reason, work.now());
        if (status.ok()) status = ReferralStore::Cancel(tx, *referral);
        if (!status.ok()) return status;
        auto event = std::make_unique<v1::ReferralCancelled>();
        *event->mutable_referral() = Encode(*referral);
        work.Record(referral->referred, before.name(), &before, event->referral());
        work.Announce(referral->referred, work.now(), std::move(event));
        status = work.Flush();
        if (!status.ok()) return status;
        return Encode(*referral);
      });
}

}  // namespace clientele::lifecycle
