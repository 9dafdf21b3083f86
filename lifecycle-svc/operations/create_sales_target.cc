#include "lifecycle-svc/contract/forecast.h"
#include "lifecycle-svc/operations/operations.h"
#include "lifecycle-svc/operations/sales_targets.h"
#include "lifecycle-svc/operations/unit_of_work.h"
#include "servicekit/rpc/write.h"

namespace clientele::lifecycle {

absl::StatusOr<v1::SalesTarget> CreateSalesTarget(const Environment& environment, const CallContext& call,
                                                  const v1::CreateSalesTargetRequest& request) {
  if (absl::Status status = servicekit::CheckMayWrite(call.principal); !status.ok()) return status;
  Violations violations;
  const SalesTarget draft =
      DecodeSalesTarget(violations, "sales_target", request.sales_target(), environment.base_currency);
  if (!violations.empty()) return violations.status();
  return servicekit::IdempotentWrite<v1::SalesTarget>(
      environment.pool, call, request, [&](Transaction& tx) -> absl::StatusOr<v1::SalesTarget> {
        absl::Status status = CheckMaySetTarget(tx, call.principal, draft.team);
        if (!status.ok()) return status;
        UnitOfWork work(environment, call, tx);
        SalesTarget target = draft;
        target.id = Id::New(work.now());
        target.create_time = work.now();
        status = SalesTargetStore::Insert(tx, target);
        if (absl::IsAlreadyExists(status)) {
          return absl::AlreadyExistsError("there is a target of this team, owner and first day");
        }
        const v1::SalesTarget created = Encode(target, environment.base_currency);
        work.Record(Id(), created.name(), nullptr, created);
        if (status.ok()) status = work.Flush();
        if (!status.ok()) return status;
        return created;
      });
}

}  // namespace clientele::lifecycle
