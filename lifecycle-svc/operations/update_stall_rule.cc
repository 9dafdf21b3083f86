#include "lifecycle-svc/contract/stall.h"
#include "lifecycle-svc/operations/operations.h"
#include "lifecycle-svc/operations/unit_of_work.h"
#include "lifecycle-svc/store/stall_store.h"
#include "servicekit/access/row_rule.h"
#include "servicekit/rpc/write.h"
#include "servicekit/types/str_cat.h"

namespace clientele::lifecycle {

absl::StatusOr<v1::StallRule> UpdateStallRule(const Environment& environment, const CallContext& call,
                                              const v1::UpdateStallRuleRequest& request) {
  if (absl::Status status = servicekit::CheckAdministrator(call.principal); !status.ok()) return status;
  const auto key = FindStallRule(request.stall_rule().name());
  if (!key.has_value()) {
    return absl::NotFoundError(servicekit::StrCat(request.stall_rule().name(), " does not exist"));
  }
  return servicekit::IdempotentWrite<v1::StallRule>(
      environment.pool, call, request, [&](Transaction& tx) -> absl::StatusOr<v1::StallRule> {
        UnitOfWork work(environment, call, tx);
        const absl::StatusOr<StallRule> current = StallStore::GetRuleForUpdate(tx, key->first, key->second);
        if (!current.ok()) return current.status();
        absl::Status status = CheckEtag(request.stall_rule().etag(), current->version);
        if (!status.ok()) return status;
        absl::StatusOr<StallRule> next =
            MergeStallRule(*current, request.stall_rule(), request.update_mask(), "stall_rule");
        if (!next.ok()) return next.status();
        ++next->version;
        status = StallStore::UpdateRule(tx, *next);
        if (!status.ok()) return status;
        const v1::StallRule before = Encode(*current), after = Encode(*next);
        work.Record(Id(), after.name(), &before, after);
        status = work.Flush();
        if (!status.ok()) return status;
        return after;
      });
}

}  // namespace clientele::lifecycle
