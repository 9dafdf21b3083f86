#include "value-svc/rpc/score_rpc.h"

#include <optional>
#include <string>
#include <vector>

#include "servicekit/rpc/convert.h"
#include "servicekit/rpc/filter.h"
#include "servicekit/rpc/page_token.h"
#include "servicekit/types/error.h"
#include "servicekit/types/resource_name.h"
#include "servicekit/types/str_cat.h"
#include "value-svc/rpc/encode.h"

namespace clientele::value {
namespace {

using servicekit::ParseName;

constexpr char kCurrentModel[] = "scoringModels/current";

absl::StatusOr<Id> ParseScoreName(const std::string& name) {
  constexpr std::string_view kSuffix = "/score";
  if (!std::string_view(name).ends_with(kSuffix)) {
    return servicekit::InvalidField("name", "must be `customers/{customer}/score`");
  }
  return ParseName("name", "customers", std::string_view(name).substr(0, name.size() - kSuffix.size()));
}

absl::StatusOr<std::optional<Rank>> DecodeKey(const servicekit::PageKey& key) {
  if (key.empty()) return std::optional<Rank>();
  const absl::StatusOr<int64_t> score = key.Number(0);
  if (!score.ok()) return score.status();
  const absl::StatusOr<Id> customer = key.GetId(1);
  if (!customer.ok()) return customer.status();
  return std::optional<Rank>({*score, *customer});
}

absl::StatusOr<servicekit::Sql> DecodeFilter(const std::string& filter) {
  using servicekit::FilterField;
  static const auto* const kFields = new std::vector<FilterField>{
      {.name = "tier",
       .type = FilterField::Type::kEnum,
       .column = "scores.tier",
       .enum_type = v1::Tier_descriptor()},
      {.name = "score_micros", .type = FilterField::Type::kInteger, .column = "scores.score_micros"}};
  return servicekit::CompileFilter(filter, *kFields);
}

absl::StatusOr<ScoreStore::Slice> DecodeSlice(const v1::QueryPyramidRequest& request) {
  ScoreStore::Slice slice;
  if (!request.team().empty()) {
    const absl::StatusOr<Id> team = ParseName("team", "teams", request.team());
    if (!team.ok()) return team.status();
    slice.team = *team;
  }
  if (!request.owner().empty()) {
    const absl::StatusOr<Id> owner = ParseName("owner", "representatives", request.owner());
    if (!owner.ok()) return owner.status();
    slice.owner = *owner;
  }
  return slice;
}

// All tiers in order, those without customers too.
v1::QueryPyramidResponse EncodePyramid(const std::vector<ScoreStore::TierSum>& sums,
                                       const ScoringModel& model) {
  v1::QueryPyramidResponse response;
  Decimal revenue, profit;
  int64_t count = 0;
  for (const ScoreStore::TierSum& sum : sums) {
    revenue += sum.revenue;
    profit += sum.profit;
    count += sum.count;
  }
  for (Tier tier : {Tier::kTop, Tier::kBig, Tier::kMedium, Tier::kSmall, Tier::kInactive}) {
    ScoreStore::TierSum sum = {.tier = tier};
    for (const ScoreStore::TierSum& found : sums) {
      if (found.tier == tier) sum = found;
    }
    v1::QueryPyramidResponse::TierRow& row = *response.add_tiers();
    row.set_tier(static_cast<v1::Tier>(tier));
    row.set_customer_count(sum.count);
    *row.mutable_revenue() = EncodeMoney(sum.revenue, model.base_currency);
    *row.mutable_profit() = EncodeMoney(sum.profit, model.base_currency);
    if (revenue != Decimal()) row.set_revenue_share(sum.revenue.ToDouble() / revenue.ToDouble());
    row.set_lowest_score_micros(sum.lowest_score_micros);
    row.set_highest_score_micros(sum.highest_score_micros);
  }
  response.set_customer_count(count);
  *response.mutable_revenue() = EncodeMoney(revenue, model.base_currency);
  *response.mutable_profit() = EncodeMoney(profit, model.base_currency);
  response.set_scoring_model(servicekit::NameOf("scoringModels", model.id));
  *response.mutable_as_of_time() = servicekit::ToProto(model.as_of);
  return response;
}

}  // namespace

ScoreRpc::ScoreRpc(servicekit::Executor& executor, servicekit::Pool& pool, Stores& stores,
                   servicekit::FeedPublisher& feed, const servicekit::Clock& clock)
    : executor_(executor), pool_(pool), stores_(stores), feed_(feed), clock_(clock) {}
ScoreRpc::~ScoreRpc() = default;

absl::StatusOr<std::shared_ptr<const ScoringModel>> ScoreRpc::ModelOf(Transaction& tx, const Score& score) {
  absl::StatusOr<std::shared_ptr<const ScoringModel>> model = stores_.models.Published(tx);
  if (!model.ok() || (*model)->id == score.model) return model;
  // While a new model is being published some scores are still of the one before.
  absl::StatusOr<ScoringModel> former = stores_.models.Get(tx, score.model);
  if (!former.ok()) return former.status();
  return std::make_shared<const ScoringModel>(*std::move(former));
}

absl::StatusOr<v1::Score> ScoreRpc::Get(const CallContext& call, const v1::GetScoreRequest& request) {
  const absl::StatusOr<Id> customer = ParseScoreName(request.name());
  if (!customer.ok()) return customer.status();
  return servicekit::RunReading(pool_, call.deadline, [&](Transaction& tx) -> absl::StatusOr<v1::Score> {
    const absl::StatusOr<Score> score = stores_.scores.Get(tx, call.principal, *customer);
    if (absl::IsNotFound(score.status())) {
      // Before the first publication that is what is missing, whatever the customer.
      const auto model = stores_.models.Published(tx);
      if (!model.ok()) return model.status();
    }
    if (!score.ok()) return score.status();
    const auto model = ModelOf(tx, *score);
    if (!model.ok()) return model.status();
    return Encode(*score, **model);
  });
}

absl::StatusOr<v1::ListScoresResponse> ScoreRpc::List(const CallContext& call,
                                                      const v1::ListScoresRequest& request) {
  const absl::StatusOr<int> size = servicekit::PageSize(request.page_size(), 50, 1000);
  if (!size.ok()) return size.status();
  const servicekit::PageScope scope({"scores", request.filter()});
  const absl::StatusOr<servicekit::PageKey> key = scope.Decode(request.page_token());
  if (!key.ok()) return key.status();
  const absl::StatusOr<std::optional<Rank>> after = DecodeKey(*key);
  if (!after.ok()) return after.status();
  const absl::StatusOr<servicekit::Sql> condition = DecodeFilter(request.filter());
  if (!condition.ok()) return condition.status();

  return servicekit::RunReading(
      pool_, call.deadline, [&](Transaction& tx) -> absl::StatusOr<v1::ListScoresResponse> {
        v1::ListScoresResponse response;
        const auto scores = stores_.scores.List(tx, call.principal, *condition, *after, *size + 1);
        if (!scores.ok()) return scores.status();
        std::shared_ptr<const ScoringModel> model;
        for (const Score& score : *scores) {
          if (response.scores_size() == *size) {
            const Score& last = (*scores)[*size - 1];
            response.set_next_page_token(
                scope.Encode(servicekit::PageKey().Add(last.score_micros).Add(last.customer)));
            break;
          }
          if (model == nullptr || model->id != score.model) {
            absl::StatusOr<std::shared_ptr<const ScoringModel>> found = ModelOf(tx, score);
            if (!found.ok()) return found.status();
            model = *std::move(found);
          }
          *response.add_scores() = Encode(score, *model);
        }
        return response;
      });
}

absl::StatusOr<v1::QueryPyramidResponse> ScoreRpc::Pyramid(const CallContext& call,
                                                           const v1::QueryPyramidRequest& request) {
  const absl::StatusOr<ScoreStore::Slice> slice = DecodeSlice(request);
  if (!slice.ok()) return slice.status();
  return servicekit::RunReading(pool_, call.deadline,
                                [&](Transaction& tx) -> absl::StatusOr<v1::QueryPyramidResponse> {
                                  const auto model = stores_.models.Published(tx);
                                  if (!model.ok()) return model.status();
                                  const auto sums = stores_.scores.Pyramid(tx, call.principal, *slice);
                                  if (!sums.ok()) return sums.status();
                                  return EncodePyramid(*sums, **model);
                                });
}

absl::StatusOr<v1::ScoringModel> ScoreRpc::GetModel(const CallContext& call,
                                                    const v1::GetScoringModelRequest& request) {
  std::optional<Id> id;
  if (request.name() != kCurrentModel) {
    const absl::StatusOr<Id> parsed = ParseName("name", "scoringModels", request.name());
    if (!parsed.ok()) return parsed.status();
    id = *parsed;
  }
  return servicekit::RunReading(pool_, call.deadline,
                                [&](Transaction& tx) -> absl::StatusOr<v1::ScoringModel> {
                                  if (!id.has_value()) {
                                    const auto current = stores_.models.Published(tx);
                                    if (!current.ok()) return current.status();
                                    return Encode(**current);
                                  }
                                  const absl::StatusOr<ScoringModel> model = stores_.models.Get(tx, *id);
                                  if (!model.ok()) return model.status();
                                  return Encode(*model);
                                });
}

absl::StatusOr<v1::ListScoringModelsResponse> ScoreRpc::ListModels(
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
      pool_, call.deadline, [&](Transaction& tx) -> absl::StatusOr<v1::ListScoringModelsResponse> {
        v1::ListScoringModelsResponse response;
        const auto models = stores_.models.ListNewestFirst(tx, below, *size + 1);
        if (!models.ok()) return models.status();
        for (const ScoringModel& model : *models) {
          if (response.scoring_models_size() == *size) {
            response.set_next_page_token(
                scope.Encode(servicekit::PageKey().Add((*models)[*size - 1].version)));
            break;
          }
          *response.add_scoring_models() = Encode(model);
        }
        return response;
      });
}

}  // namespace clientele::value
