#include "lifecycle-svc/contract/credit_limit.h"
#include "lifecycle-svc/operations/credit_limits.h"
#include "lifecycle-svc/operations/known_customers.h"
#include "lifecycle-svc/operations/operations.h"
#include "lifecycle-svc/operations/unit_of_work.h"
#include "servicekit/rpc/write.h"

namespace clientele::lifecycle {

absl::StatusOr<v1::CreditLimit> UpdateCreditLimit(const Environment& environment, const CallContext& call,
                                                  const v1::UpdateCreditLimitRequest& request) {
  if (absl::Status status = CheckMaySetCreditLimits(call.principal); !status.ok()) return status;
  Violations violations;
  const absl::StatusOr<Id> customer =
      ParseCreditLimitName("credit_limit.name", request.credit_limit().name());
  violations.Add("credit_limit.name", customer.status());
  const CreditLimit draft = DecodeCreditLimit(violations, "credit_limit", request.credit_limit(),
                                              environment.base_currency, environment.clock.Now());
  if (!violations.empty()) return violations.status();
  const auto heard = HearOfMissing(environment, call, {*customer});
  if (!heard.ok()) return heard.status();

  return servicekit::IdempotentWrite<v1::CreditLimit>(
      environment.pool, call, request, [&](Transaction& tx) -> absl::StatusOr<v1::CreditLimit> {
        UnitOfWork work(environment, call, tx);
        absl::Status status = work.Lock({*customer}, *heard);
        if (status.ok()) status = work.CheckCustomer(*customer);
        CreditLimits limits(work);
        if (status.ok()) status = limits.Load({*customer});
        if (!status.ok()) return status;
        const CreditLimit before = limits.InForce(*customer);
        status = CheckEtag(request.credit_limit().etag(), before.version);
        if (!status.ok()) return status;
        CreditLimit limit = draft;
        // The same amount again holds since when it did.
        const bool restarts = request.credit_limit().has_start_time() || limit.amount != before.amount;
        if (!restarts) limit.start_time = before.start_time;
        limit = limits.Set(*customer, limit);
        status = work.Flush();
        if (!status.ok()) return status;
        return Encode(limit, environment.base_currency);
      });
}

}  // namespace clientele::lifecycle
