#include "lifecycle-svc/contract/delivery.h"
#include "lifecycle-svc/operations/operations.h"
#include "lifecycle-svc/operations/unit_of_work.h"
#include "lifecycle-svc/store/delivery_store.h"
#include "servicekit/access/row_rule.h"
#include "servicekit/rpc/write.h"

namespace clientele::lifecycle {

absl::StatusOr<v1::DeliveryMatrix> UpdateDeliveryMatrix(const Environment& environment,
                                                        const CallContext& call,
                                                        const v1::UpdateDeliveryMatrixRequest& request) {
  if (absl::Status status = servicekit::CheckAdministrator(call.principal); !status.ok()) return status;
  return servicekit::IdempotentWrite<v1::DeliveryMatrix>(
      environment.pool, call, request, [&](Transaction& tx) -> absl::StatusOr<v1::DeliveryMatrix> {
        UnitOfWork work(environment, call, tx);
        absl::Status status = DeliveryStore::LockMatrix(tx);
        if (!status.ok()) return status;
        const absl::StatusOr<DeliveryMatrix> current = DeliveryStore::GetMatrix(tx);
        if (!current.ok()) return current.status();
        status = CheckEtag(request.etag(), current->version);
        if (!status.ok()) return status;
        Violations violations;
        DeliveryMatrix next = MergeMatrix(violations, *current, request);
        if (!violations.empty()) return violations.status();
        const v1::DeliveryMatrix before = Encode(*current);
        if (next == *current) return before;
        ++next.version;
        status = DeliveryStore::PutMatrix(tx, next);
        const v1::DeliveryMatrix after = Encode(next);
        work.Record(Id(), "deliveryMatrix", &before, after);
        if (status.ok()) status = work.Flush();
        if (!status.ok()) return status;
        return after;
      });
}

}  // namespace clientele::lifecycle
