#include "lifecycle-svc/contract/forecast.h"
#include "lifecycle-svc/operations/operations.h"
#include "lifecycle-svc/operations/sales_targets.h"
#include "lifecycle-svc/operations/unit_of_work.h"
#include "servicekit/rpc/write.h"
#include "servicekit/types/resource_name.h"
#include "servicekit/types/str_cat.h"

namespace clientele::lifecycle {

absl::StatusOr<v1::SalesTarget> DeleteSalesTarget(const Environment& environment, const CallContext& call,
                                                  const v1::DeleteSalesTargetRequest& request) {
  if (absl::Status status = servicekit::CheckMayWrite(call.principal); !status.ok()) return status;
  const absl::StatusOr<Id> id = servicekit::ParseName("name", "salesTargets", request.name());
  if (!id.ok()) return id.status();
  return servicekit::IdempotentWrite<v1::SalesTarget>(
      environment.pool, call, request, [&](Transaction& tx) -> absl::StatusOr<v1::SalesTarget> {
        UnitOfWork work(environment, call, tx);
        const absl::StatusOr<SalesTarget> target =
            SalesTargetStore::Get(tx, *id, ReadableTargets(call.principal));
        if (absl::IsNotFound(target.status())) {
          return absl::NotFoundError(servicekit::StrCat(request.name(), " does not exist"));
        }
        if (!target.ok()) return target.status();
        absl::Status status = CheckMaySetTarget(tx, call.principal, target->team);
        if (!status.ok()) return status;
        status = SalesTargetStore::Delete(tx, *id);
        const v1::SalesTarget before = Encode(*target, environment.base_currency);
        v1::SalesTarget gone;
        gone.set_name(before.name());
        work.Record(Id(), before.name(), &before, gone);
        if (status.ok()) status = work.Flush();
        if (!status.ok()) return status;
        return before;
      });
}

}  // namespace clientele::lifecycle
