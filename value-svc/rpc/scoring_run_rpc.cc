#include "value-svc/rpc/scoring_run_rpc.h"

#include <optional>

#include "servicekit/access/row_rule.h"
#include "servicekit/rpc/write.h"
#include "servicekit/types/resource_name.h"
#include "value-svc/operations/begin_run.h"
#include "value-svc/operations/cancel_run.h"
#include "value-svc/rpc/decode_slice.h"
#include "value-svc/rpc/encode.h"

namespace clientele::value {
namespace {

// How many customers there are is told to who reads all of them.
absl::StatusOr<v1::ScoringRun> WithProgress(Transaction& tx, Stores& stores,
                                            const servicekit::Principal& principal, const ScoringRun& run) {
  if (!servicekit::CheckReadsAll(principal).ok()) return Encode(run, RunProgress());
  const auto progress = stores.runs.Progress(tx, run.id);
  if (!progress.ok()) return progress.status();
  return Encode(run, *progress);
}

}  // namespace

// Here, not in the header: whoever includes it does not compile what the service is made of.
ScoringRunRpc::ScoringRunRpc(Backend backend) : backend_(backend) {}
ScoringRunRpc::~ScoringRunRpc() = default;

absl::StatusOr<v1::ScoringRun> ScoringRunRpc::CreateScoringRun(const CallContext& call,
                                                               const v1::CreateScoringRunRequest& request) {
  if (absl::Status status = servicekit::CheckAdministrator(call.principal); !status.ok()) return status;
  const auto as_of = DecodePast("scoring_run.as_of_time", request.scoring_run().has_as_of_time(),
                                request.scoring_run().as_of_time(), backend_.clock.Now());
  if (!as_of.ok()) return as_of.status();
  const RunRequest run_request = {.purpose = RunPurpose::kSnapshot, .as_of = *as_of};
  return servicekit::IdempotentWrite<v1::ScoringRun>(
      backend_.pool, call, request, [&](Transaction& tx) -> absl::StatusOr<v1::ScoringRun> {
        const auto run = BeginRun(tx, backend_.stores, run_request, backend_.clock.Now());
        if (!run.ok()) return run.status();
        return WithProgress(tx, backend_.stores, call.principal, *run);
      });
}

absl::StatusOr<v1::ScoringRun> ScoringRunRpc::GetScoringRun(const CallContext& call,
                                                            const v1::GetScoringRunRequest& request) {
  const absl::StatusOr<Id> id = servicekit::ParseName("name", "scoringRuns", request.name());
  if (!id.ok()) return id.status();
  return servicekit::RunReading(backend_.pool, call.deadline,
                                [&](Transaction& tx) -> absl::StatusOr<v1::ScoringRun> {
                                  const auto run = backend_.stores.runs.Get(tx, *id);
                                  if (!run.ok()) return run.status();
                                  return WithProgress(tx, backend_.stores, call.principal, *run);
                                });
}

absl::StatusOr<v1::ListScoringRunsResponse> ScoringRunRpc::ListScoringRuns(
    const CallContext& call, const v1::ListScoringRunsRequest& request) {
  const absl::StatusOr<Page> page = Page::Of(request.page_size(), request.page_token(), {"scoringRuns"});
  if (!page.ok()) return page.status();
  std::optional<Id> below;
  if (!page->after.empty()) {
    const absl::StatusOr<Id> id = page->AfterId();
    if (!id.ok()) return id.status();
    below = *id;
  }
  return servicekit::RunReading(
      backend_.pool, call.deadline, [&](Transaction& tx) -> absl::StatusOr<v1::ListScoringRunsResponse> {
        auto runs = backend_.stores.runs.ListNewestFirst(tx, below, page->limit());
        if (!runs.ok()) return runs.status();
        v1::ListScoringRunsResponse response;
        response.set_next_page_token(
            page->Cut(*runs, [](const ScoringRun& last) { return servicekit::PageKey().Add(last.id); }));
        RunStore::ProgressByRun progress;
        if (servicekit::CheckReadsAll(call.principal).ok()) {
          auto found = backend_.stores.runs.Progress(tx, *runs);
          if (!found.ok()) return found.status();
          progress = *std::move(found);
        }
        for (const ScoringRun& run : *runs) *response.add_scoring_runs() = Encode(run, progress[run.id]);
        return response;
      });
}

absl::StatusOr<v1::ScoringRun> ScoringRunRpc::CancelScoringRun(const CallContext& call,
                                                               const v1::CancelScoringRunRequest& request) {
  if (absl::Status status = servicekit::CheckAdministrator(call.principal); !status.ok()) return status;
  const absl::StatusOr<Id> id = servicekit::ParseName("name", "scoringRuns", request.name());
  if (!id.ok()) return id.status();
  return servicekit::IdempotentWrite<v1::ScoringRun>(
      backend_.pool, call, request, [&](Transaction& tx) -> absl::StatusOr<v1::ScoringRun> {
        const auto run = CancelRun(tx, backend_.stores, *id, backend_.clock.Now());
        if (!run.ok()) return run.status();
        return WithProgress(tx, backend_.stores, call.principal, *run);
      });
}

}  // namespace clientele::value
