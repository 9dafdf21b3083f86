#include <algorithm>

#include "absl/strings/strip.h"
#include "lifecycle-svc/contract/decode.h"
#include "lifecycle-svc/contract/encode.h"
#include "lifecycle-svc/operations/operations.h"
#include "lifecycle-svc/operations/unit_of_work.h"
#include "lifecycle-svc/store/condition_store.h"
#include "servicekit/access/row_rule.h"
#include "servicekit/rpc/write.h"
#include "servicekit/types/str_cat.h"

namespace clientele::lifecycle {

absl::StatusOr<v1::StageCondition> UpdateStageCondition(const Environment& environment,
                                                        const CallContext& call,
                                                        const v1::UpdateStageConditionRequest& request) {
  if (absl::Status status = servicekit::CheckAdministrator(call.principal); !status.ok()) return status;
  std::string_view requirement = request.stage_condition().name();
  const absl::Status not_found =
      absl::NotFoundError(servicekit::StrCat(request.stage_condition().name(), " does not exist"));
  if (!requirement.starts_with("stageConditions/")) return not_found;
  requirement.remove_prefix(std::string_view("stageConditions/").size());
  const std::optional<ConditionKind> kind = FindCondition(requirement);
  if (!kind.has_value()) return not_found;
  return servicekit::IdempotentWrite<v1::StageCondition>(
      environment.pool, call, request, [&](Transaction& tx) -> absl::StatusOr<v1::StageCondition> {
        UnitOfWork work(environment, call, tx);
        const absl::StatusOr<StageCondition> current = ConditionStore::GetForUpdate(tx, *kind);
        if (absl::IsNotFound(current.status())) return not_found;
        if (!current.ok()) return current.status();
        absl::Status status = CheckEtag(request.stage_condition().etag(), current->version);
        if (!status.ok()) return status;
        absl::StatusOr<StageCondition> next = MergeStageCondition(*current, request.stage_condition(),
                                                                  request.update_mask(), "stage_condition");
        if (!next.ok()) return next.status();
        ++next->version;
        status = ConditionStore::Update(tx, *next);
        if (!status.ok()) return status;
        const v1::StageCondition before = Encode(*current), after = Encode(*next);
        work.Record(Id(), after.name(), &before, after);
        status = work.Flush();
        if (!status.ok()) return status;
        return after;
      });
}

}  // namespace clientele::lifecycle
