#include "lifecycle-svc/contract/decode.h"
#include "lifecycle-svc/contract/encode.h"
#include "lifecycle-svc/operations/operations.h"
#include "lifecycle-svc/operations/unit_of_work.h"
#include "lifecycle-svc/store/sales_step_store.h"
#include "servicekit/access/row_rule.h"
#include "servicekit/rpc/write.h"

namespace clientele::lifecycle {

absl::StatusOr<v1::SalesStep> UpdateSalesStep(const Environment& environment, const CallContext& call,
                                              const v1::UpdateSalesStepRequest& request) {
  if (absl::Status status = servicekit::CheckAdministrator(call.principal); !status.ok()) return status;
  const v1::SalesStep& change = request.sales_step();
  const absl::StatusOr<SalesStep> step = ParseSalesStepName("sales_step.name", change.name());
  if (!step.ok()) return step.status();
  return servicekit::IdempotentWrite<v1::SalesStep>(
      environment.pool, call, request, [&](Transaction& tx) -> absl::StatusOr<v1::SalesStep> {
        UnitOfWork work(environment, call, tx);
        const absl::StatusOr<StepDefaults> current = SalesStepStore::GetForUpdate(tx, *step);
        if (!current.ok()) return current.status();
        absl::Status status = CheckEtag(change.etag(), current->version);
        if (!status.ok()) return status;
        absl::StatusOr<StepDefaults> next =
            MergeSalesStep(*step, *current, change, request.update_mask(), "sales_step");
        if (!next.ok()) return next.status();
        const v1::SalesStep before = Encode(*step, *current);
        if (*next == *current) return before;
        ++next->version;
        next->update_time = work.now();
        status = SalesStepStore::Update(tx, *step, *next);
        const v1::SalesStep after = Encode(*step, *next);
        work.Record(Id(), after.name(), &before, after);
        if (status.ok()) status = work.Flush();
        if (!status.ok()) return status;
        return after;
      });
}

}  // namespace clientele::lifecycle
