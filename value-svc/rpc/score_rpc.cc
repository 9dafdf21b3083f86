#include "value-svc/rpc/score_rpc.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "servicekit/access/row_rule.h"
#include "servicekit/rpc/convert.h"
#include "servicekit/rpc/filter.h"
#include "servicekit/rpc/page_token.h"
#include "servicekit/types/error.h"
#include "servicekit/types/resource_name.h"
#include "servicekit/types/str_cat.h"
#include "value-svc/operations/score_as_of.h"
#include "value-svc/rpc/decode_slice.h"
#include "value-svc/rpc/encode.h"
#include "value-svc/rpc/encode_pyramid.h"
#include "value-svc/rpc/score_name.h"

namespace clientele::value {
namespace {

using servicekit::ParseName;

constexpr char kCurrentModel[] = "scoringModels/current";

absl::StatusOr<std::optional<Rank>> DecodeKey(const servicekit::PageKey& key) {
  if (key.empty()) return std::optional<Rank>();
  const absl::StatusOr<int64_t> score = key.Number(0);
  if (!score.ok()) return score.status();
  const absl::StatusOr<Id> customer = key.GetId(1);
  if (!customer.ok()) return customer.status();
  return std::optional<Rank>({*score, *customer});
}

// Over the scores in force, or over what a run found.
absl::StatusOr<servicekit::Sql> DecodeFilter(const std::string& filter, bool of_run) {
  using servicekit::FilterField;
  static const auto* const kFields = new std::vector<FilterField>{
      {.name = "tier",
       .type = FilterField::Type::kEnum,
       .column = "scores.tier",
       .enum_type = v1::Tier_descriptor()},
      {.name = "score_micros", .type = FilterField::Type::kInteger, .column = "scores.score_micros"}};
  static const auto* const kRunFields = new std::vector<FilterField>{
      {.name = "tier",
       .type = FilterField::Type::kEnum,
       .column = "s.tier",
       .enum_type = v1::Tier_descriptor()},
      {.name = "score_micros", .type = FilterField::Type::kInteger, .column = "s.score_micros"}};
  return servicekit::CompileFilter(filter, of_run ? *kRunFields : *kFields);
}

absl::Status NoRunBy(absl::Time time) {
  return absl::NotFoundError(servicekit::StrCat(
      "no run stands for a day up to ", absl::FormatTime(absl::RFC3339_full, time, absl::UTCTimeZone()),
      ": an administrator makes one with CreateScoringRun"));
}

// How many customers the reference holds is told to who reads all of them.
v1::ScoringModel EncodeFor(const servicekit::Principal& principal, const ScoringModel& model) {
  v1::ScoringModel encoded = Encode(model);
  if (!servicekit::CheckReadsAll(principal).ok()) encoded.clear_reference_size();
  return encoded;
}

// Sums are of one moment.
const servicekit::TransactionOptions kSnapshot = {.read_only = true};

}  // namespace

// Which state a report is of.
template <typename Response>
void ScoreRpc::Tell(const FoundState& found, Response* response) {
  response->set_scoring_model(servicekit::NameOf("scoringModels", found.model));
  *response->mutable_as_of_time() = servicekit::ToProto(found.as_of);
  if (found.state.has_value()) response->set_scoring_run(servicekit::NameOf("scoringRuns", *found.state));
}

ScoreRpc::ScoreRpc(Backend backend) : backend_(backend) {}
ScoreRpc::~ScoreRpc() = default;

absl::StatusOr<std::shared_ptr<const ScoringModel>> ScoreRpc::ModelOf(Transaction& tx, const Score& score) {
  absl::StatusOr<std::shared_ptr<const ScoringModel>> model = backend_.stores.models.Published(tx);
  if (!model.ok() || (*model)->id == score.model) return model;
  // While a new model is being published some scores are still of the one before.
  absl::StatusOr<ScoringModel> former = backend_.stores.models.Get(tx, score.model);
  if (!former.ok()) return former.status();
  return std::make_shared<const ScoringModel>(*std::move(former));
}

absl::StatusOr<v1::Score> ScoreRpc::GetScore(const CallContext& call, const v1::GetScoreRequest& request) {
  const absl::StatusOr<Id> named = ParseScoreName(request.name());
  if (!named.ok()) return named.status();
  const auto as_of =
      DecodePast("as_of_time", request.has_as_of_time(), request.as_of_time(), backend_.clock.Now());
  if (!as_of.ok()) return as_of.status();
  return servicekit::RunReading(
      backend_.pool, call.deadline, [&](Transaction& tx) -> absl::StatusOr<v1::Score> {
        // Before the first publication that is what is missing, whatever the customer.
        const auto published = backend_.stores.models.Published(tx);
        if (!published.ok()) return published.status();
        const absl::StatusOr<Id> customer =
            backend_.stores.customers.FindReadable(tx, call.principal, *named);
        if (!customer.ok()) return customer.status();
        if (as_of->has_value()) {
          const auto yardstick = YardstickAt(tx, backend_.stores, **as_of);
          if (!yardstick.ok()) return yardstick.status();
          const auto scores = ScoresAsOf(tx, backend_.stores, *yardstick, {*customer}, **as_of);
          if (!scores.ok()) return scores.status();
          return Encode(scores->front(), *yardstick->model);
        }
        const absl::StatusOr<Score> score = backend_.stores.scores.Get(tx, call.principal, *customer);
        if (!score.ok()) return score.status();
        const auto model = ModelOf(tx, *score);
        if (!model.ok()) return model.status();
        return Encode(*score, **model);
      });
}

absl::StatusOr<v1::ListScoresResponse> ScoreRpc::ListScores(const CallContext& call,
                                                            const v1::ListScoresRequest& request) {
  const absl::StatusOr<int> size = servicekit::PageSize(request.page_size(), 50, 1000);
  if (!size.ok()) return size.status();
  const auto as_of =
      DecodePast("as_of_time", request.has_as_of_time(), request.as_of_time(), backend_.clock.Now());
  if (!as_of.ok()) return as_of.status();
  const absl::StatusOr<Slice> slice = DecodeSlice(request);
  if (!slice.ok()) return slice.status();
  const servicekit::PageScope scope({"scores", request.filter(), request.team(), request.owner(),
                                     request.industry(), request.target_market(),
                                     request.as_of_time().SerializeAsString()});
  const absl::StatusOr<servicekit::PageKey> key = scope.Decode(request.page_token());
  if (!key.ok()) return key.status();
  const absl::StatusOr<std::optional<Rank>> after = DecodeKey(*key);
  if (!after.ok()) return after.status();
  const absl::StatusOr<servicekit::Sql> condition = DecodeFilter(request.filter(), as_of->has_value());
  if (!condition.ok()) return condition.status();

  return servicekit::RunReading(
      backend_.pool, call.deadline, [&](Transaction& tx) -> absl::StatusOr<v1::ListScoresResponse> {
        const ScoreList list = {call.principal, *slice, *condition, *after, *size + 1};
        auto scores = as_of->has_value() ? ListAsOf(tx, list, **as_of) : ListInForce(tx, list);
        if (!scores.ok()) return scores.status();
        v1::ListScoresResponse response;
        if (static_cast<int>(scores->size()) > *size) {
          scores->resize(*size);
          const Rank& last = scores->back().rank;
          response.set_next_page_token(
              scope.Encode(servicekit::PageKey().Add(last.score_micros).Add(last.customer)));
        }
        for (const Listed& one : *scores) *response.add_scores() = Encode(one.score, *one.model);
        return response;
      });
}

absl::StatusOr<std::vector<ScoreRpc::Listed>> ScoreRpc::ListInForce(Transaction& tx, const ScoreList& list) {
  const auto scores =
      backend_.stores.scores.List(tx, list.principal, list.slice, list.condition, list.after, list.limit);
  if (!scores.ok()) return scores.status();
  std::vector<Listed> listed;
  absl::flat_hash_map<Id, std::shared_ptr<const ScoringModel>> models;
  for (const Score& score : *scores) {
    std::shared_ptr<const ScoringModel>& model = models[score.model];
    if (model == nullptr) {
      absl::StatusOr<std::shared_ptr<const ScoringModel>> found = ModelOf(tx, score);
      if (!found.ok()) return found.status();
      model = *std::move(found);
    }
    listed.push_back({{score.score_micros, score.customer}, score, model});
  }
  return listed;
}

absl::StatusOr<std::vector<ScoreRpc::Listed>> ScoreRpc::ListAsOf(Transaction& tx, const ScoreList& list,
                                                                 absl::Time time) {
  const auto run = backend_.stores.runs.LastUpTo(tx, time);
  if (!run.ok()) return run.status();
  if (!run->has_value()) return NoRunBy(time);
  const auto ranks = backend_.stores.states.ListRanks(tx, list.principal, (*run)->id, list.slice,
                                                      list.condition, list.after, list.limit);
  if (!ranks.ok()) return ranks.status();
  // The run keeps what pyramids need; the rest is computed again, for the page.
  std::vector<Id> customers;
  for (const Rank& rank : *ranks) customers.push_back(rank.customer);
  std::sort(customers.begin(), customers.end());
  const auto yardstick = YardstickAt(tx, backend_.stores, (*run)->as_of);
  if (!yardstick.ok()) return yardstick.status();
  auto scores = ScoresAsOf(tx, backend_.stores, *yardstick, customers, (*run)->as_of);
  if (!scores.ok()) return scores.status();
  absl::flat_hash_map<Id, Score> by_customer;
  for (Score& score : *scores) by_customer.emplace(score.customer, std::move(score));
  // In the run's order, also where facts that came since make it another: the next page goes on from it.
  std::vector<Listed> listed;
  for (const Rank& rank : *ranks) {
    listed.push_back({rank, std::move(by_customer.at(rank.customer)), yardstick->model});
  }
  return listed;
}

absl::StatusOr<ScoreRpc::FoundState> ScoreRpc::FindState(Transaction& tx,
                                                         const std::optional<absl::Time>& as_of) {
  const auto published = backend_.stores.models.Published(tx);
  if (!published.ok()) return published.status();
  FoundState found = {{}, (*published)->id, (*published)->as_of, (*published)->base_currency};
  if (!as_of.has_value()) {
    const auto last = backend_.stores.runs.LastInForce(tx);
    if (!last.ok()) return last.status();
    // A model may have been in force for many days.
    if (last->has_value()) found.as_of = (*last)->as_of;
    return found;
  }
  const auto run = backend_.stores.runs.LastUpTo(tx, *as_of);
  if (!run.ok()) return run.status();
  if (!run->has_value()) return NoRunBy(*as_of);
  found.state = (*run)->id;
  found.model = (*run)->model;
  found.as_of = (*run)->as_of;
  return found;
}

absl::StatusOr<v1::QueryPyramidResponse> ScoreRpc::QueryPyramid(const CallContext& call,
                                                                const v1::QueryPyramidRequest& request) {
  const absl::StatusOr<Slice> slice = DecodeSlice(request);
  if (!slice.ok()) return slice.status();
  const auto as_of =
      DecodePast("as_of_time", request.has_as_of_time(), request.as_of_time(), backend_.clock.Now());
  if (!as_of.ok()) return as_of.status();
  return servicekit::RunInTransaction(
      backend_.pool, call.deadline,
      [&](Transaction& tx) -> absl::StatusOr<v1::QueryPyramidResponse> {
        const auto found = FindState(tx, *as_of);
        if (!found.ok()) return found.status();
        const auto sums = backend_.stores.states.Pyramid(tx, call.principal, found->state, *slice);
        if (!sums.ok()) return sums.status();
        v1::QueryPyramidResponse response = EncodePyramid(*sums, found->base_currency);
        Tell(*found, &response);
        return response;
      },
      kSnapshot);
}

absl::StatusOr<v1::QueryTargetMarketValuesResponse> ScoreRpc::QueryTargetMarketValues(
    const CallContext& call, const v1::QueryTargetMarketValuesRequest& request) {
  v1::QueryPyramidRequest sliced;
  sliced.set_team(request.team());
  sliced.set_owner(request.owner());
  sliced.set_industry(request.industry());
  const absl::StatusOr<Slice> slice = DecodeSlice(sliced);
  if (!slice.ok()) return slice.status();
  const auto as_of =
      DecodePast("as_of_time", request.has_as_of_time(), request.as_of_time(), backend_.clock.Now());
  if (!as_of.ok()) return as_of.status();
  return servicekit::RunInTransaction(
      backend_.pool, call.deadline,
      [&](Transaction& tx) -> absl::StatusOr<v1::QueryTargetMarketValuesResponse> {
        const auto found = FindState(tx, *as_of);
        if (!found.ok()) return found.status();
        const auto markets = backend_.stores.states.TargetMarkets(tx, call.principal, found->state, *slice);
        if (!markets.ok()) return markets.status();
        v1::QueryTargetMarketValuesResponse response = EncodeTargetMarkets(*markets, found->base_currency);
        Tell(*found, &response);
        return response;
      },
      kSnapshot);
}

absl::StatusOr<v1::ScoringModel> ScoreRpc::GetScoringModel(const CallContext& call,
                                                           const v1::GetScoringModelRequest& request) {
  std::optional<Id> id;
  if (request.name() != kCurrentModel) {
    const absl::StatusOr<Id> parsed = ParseName("name", "scoringModels", request.name());
    if (!parsed.ok()) return parsed.status();
    id = *parsed;
  }
  return servicekit::RunReading(
      backend_.pool, call.deadline, [&](Transaction& tx) -> absl::StatusOr<v1::ScoringModel> {
        if (!id.has_value()) {
          const auto current = backend_.stores.models.Published(tx);
          if (!current.ok()) return current.status();
          return EncodeFor(call.principal, **current);
        }
        const absl::StatusOr<ScoringModel> model = backend_.stores.models.Get(tx, *id);
        if (!model.ok()) return model.status();
        return EncodeFor(call.principal, *model);
      });
}

absl::StatusOr<v1::ListScoringModelsResponse> ScoreRpc::ListScoringModels(
    const CallContext& call, const v1::ListScoringModelsRequest& request) {
  const absl::StatusOr<int> size = servicekit::PageSize(request.page_size(), 50, 1000);
  if (!size.ok()) return size.status();
  const servicekit::PageScope scope({"scoringModels"});
  const absl::StatusOr<servicekit::PageKey> key = scope.Decode(request.page_token());
  if (!key.ok()) return key.status();
  std::optional<int64_t> below;
  if (!key->empty()) {
    const absl::StatusOr<int64_t> version = key->Number(0);
    if (!version.ok()) return version.status();
    below = *version;
  }
  return servicekit::RunReading(
      backend_.pool, call.deadline, [&](Transaction& tx) -> absl::StatusOr<v1::ListScoringModelsResponse> {
        v1::ListScoringModelsResponse response;
        const auto models = backend_.stores.models.ListNewestFirst(tx, below, *size + 1);
        if (!models.ok()) return models.status();
        for (const ScoringModel& model : *models) {
          if (response.scoring_models_size() == *size) {
            response.set_next_page_token(
                scope.Encode(servicekit::PageKey().Add((*models)[*size - 1].version)));
            break;
          }
          *response.add_scoring_models() = EncodeFor(call.principal, model);
        }
        return response;
      });
}

}  // namespace clientele::value
