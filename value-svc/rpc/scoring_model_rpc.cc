#include "value-svc/rpc/scoring_model_rpc.h"

#include <string>

#include "servicekit/access/row_rule.h"
#include "servicekit/rpc/convert.h"
#include "servicekit/rpc/field_mask.h"
#include "servicekit/rpc/write.h"
#include "servicekit/types/error.h"
#include "servicekit/types/resource_name.h"
#include "value-svc/operations/begin_run.h"
#include "value-svc/operations/drafts.h"
#include "value-svc/rpc/decode_model.h"
#include "value-svc/rpc/encode.h"

namespace clientele::value {
namespace {

using servicekit::CheckAdministrator;
using servicekit::IdempotentWrite;
using servicekit::ParseName;

// Begins a run with a draft.
absl::StatusOr<v1::ScoringRun> RunDraft(Transaction& tx, const Backend& backend, Id id, int64_t revision,
                                        RunPurpose purpose) {
  const auto draft = LockDraft(tx, backend.stores, id, revision);
  if (!draft.ok()) return draft.status();
  const auto run = BeginRun(tx, backend.stores, {.purpose = purpose, .draft = id}, backend.clock.Now());
  if (!run.ok()) return run.status();
  const auto progress = backend.stores.runs.Progress(tx, run->id);
  if (!progress.ok()) return progress.status();
  return Encode(*run, *progress);
}

// The draft as it is after the change.
absl::StatusOr<ScoringModel> Change(const v1::UpdateScoringModelRequest& request, ScoringModel draft) {
  v1::ScoringModel message = Encode(draft);
  const v1::ScoringModel& change = request.scoring_model();
  const absl::Status status = servicekit::ApplyMask(request.update_mask(), change, &message);
  if (!status.ok()) return status;
  // Weights that are given directly stand instead of comparisons from before.
  if (!change.weights().empty() && change.comparisons().empty()) message.clear_comparisons();
  draft.display_name.clear();
  draft.comparisons.clear();
  draft.activity_rates.clear();
  return DecodeModel(message, std::move(draft));
}

}  // namespace

// Here, not in the header: whoever includes it does not compile what the service is made of.
ScoringModelRpc::ScoringModelRpc(Backend backend) : backend_(backend) {}
ScoringModelRpc::~ScoringModelRpc() = default;

absl::StatusOr<v1::ScoringModel> ScoringModelRpc::CreateScoringModel(
    const CallContext& call, const v1::CreateScoringModelRequest& request) {
  if (absl::Status status = CheckAdministrator(call.principal); !status.ok()) return status;
  return IdempotentWrite<v1::ScoringModel>(
      backend_.pool, call, request, [&](Transaction& tx) -> absl::StatusOr<v1::ScoringModel> {
        absl::StatusOr<ScoringModel> base = NextModel(tx, backend_.stores);
        if (!base.ok()) return base.status();
        absl::StatusOr<ScoringModel> model = DecodeModel(request.scoring_model(), *std::move(base));
        if (!model.ok()) return servicekit::UnderField(model.status(), "scoring_model.");
        const absl::Time now = backend_.clock.Now();
        model->id = Id::New(now);
        model->as_of = model->publish_time = now;
        if (absl::Status status = backend_.stores.models.InsertDraft(tx, *model); !status.ok()) return status;
        return Encode(*model);
      });
}

absl::StatusOr<v1::ScoringModel> ScoringModelRpc::UpdateScoringModel(
    const CallContext& call, const v1::UpdateScoringModelRequest& request) {
  if (absl::Status status = CheckAdministrator(call.principal); !status.ok()) return status;
  const auto id = ParseName("scoring_model.name", "scoringModels", request.scoring_model().name());
  if (!id.ok()) return id.status();
  const auto revision = servicekit::ParseEtag("scoring_model.etag", request.scoring_model().etag());
  if (!revision.ok()) return revision.status();
  return IdempotentWrite<v1::ScoringModel>(
      backend_.pool, call, request, [&](Transaction& tx) -> absl::StatusOr<v1::ScoringModel> {
        absl::StatusOr<ScoringModel> draft = LockDraft(tx, backend_.stores, *id, *revision);
        if (!draft.ok()) return draft.status();
        absl::StatusOr<ScoringModel> changed = Change(request, *std::move(draft));
        if (!changed.ok()) return servicekit::UnderField(changed.status(), "scoring_model.");
        const absl::Status status = backend_.stores.models.UpdateDraft(tx, *changed);
        if (!status.ok()) return status;
        return Encode(*changed);
      });
}

absl::StatusOr<google::protobuf::Empty> ScoringModelRpc::DeleteScoringModel(
    const CallContext& call, const v1::DeleteScoringModelRequest& request) {
  if (absl::Status status = CheckAdministrator(call.principal); !status.ok()) return status;
  const auto id = ParseName("name", "scoringModels", request.name());
  if (!id.ok()) return id.status();
  const auto revision = servicekit::ParseEtag("etag", request.etag());
  if (!revision.ok()) return revision.status();
  return IdempotentWrite<google::protobuf::Empty>(
      backend_.pool, call, request, [&](Transaction& tx) -> absl::StatusOr<google::protobuf::Empty> {
        const auto draft = LockDraft(tx, backend_.stores, *id, *revision);
        if (!draft.ok()) return draft.status();
        const absl::Status status = RemoveDraft(tx, backend_.stores, *id, backend_.clock.Now());
        if (!status.ok()) return status;
        return google::protobuf::Empty();
      });
}

absl::StatusOr<v1::ScoringRun> ScoringModelRpc::PreviewScoringModel(
    const CallContext& call, const v1::PreviewScoringModelRequest& request) {
  if (absl::Status status = CheckAdministrator(call.principal); !status.ok()) return status;
  const auto id = ParseName("name", "scoringModels", request.name());
  if (!id.ok()) return id.status();
  return IdempotentWrite<v1::ScoringRun>(backend_.pool, call, request, [&](Transaction& tx) {
    return RunDraft(tx, backend_, *id, 0, RunPurpose::kPreview);
  });
}

absl::StatusOr<v1::ScoringRun> ScoringModelRpc::PublishScoringModel(
    const CallContext& call, const v1::PublishScoringModelRequest& request) {
  if (absl::Status status = CheckAdministrator(call.principal); !status.ok()) return status;
  const auto id = ParseName("name", "scoringModels", request.name());
  if (!id.ok()) return id.status();
  const auto revision = servicekit::ParseEtag("etag", request.etag());
  if (!revision.ok()) return revision.status();
  return IdempotentWrite<v1::ScoringRun>(backend_.pool, call, request, [&](Transaction& tx) {
    return RunDraft(tx, backend_, *id, *revision, RunPurpose::kPublish);
  });
}

}  // namespace clientele::value
