#include "lifecycle-svc/rpc/stage_rpc.h"

#include "lifecycle-svc/contract/encode.h"
#include "lifecycle-svc/store/condition_store.h"

namespace clientele::lifecycle {

StageRpc::StageRpc(Backend backend) : backend_(backend) {}
StageRpc::~StageRpc() = default;

absl::StatusOr<v1::StageMachine> StageRpc::GetStageMachine(const CallContext&,
                                                           const v1::GetStageMachineRequest&) {
  v1::StageMachine machine;
  for (int from = 0; from < kStageCount; ++from) {
    if (from != 0) {
      v1::StageMachine::Stage& stage = *machine.add_stages();
      stage.set_stage(static_cast<type::v1::Stage>(from));
      stage.set_department(static_cast<type::v1::Department>(DepartmentOf(static_cast<Stage>(from))));
    }
    for (int to = 1; to < kStageCount; ++to) {
      const Direction direction = DirectionOf(static_cast<Stage>(from), static_cast<Stage>(to));
      if (direction == Direction::kNone) continue;
      v1::StageMachine::Move& move = *machine.add_moves();
      move.set_from_stage(static_cast<type::v1::Stage>(from));
      move.set_to_stage(static_cast<type::v1::Stage>(to));
      move.set_direction(static_cast<v1::Transition::Direction>(direction));
      move.set_reason_required(NeedsReason(direction));
      move.set_guarded(IsGuarded(direction));
    }
  }
  return machine;
}

absl::StatusOr<v1::ListStageConditionsResponse> StageRpc::ListStageConditions(
    const CallContext& call, const v1::ListStageConditionsRequest&) {
  const auto conditions = servicekit::RunReading(backend_.environment.pool, call.deadline,
                                                 [](Transaction& tx) { return ConditionStore::List(tx); });
  if (!conditions.ok()) return conditions.status();
  v1::ListStageConditionsResponse response;
  for (const StageCondition& condition : *conditions) *response.add_stage_conditions() = Encode(condition);
  return response;
}

}  // namespace clientele::lifecycle
