#include "lifecycle-svc/contract/decode.h"
#include "lifecycle-svc/contract/encode.h"
#include "lifecycle-svc/operations/operations.h"
#include "lifecycle-svc/operations/unit_of_work.h"
#include "lifecycle-svc/store/product_store.h"
#include "servicekit/access/row_rule.h"
#include "servicekit/rpc/write.h"
#include "servicekit/types/error.h"

namespace clientele::lifecycle {

absl::StatusOr<v1::ExchangeRate> SetExchangeRate(const Environment& environment, const CallContext& call,
                                                 const v1::SetExchangeRateRequest& request) {
  if (absl::Status status = servicekit::CheckAdministrator(call.principal); !status.ok()) return status;
  Violations violations;
  const ExchangeRate rate = DecodeExchangeRate(violations, "exchange_rate", request.exchange_rate());
  if (rate.currency == environment.base_currency) {
    violations.Add("exchange_rate.currency_code", "is the base currency, whose rate is always 1");
  }
  if (!violations.empty()) return violations.status();
  return servicekit::IdempotentWrite<v1::ExchangeRate>(
      environment.pool, call, request, [&](Transaction& tx) -> absl::StatusOr<v1::ExchangeRate> {
        UnitOfWork work(environment, call, tx);
        absl::Status status = work.LoadRates({rate.currency});
        if (!status.ok()) return status;
        const v1::ExchangeRate after = Encode(rate);
        if (const ExchangeRate* current = work.FindRate(rate.currency, rate.start_date)) {
          if (*current == rate) return after;
          const v1::ExchangeRate before = Encode(*current);
          work.Record(Id(), ExchangeRateName(rate), &before, after);
        } else {
          work.Record(Id(), ExchangeRateName(rate), nullptr, after);
        }
        work.PutRate(rate);
        status = work.Flush();
        if (!status.ok()) return status;
        return after;
      });
}

}  // namespace clientele::lifecycle
