#include <algorithm>

#include "lifecycle-svc/contract/delivery.h"
#include "lifecycle-svc/operations/operations.h"
#include "lifecycle-svc/operations/unit_of_work.h"
#include "lifecycle-svc/store/delivery_store.h"
#include "servicekit/access/row_rule.h"
#include "servicekit/rpc/write.h"
#include "servicekit/types/str_cat.h"

namespace clientele::lifecycle {

absl::StatusOr<v1::DeliveryTemplate> UpdateDeliveryTemplate(
    const Environment& environment, const CallContext& call,
    const v1::UpdateDeliveryTemplateRequest& request) {
  if (absl::Status status = servicekit::CheckAdministrator(call.principal); !status.ok()) return status;
  const v1::DeliveryTemplate& change = request.delivery_template();
  const absl::StatusOr<DeliveryModel> model = ParseTemplateName("delivery_template.name", change.name());
  if (!model.ok()) return model.status();
  return servicekit::IdempotentWrite<v1::DeliveryTemplate>(
      environment.pool, call, request, [&](Transaction& tx) -> absl::StatusOr<v1::DeliveryTemplate> {
        UnitOfWork work(environment, call, tx);
        absl::Status status = DeliveryStore::LockTemplate(tx, *model);
        if (!status.ok()) return status;
        const absl::StatusOr<std::vector<DeliveryTemplate>> all = DeliveryStore::GetTemplates(tx);
        if (!all.ok()) return all.status();
        const auto current = std::find_if(
            all->begin(), all->end(), [&](const DeliveryTemplate& found) { return found.model == *model; });
        if (current == all->end()) {
          return absl::NotFoundError(servicekit::StrCat(change.name(), " does not exist"));
        }
        status = CheckEtag(change.etag(), current->version);
        if (!status.ok()) return status;
        absl::StatusOr<DeliveryTemplate> next =
            MergeTemplate(*current, change, request.update_mask(), "delivery_template");
        if (!next.ok()) return next.status();
        const v1::DeliveryTemplate before = Encode(*current);
        if (*next == *current) return before;
        ++next->version;
        next->update_time = work.now();
        status = DeliveryStore::PutTemplate(tx, *next);
        const v1::DeliveryTemplate after = Encode(*next);
        work.Record(Id(), after.name(), &before, after);
        if (status.ok()) status = work.Flush();
        if (!status.ok()) return status;
        return after;
      });
}

}  // namespace clientele::lifecycle
