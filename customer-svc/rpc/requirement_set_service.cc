#include "customer-svc/rpc/requirement_set_service.h"

#include "absl/strings/match.h"
#include "customer-svc/operations/update_requirement_set.h"
#include "customer-svc/rpc/decode.h"
#include "customer-svc/rpc/encode.h"
#include "servicekit/rpc/convert.h"
#include "servicekit/rpc/field_mask.h"
#include "servicekit/rpc/write.h"
#include "servicekit/types/error.h"

namespace clientele::customer {
namespace {

using servicekit::CallContext;
using servicekit::Id;
using servicekit::Transaction;

// So many customers are judged by one statement of a preview: well below a second's work.
constexpr int64_t kJudgedAtOnce = 20'000;

// INVALID_ARGUMENT on `field` for what is no such name, NOT_FOUND when there is no such stage on the way.
absl::StatusOr<Stage> ParseSetName(std::string_view field, const std::string& name) {
  constexpr std::string_view kCollection = "requirementSets/";
  if (!name.starts_with(kCollection)) {
    return servicekit::InvalidField(field, "must be as in requirementSets/opportunity");
  }
  const std::optional<Stage> stage = StageOf(std::string_view(name).substr(kCollection.size()));
  if (!stage) return absl::NotFoundError("no such requirement set");
  return *stage;
}

}  // namespace

RequirementSetService::RequirementSetService(Backend backend) : backend_(backend) {}
RequirementSetService::~RequirementSetService() = default;

absl::StatusOr<v1::RequirementSet> RequirementSetService::GetRequirementSet(
    const CallContext& call, const v1::GetRequirementSetRequest& request) {
  const absl::StatusOr<Stage> stage = ParseSetName("name", request.name());
  if (!stage.ok()) return stage.status();
  const auto set = RunReading(backend_.pool, call.deadline,
                              [&](Transaction& tx) { return backend_.stores.requirements.Get(tx, *stage); });
  if (!set.ok()) return set.status();
  return Encode(*set);
}

absl::StatusOr<v1::ListRequirementSetsResponse> RequirementSetService::ListRequirementSets(
    const CallContext& call, const v1::ListRequirementSetsRequest& /*request*/) {
  const auto sets = RunReading(backend_.pool, call.deadline,
                               [&](Transaction& tx) { return backend_.stores.requirements.List(tx); });
  if (!sets.ok()) return sets.status();
  v1::ListRequirementSetsResponse response;
  for (const RequirementSet& set : *sets) *response.add_requirement_sets() = Encode(set);
  return response;
}

absl::StatusOr<v1::RequirementSet> RequirementSetService::UpdateRequirementSet(
    const CallContext& call, const v1::UpdateRequirementSetRequest& request) {
  const v1::RequirementSet& change = request.requirement_set();
  const absl::StatusOr<Stage> stage = ParseSetName("requirement_set.name", change.name());
  if (!stage.ok()) return stage.status();
  const absl::StatusOr<int64_t> version = servicekit::ParseEtag("requirement_set.etag", change.etag());
  if (!version.ok()) return version.status();
  const auto apply = [&](const RequirementSet& current) -> absl::StatusOr<RequirementSet> {
    v1::RequirementSet message = Encode(current);
    const absl::Status status = servicekit::ApplyMask(request.update_mask(), change, &message);
    if (!status.ok()) return status;
    return Decode(message);
  };
  return servicekit::IdempotentWrite<v1::RequirementSet>(
      backend_.pool, call, request, [&](Transaction& tx) -> absl::StatusOr<v1::RequirementSet> {
        const auto updated = customer::UpdateRequirementSet(backend_.stores, tx, backend_.CallerOf(call),
                                                            *stage, *version, apply);
        if (!updated.ok()) return updated.status();
        return Encode(*updated);
      });
}

absl::StatusOr<v1::PreviewRequirementSetResponse> RequirementSetService::PreviewRequirementSet(
    const CallContext& call, const v1::PreviewRequirementSetRequest& request) {
  const absl::StatusOr<Stage> stage = ParseSetName("requirement_set.name", request.requirement_set().name());
  if (!stage.ok()) return stage.status();
  const RequirementSet after = Decode(request.requirement_set());
  servicekit::Violations violations;
  Check(violations, "requirement_set.", after);
  if (!violations.empty()) return violations.status();
  const auto before = RunReading(backend_.pool, call.deadline, [&](Transaction& tx) {
    return backend_.stores.requirements.Get(tx, *stage);
  });
  if (!before.ok()) return before.status();

  const absl::Time now = backend_.clock.Now();
  ShortCounts counts;
  std::optional<Id> after_id = Id();
  while (after_id && !call.cancelled()) {
    const auto more = RunReading(backend_.pool, call.deadline, [&](Transaction& tx) {
      return backend_.stores.requirements.Compare(tx, call.principal, before->requirements,
                                                  after.requirements, now, *after_id, kJudgedAtOnce);
    });
    if (!more.ok()) return more.status();
    counts.Add(*more);
    after_id = more->customers < kJudgedAtOnce ? std::nullopt : more->last;
  }
  return Encode(counts);
}

}  // namespace clientele::customer
