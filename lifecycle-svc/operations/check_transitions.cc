#include "lifecycle-svc/operations/check_transitions.h"

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "lifecycle-svc/contract/encode.h"
#include "lifecycle-svc/store/alias_store.h"
#include "lifecycle-svc/store/condition_store.h"
#include "lifecycle-svc/store/journey_store.h"
#include "servicekit/access/row_rule.h"
#include "servicekit/types/str_cat.h"

namespace clientele::lifecycle {
namespace {

// Where the customers stand; those that nobody has told of yet would enter as TARGET.
absl::StatusOr<absl::flat_hash_map<Id, Stage>> FindStages(const Environment& environment,
                                                          const CallContext& call,
                                                          const std::vector<Id>& customers) {
  absl::flat_hash_map<Id, Stage> stages;
  absl::flat_hash_set<Id> known;
  const auto read = [&](Transaction& tx) -> absl::Status {
    const auto journeys =
        JourneyStore::Get(tx, customers, servicekit::MayRead(call.principal, JourneyStore::RuleColumns()));
    if (!journeys.ok()) return journeys.status();
    for (const Journey& journey : *journeys) stages[journey.customer] = journey.progress.stage;
    const auto ids = JourneyStore::FindKnown(tx, customers);
    if (!ids.ok()) return ids.status();
    known.insert(ids->begin(), ids->end());
    return absl::OkStatus();
  };
  const absl::Status status = servicekit::RunQuery(environment.pool, call.deadline, read);
  if (!status.ok()) return status;
  std::vector<Reference> unknown;
  for (const Id& customer : customers) {
    if (!known.contains(customer)) unknown.push_back(customer);
  }
  if (unknown.empty()) return stages;
  const auto answer = environment.directory.Resolve(call, unknown, {});
  if (!answer.ok()) return answer.status();
  for (const std::optional<KnownCustomer>& customer : answer->customers) {
    if (customer.has_value()) stages[customer->id] = Stage::kTarget;
  }
  return stages;
}

std::string Refusal(Stage from, Stage to) {
  if (from == to) return servicekit::StrCat("The customer is in ", NameOf(to), " already.");
  return servicekit::StrCat("The customer has not entered the lifecycle, so cannot become ", NameOf(to), ".");
}

}  // namespace

absl::StatusOr<std::vector<v1::TransitionCheck>> CheckTransitions(const Environment& environment,
                                                                  const CallContext& call,
                                                                  const std::vector<Id>& named, Stage stage) {
  std::vector<Id> customers = named;
  const absl::Status resolved =
      servicekit::RunQuery(environment.pool, call.deadline, [&](Transaction& tx) -> absl::Status {
        const auto survivors = AliasStore::FindSurvivors(tx, named);
        if (!survivors.ok()) return survivors.status();
        customers = named;
        for (Id& customer : customers) {
          if (const auto found = survivors->find(customer); found != survivors->end())
            customer = found->second;
        }
        return absl::OkStatus();
      });
  if (!resolved.ok()) return resolved;
  const auto stages = FindStages(environment, call, customers);
  if (!stages.ok()) return stages.status();
  std::vector<Id> guarded;
  for (const auto& [customer, from] : *stages) {
    if (IsGuarded(DirectionOf(from, stage))) guarded.push_back(customer);
  }
  std::vector<StageCondition> conditions;
  absl::flat_hash_map<Id, DealFacts> facts;
  absl::flat_hash_map<Id, Completeness> completeness;
  if (!guarded.empty()) {
    const absl::Status status =
        servicekit::RunQuery(environment.pool, call.deadline, [&](Transaction& tx) -> absl::Status {
          auto listed = ConditionStore::List(tx);
          if (!listed.ok()) return listed.status();
          conditions = *std::move(listed);
          auto found = ConditionStore::FindFacts(tx, guarded);
          if (found.ok()) facts = *std::move(found);
          return found.status();
        });
    if (!status.ok()) return status;
    auto heard = environment.directory.CheckCompleteness(call, guarded, stage);
    if (!heard.ok()) return heard.status();
    completeness = *std::move(heard);
  }

  std::vector<v1::TransitionCheck> checks;
  for (const Id& customer : customers) {
    const auto from = stages->find(customer);
    if (from == stages->end()) continue;
    const Direction direction = DirectionOf(from->second, stage);
    const bool asks = IsGuarded(direction);
    const auto known = completeness.find(customer);
    // Gone in customer-svc since.
    if (asks && known == completeness.end()) continue;
    v1::TransitionCheck& check = checks.emplace_back();
    check.set_name(JourneyName(customer));
    check.set_from_stage(static_cast<type::v1::Stage>(from->second));
    check.set_to_stage(static_cast<type::v1::Stage>(stage));
    check.set_direction(static_cast<v1::Transition::Direction>(direction));
    check.set_reason_required(NeedsReason(direction));
    check.set_completeness_share(1);
    if (direction == Direction::kNone) check.set_refusal(Refusal(from->second, stage));
    if (asks) {
      for (const MissingItem& item : UnmetConditions(conditions, stage, facts[customer])) {
        *check.add_missing_items() = Encode(item);
      }
      for (const MissingItem& item : known->second.missing) *check.add_missing_items() = Encode(item);
      check.set_completeness_share(known->second.share);
    }
    check.set_allowed(direction != Direction::kNone && check.missing_items().empty());
  }
  return checks;
}

}  // namespace clientele::lifecycle
