#include "value-svc/rpc/score_history_rpc.h"

#include <optional>
#include <utility>

#include "servicekit/types/error.h"
#include "servicekit/types/resource_name.h"
#include "value-svc/domain/as_of.h"
#include "value-svc/domain/migration.h"
#include "value-svc/operations/score_as_of.h"
#include "value-svc/rpc/decode_slice.h"
#include "value-svc/rpc/encode.h"
#include "value-svc/rpc/score_name.h"

namespace clientele::value {
namespace {

using Record = RunScoreStore::Record;
using servicekit::NameOf;

// More runs than anybody keeps of one customer.
constexpr int64_t kAllRuns = 100'000;

Record InForce(const Score& score) {
  Record record;
  record.model = score.model;
  record.as_of = score.as_of;
  record.tier = score.tier;
  record.score_micros = score.score_micros;
  record.contribution_micros = score.contribution_micros;
  record.revenue = score.revenue;
  record.profit = score.profit;
  return record;
}

v1::ScoreRecord Encode(const Record& record, const std::string& base_currency) {
  v1::ScoreRecord encoded;
  if (record.run.has_value()) encoded.set_scoring_run(NameOf("scoringRuns", *record.run));
  *encoded.mutable_as_of_time() = servicekit::ToProto(record.as_of);
  encoded.set_scoring_model(NameOf("scoringModels", record.model));
  encoded.set_tier(static_cast<v1::Tier>(record.tier.tier));
  encoded.set_pending_tier(static_cast<v1::Tier>(record.tier.pending));
  encoded.set_pending_confirmations(static_cast<int32_t>(record.tier.confirmations));
  encoded.set_score_micros(record.score_micros);
  for (Factor factor : kFactors) encoded.add_contribution_micros(record.contribution_micros[factor]);
  *encoded.mutable_revenue() = EncodeMoney(record.revenue, base_currency);
  *encoded.mutable_profit() = EncodeMoney(record.profit, base_currency);
  return encoded;
}

v1::TierChange Encode(const Record* from, const Record& to) {
  v1::TierChange change;
  *change.mutable_as_of_time() = servicekit::ToProto(to.as_of);
  change.set_to_tier(static_cast<v1::Tier>(to.tier.tier));
  change.set_to_score_micros(to.score_micros);
  if (to.run.has_value()) change.set_scoring_run(NameOf("scoringRuns", *to.run));
  if (from == nullptr) return change;
  change.set_from_tier(static_cast<v1::Tier>(from->tier.tier));
  change.set_from_score_micros(from->score_micros);
  const auto driver =
      MigrationDriver(from->tier.tier, to.tier.tier, from->contribution_micros, to.contribution_micros);
  if (driver.has_value()) {
    change.set_driver(static_cast<v1::Factor>(*driver));
    change.set_driver_micros(to.contribution_micros[*driver] - from->contribution_micros[*driver]);
  }
  return change;
}

// What is in force, then the runs, newest day first. The first is left out when `below` says where to go on.
absl::StatusOr<std::vector<Record>> Records(Transaction& tx, Stores& stores, const CallContext& call,
                                            Id customer, const std::optional<RunScoreStore::Key>& below,
                                            int64_t limit) {
  std::vector<Record> records;
  if (!below.has_value()) {
    const absl::StatusOr<Score> score = stores.scores.Get(tx, call.principal, customer);
    if (score.ok()) records.push_back(InForce(*score));
    if (!score.ok() && !absl::IsNotFound(score.status())) return score.status();
  }
  auto history = stores.run_scores.History(tx, customer, below, limit);
  if (!history.ok()) return history.status();
  records.insert(records.end(), history->begin(), history->end());
  return records;
}

absl::StatusOr<std::string> BaseCurrency(Transaction& tx, Stores& stores) {
  const auto clock = stores.facts.ReadClock(tx);
  if (!clock.ok()) return clock.status();
  return clock->base_currency;
}

}  // namespace

// Here, not in the header: whoever includes it does not compile what the service is made of.
ScoreHistoryRpc::ScoreHistoryRpc(Backend backend) : backend_(backend) {}
ScoreHistoryRpc::~ScoreHistoryRpc() = default;

absl::StatusOr<v1::ListScoreHistoryResponse> ScoreHistoryRpc::ListScoreHistory(
    const CallContext& call, const v1::ListScoreHistoryRequest& request) {
  const absl::StatusOr<Id> named = servicekit::ParseName("parent", "customers", request.parent());
  if (!named.ok()) return named.status();
  const absl::StatusOr<Page> page =
      Page::Of(request.page_size(), request.page_token(), {"scoreHistory", request.parent()});
  if (!page.ok()) return page.status();
  std::optional<RunScoreStore::Key> below;
  if (!page->after.empty()) {
    const auto as_of = page->after.Time(0);
    const auto run = page->after.GetId(1);
    if (!as_of.ok()) return as_of.status();
    if (!run.ok()) return run.status();
    below = RunScoreStore::Key{*as_of, *run};
  }
  Stores& stores = backend_.stores;
  return servicekit::RunReading(
      backend_.pool, call.deadline, [&](Transaction& tx) -> absl::StatusOr<v1::ListScoreHistoryResponse> {
        const absl::StatusOr<Id> customer = stores.customers.FindReadable(tx, call.principal, *named);
        if (!customer.ok()) return customer.status();
        const auto currency = BaseCurrency(tx, stores);
        if (!currency.ok()) return currency.status();
        auto records = Records(tx, stores, call, *customer, below, page->limit());
        if (!records.ok()) return records.status();
        v1::ListScoreHistoryResponse response;
        // A page that ends with the state in force goes on with all runs: no day lies after it.
        response.set_next_page_token(page->Cut(*records, [](const Record& last) {
          const absl::Time end_of_time = absl::FromCivil(absl::CivilDay(9999, 12, 31), absl::UTCTimeZone());
          return servicekit::PageKey()
              .Add(last.run.has_value() ? last.as_of : end_of_time)
              .Add(last.run.value_or(Id()));
        }));
        for (const Record& record : *records) *response.add_records() = Encode(record, *currency);
        return response;
      });
}

absl::StatusOr<v1::ListTierChangesResponse> ScoreHistoryRpc::ListTierChanges(
    const CallContext& call, const v1::ListTierChangesRequest& request) {
  const absl::StatusOr<Id> named = servicekit::ParseName("parent", "customers", request.parent());
  if (!named.ok()) return named.status();
  const absl::StatusOr<Page> page =
      Page::Of(request.page_size(), request.page_token(), {"tierChanges", request.parent()});
  if (!page.ok()) return page.status();
  int64_t skipped = 0;
  if (!page->after.empty()) {
    const auto number = page->after.Number(0);
    if (!number.ok()) return number.status();
    skipped = *number;
  }
  Stores& stores = backend_.stores;
  return servicekit::RunReading(
      backend_.pool, call.deadline, [&](Transaction& tx) -> absl::StatusOr<v1::ListTierChangesResponse> {
        const absl::StatusOr<Id> customer = stores.customers.FindReadable(tx, call.principal, *named);
        if (!customer.ok()) return customer.status();
        const auto records = Records(tx, stores, call, *customer, std::nullopt, kAllRuns);
        if (!records.ok()) return records.status();
        std::vector<v1::TierChange> changes;
        for (size_t i = 0; i < records->size(); ++i) {
          const Record* before = i + 1 < records->size() ? &(*records)[i + 1] : nullptr;
          if (before != nullptr && before->tier.tier == (*records)[i].tier.tier) continue;
          changes.push_back(Encode(before, (*records)[i]));
        }
        changes.erase(changes.begin(),
                      changes.begin() + std::min<int64_t>(skipped, static_cast<int64_t>(changes.size())));
        v1::ListTierChangesResponse response;
        response.set_next_page_token(page->Cut(
            changes, [&](const v1::TierChange&) { return servicekit::PageKey().Add(skipped + page->size); }));
        for (v1::TierChange& change : changes) *response.add_tier_changes() = std::move(change);
        return response;
      });
}

absl::StatusOr<v1::CompareScoresResponse> ScoreHistoryRpc::CompareScores(
    const CallContext& call, const v1::CompareScoresRequest& request) {
  const absl::StatusOr<Id> named = ParseScoreName(request.name());
  if (!named.ok()) return named.status();
  const absl::Time now = backend_.clock.Now();
  const auto from = DecodePast("from_time", request.has_from_time(), request.from_time(), now);
  if (!from.ok()) return from.status();
  const auto to = DecodePast("to_time", request.has_to_time(), request.to_time(), now);
  if (!to.ok()) return to.status();
  if (to->has_value() && **to < **from) return servicekit::InvalidField("to_time", "lies before from_time");
  Stores& stores = backend_.stores;
  return servicekit::RunReading(
      backend_.pool, call.deadline, [&](Transaction& tx) -> absl::StatusOr<v1::CompareScoresResponse> {
        const absl::StatusOr<Id> customer = stores.customers.FindReadable(tx, call.principal, *named);
        if (!customer.ok()) return customer.status();
        const auto model = stores.models.Published(tx);
        if (!model.ok()) return model.status();
        const auto clock = stores.facts.ReadClock(tx);
        if (!clock.ok()) return clock.status();
        const absl::Time until =
            std::max(**from, to->value_or(AsOfInForce(**model, now, clock->latest_event_time)));
        const auto compared = value::CompareScores(tx, stores, *customer, **from, until);
        if (!compared.ok()) return compared.status();
        v1::CompareScoresResponse response;
        *response.mutable_from() = Encode(compared->from, *compared->from_model);
        *response.mutable_to() = Encode(compared->to, *compared->to_model);
        const ScoreDifference& difference = compared->difference;
        response.set_difference_micros(difference.sum());
        response.set_behaviour_micros(difference.behaviour_sum);
        response.set_weights_micros(difference.weights_sum);
        response.set_cutoffs_micros(difference.cutoffs_sum);
        for (Factor factor : kFactors) {
          auto& part = *response.add_factors();
          part.set_factor(static_cast<v1::Factor>(factor));
          part.set_difference_micros(difference.Of(factor));
          part.set_behaviour_micros(difference.behaviour[factor]);
          part.set_weights_micros(difference.weights[factor]);
          part.set_cutoffs_micros(difference.cutoffs[factor]);
        }
        return response;
      });
}

}  // namespace clientele::value
