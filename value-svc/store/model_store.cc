#include "value-svc/store/model_store.h"

#include <utility>

#include "servicekit/types/resource_name.h"
#include "servicekit/types/str_cat.h"
#include "value-svc/store/reference_codec.h"

namespace clientele::value {
namespace {

using servicekit::Bytes;
using servicekit::Parameter;
using servicekit::Row;
using servicekit::Sql;
using servicekit::SqlText;

constexpr size_t kStepsInChunk = 65'536;

constexpr SqlText kSelect = R"sql(
    SELECT id, version, state, horizon_days, base_currency, as_of_time, as_of_fixed, publish_time, reference_size,
           buyer_count, order_count, order_revenue, buyer_days, due_order_count, credit_micros
      FROM scoring_models )sql";

ScoringModel Decode(const Row& row) {
  ScoringModel model;
  model.id = row.Id(0);
  model.version = row.Int64(1);
  model.state = static_cast<ModelState>(row.Int64(2));
  model.horizon_days = row.Int64(3);
  model.base_currency = row.Text(4);
  model.as_of = row.Time(5);
  model.as_of_fixed = row.Bool(6);
  model.publish_time = row.Time(7);
  model.reference_size = row.Int64(8);
  model.pooled.buyer_count = row.Int64(9);
  model.pooled.order_count = row.Int64(10);
  model.pooled.order_revenue = row.Decimal(11);
  model.pooled.buyer_days = row.Int64(12);
  model.pooled.due_order_count = row.Int64(13);
  model.pooled.credit_micros = row.Int64(14);
  return model;
}

absl::Status LoadSales(Transaction& tx, ScoringModel& model) {
  SalesModel& sales = model.pooled.sales;
  // Models from before there were fits had pooled rates alone.
  if (const int64_t repeats = model.pooled.repeat_order_count(); repeats > 0) {
    sales.pooled.gap =
        static_cast<double>(model.pooled.buyer_days) / kDaysPerWeek / static_cast<double>(repeats);
    sales.pooled.spend =
        model.pooled.order_revenue.ToDouble() / static_cast<double>(model.pooled.order_count);
  }
  return tx.Query(Sql(R"sql(
      SELECT customer_count, repeat_buyer_count, fitted, bg_nbd_r, bg_nbd_alpha, bg_nbd_a, bg_nbd_b, pareto_nbd_r,
             pareto_nbd_alpha, pareto_nbd_s, pareto_nbd_beta, gamma_gamma_p, gamma_gamma_q, gamma_gamma_gamma,
             pooled_gap, pooled_spend
        FROM scoring_model_sales WHERE model_id = ?)sql",
                      {model.id}),
                  [&](const Row& row) {
                    sales.customer_count = row.Int64(0);
                    sales.repeat_buyer_count = row.Int64(1);
                    sales.fitted = row.Bool(2);
                    sales.bg_nbd = {row.Double(3), row.Double(4), row.Double(5), row.Double(6)};
                    sales.pareto_nbd = {row.Double(7), row.Double(8), row.Double(9), row.Double(10)};
                    sales.gamma_gamma = {row.Double(11), row.Double(12), row.Double(13)};
                    sales.pooled = {row.Double(14), row.Double(15)};
                    return absl::OkStatus();
                  });
}

absl::Status LoadEstimates(Transaction& tx, ScoringModel& model) {
  return tx.Query(Sql(R"sql(
      SELECT credit_strength_micros, horizon_days, closed_deals, win_rate, correction, correction_variance,
             past_forecasts, ages
        FROM scoring_model_estimates WHERE model_id = ?)sql",
                      {model.id}),
                  [&](const Row& row) {
                    model.pooled.credit_strength_micros = row.Int64(0);
                    PipelineModel::Parts parts;
                    parts.horizon_days = row.Int64(1);
                    parts.closed_deals = row.Int64(2);
                    parts.win_rate = row.Double(3);
                    parts.correction = row.Double(4);
                    parts.correction_variance = row.Double(5);
                    parts.past_forecasts = row.Int64(6);
                    const auto ages = UnpackDoubles(row.Blob(7));
                    if (!ages.ok()) return ages.status();
                    const auto middle = ages->begin() + static_cast<ptrdiff_t>(ages->size() / 2);
                    parts.close_hazard.assign(ages->begin(), middle);
                    parts.won_share.assign(middle, ages->end());
                    model.pooled.pipeline = PipelineModel(std::move(parts));
                    return absl::OkStatus();
                  });
}

absl::Status InsertEstimates(Transaction& tx, const ScoringModel& model) {
  const PipelineModel::Parts& parts = model.pooled.pipeline.parts();
  std::vector<double> ages = parts.close_hazard;
  ages.insert(ages.end(), parts.won_share.begin(), parts.won_share.end());
  return tx
      .InsertMany(R"sql(
        INSERT INTO scoring_model_estimates (model_id, credit_strength_micros, horizon_days, closed_deals, win_rate,
                                             correction, correction_variance, past_forecasts, ages) VALUES )sql",
                  {{model.id, model.pooled.credit_strength_micros, parts.horizon_days, parts.closed_deals,
                    parts.win_rate, parts.correction, parts.correction_variance, parts.past_forecasts,
                    Bytes{PackDoubles(ages)}}})
      .status();
}

absl::Status InsertSales(Transaction& tx, const ScoringModel& model) {
  const SalesModel& sales = model.pooled.sales;
  return tx
      .InsertMany(R"sql(
        INSERT INTO scoring_model_sales (model_id, customer_count, repeat_buyer_count, fitted, bg_nbd_r, bg_nbd_alpha,
                                         bg_nbd_a, bg_nbd_b, pareto_nbd_r, pareto_nbd_alpha, pareto_nbd_s,
                                         pareto_nbd_beta, gamma_gamma_p, gamma_gamma_q, gamma_gamma_gamma, pooled_gap,
                                         pooled_spend) VALUES )sql",
                  {{model.id, sales.customer_count, sales.repeat_buyer_count, sales.fitted, sales.bg_nbd.r,
                    sales.bg_nbd.alpha, sales.bg_nbd.a, sales.bg_nbd.b, sales.pareto_nbd.r,
                    sales.pareto_nbd.alpha, sales.pareto_nbd.s, sales.pareto_nbd.beta, sales.gamma_gamma.p,
                    sales.gamma_gamma.q, sales.gamma_gamma.gamma, sales.pooled.gap, sales.pooled.spend}})
      .status();
}

// Fills in what lies in the model's other tables, but for the reference distributions.
absl::Status LoadParts(Transaction& tx, ScoringModel& model) {
  const absl::Status weights =
      tx.Query(Sql("SELECT factor, weight_micros FROM scoring_model_weights WHERE model_id = ?", {model.id}),
               [&](const Row& row) {
                 model.weight_micros[static_cast<Factor>(row.Int64(0))] = row.Int64(1);
                 return absl::OkStatus();
               });
  if (!weights.ok()) return weights;
  if (absl::Status sales = LoadSales(tx, model); !sales.ok()) return sales;
  if (absl::Status estimates = LoadEstimates(tx, model); !estimates.ok()) return estimates;
  return tx.Query(Sql(R"sql(
      SELECT tier, share_micros, boundary_score_micros, boundary_customer_id
        FROM scoring_model_tiers WHERE model_id = ?)sql",
                      {model.id}),
                  [&](const Row& row) {
                    const size_t tier = static_cast<size_t>(row.Int64(0)) - 1;
                    model.tier_share_micros[tier] = row.Int64(1);
                    if (!row.IsNull(2)) model.boundaries[tier] = Boundary{row.Int64(2), row.Id(3)};
                    return absl::OkStatus();
                  });
}

absl::Status LoadReference(Transaction& tx, ScoringModel& model) {
  for (Factor factor : kFactors) {
    std::vector<ReferenceDistribution::Step> steps;
    const absl::Status status =
        tx.Query(Sql("SELECT packed FROM reference_chunks WHERE model_id = ? AND factor = ? ORDER BY chunk",
                     {model.id, static_cast<int>(factor)}),
                 [&](const Row& row) {
                   auto chunk = UnpackSteps(row.Blob(0));
                   if (!chunk.ok()) return chunk.status();
                   steps.insert(steps.end(), chunk->begin(), chunk->end());
                   return absl::OkStatus();
                 });
    if (!status.ok()) return status;
    model.reference[factor] = ReferenceDistribution::FromSteps(steps);
  }
  return absl::OkStatus();
}

absl::Status InsertParts(Transaction& tx, const ScoringModel& model) {
  std::vector<std::vector<Parameter>> weights, tiers, chunks;
  for (Factor factor : kFactors) {
    weights.push_back({model.id, static_cast<int>(factor), model.weight_micros[factor]});
    const std::vector<ReferenceDistribution::Step> steps = model.reference[factor].steps();
    absl::Span<const ReferenceDistribution::Step> rest = steps;
    for (int chunk = 0; !rest.empty(); ++chunk) {
      const auto some = rest.subspan(0, kStepsInChunk);
      chunks.push_back({model.id, static_cast<int>(factor), chunk, Bytes{PackSteps(some)}});
      rest.remove_prefix(some.size());
    }
  }
  for (size_t i = 0; i < kCutTierCount; ++i) {
    const auto& boundary = model.boundaries[i];
    tiers.push_back({model.id, static_cast<int>(kCutTiers[i]), model.tier_share_micros[i],
                     boundary.has_value() ? Parameter(boundary->score_micros) : Parameter(std::nullopt),
                     boundary.has_value() ? Parameter(boundary->customer) : Parameter(std::nullopt)});
  }
  absl::Status status =
      tx.InsertMany("INSERT INTO scoring_model_weights (model_id, factor, weight_micros) VALUES ", weights)
          .status();
  if (status.ok()) {
    status = tx.InsertMany(
                   R"sql(INSERT INTO scoring_model_tiers (model_id, tier, share_micros, boundary_score_micros,
                                                                  boundary_customer_id) VALUES )sql",
                   tiers)
                 .status();
  }
  if (status.ok()) status = InsertSales(tx, model);
  if (status.ok()) status = InsertEstimates(tx, model);
  if (status.ok()) {
    status = tx.InsertMany("INSERT INTO reference_chunks (model_id, factor, chunk, packed) VALUES ", chunks)
                 .status();
  }
  return status;
}

}  // namespace

absl::Status ModelStore::Publish(Transaction& tx, ScoringModel& model) {
  const auto latest = tx.QueryOne(Sql("SELECT COALESCE(MAX(version), 0) FROM scoring_models FOR UPDATE"),
                                  [](const Row& row) { return row.Int64(0); });
  if (!latest.ok()) return latest.status();
  model.version = *latest + 1;
  model.state = ModelState::kPublished;
  const auto retired =
      tx.Execute(Sql("UPDATE scoring_models SET state = ? WHERE state = ?",
                     {static_cast<int>(ModelState::kRetired), static_cast<int>(ModelState::kPublished)}));
  if (!retired.ok()) return retired.status();
  const auto inserted = tx.InsertMany(
      R"sql(
        INSERT INTO scoring_models (id, version, state, horizon_days, base_currency, as_of_time, as_of_fixed,
                                    publish_time, reference_size, buyer_count, order_count, order_revenue, buyer_days,
                                    due_order_count, credit_micros, scored, scored_through) VALUES )sql",
      {{model.id, model.version, static_cast<int>(model.state), model.horizon_days, model.base_currency,
        model.as_of, model.as_of_fixed, model.publish_time, model.reference_size, model.pooled.buyer_count,
        model.pooled.order_count, model.pooled.order_revenue, model.pooled.buyer_days,
        model.pooled.due_order_count, model.pooled.credit_micros, false, Id()}});
  if (!inserted.ok()) return inserted.status();
  return InsertParts(tx, model);
}

absl::StatusOr<std::shared_ptr<const ScoringModel>> ModelStore::Published(Transaction& tx) {
  auto head =
      tx.QueryOne(Sql(kSelect) + Sql("WHERE state = ?", {static_cast<int>(ModelState::kPublished)}), Decode);
  if (absl::IsNotFound(head.status())) {
    return absl::NotFoundError(
        "no scoring model has been published yet: an administrator runs RescoreCustomers first");
  }
  if (!head.ok()) return head.status();
  {
    absl::MutexLock lock(&mutex_);
    if (published_ != nullptr && published_->id == head->id) return published_;
  }
  absl::Status status = LoadParts(tx, *head);
  if (status.ok()) status = LoadReference(tx, *head);
  if (!status.ok()) return status;
  auto model = std::make_shared<const ScoringModel>(*std::move(head));
  absl::MutexLock lock(&mutex_);
  published_ = model;
  return model;
}

absl::StatusOr<ScoringModel> ModelStore::Get(Transaction& tx, Id id) {
  auto model = tx.QueryOne(Sql(kSelect) + Sql("WHERE id = ?", {id}), Decode);
  if (absl::IsNotFound(model.status())) {
    return absl::NotFoundError(servicekit::StrCat("there is no ", servicekit::NameOf("scoringModels", id)));
  }
  if (!model.ok()) return model.status();
  if (absl::Status status = LoadParts(tx, *model); !status.ok()) return status;
  return model;
}

absl::StatusOr<std::vector<ScoringModel>> ModelStore::ListNewestFirst(Transaction& tx,
                                                                      std::optional<int64_t> below_version,
                                                                      int64_t limit) {
  Sql sql(kSelect);
  if (below_version.has_value()) sql += Sql("WHERE version < ?", {*below_version});
  auto models = tx.QueryAll(sql + Sql(" ORDER BY version DESC LIMIT ?", {limit}), Decode);
  if (!models.ok()) return models.status();
  for (ScoringModel& model : *models) {
    if (absl::Status status = LoadParts(tx, model); !status.ok()) return status;
  }
  return models;
}

absl::StatusOr<ModelStore::Progress> ModelStore::UnfinishedForUpdate(Transaction& tx) {
  return tx.QueryOne(
      Sql("SELECT id, scored_through FROM scoring_models WHERE state = ? AND scored = 0 FOR UPDATE",
          {static_cast<int>(ModelState::kPublished)}),
      [](const Row& row) {
        return Progress{row.Id(0), row.Id(1)};
      });
}

absl::Status ModelStore::SetProgress(Transaction& tx, const Progress& progress, bool finished) {
  return tx
      .Execute(Sql("UPDATE scoring_models SET scored_through = ?, scored = ? WHERE id = ?",
                   {progress.through, finished, progress.model}))
      .status();
}

absl::StatusOr<bool> ModelStore::HasUnfinished(Transaction& tx) {
  return tx.QueryOne(Sql("SELECT COUNT(*) FROM scoring_models WHERE state = ? AND scored = 0",
                         {static_cast<int>(ModelState::kPublished)}),
                     [](const Row& row) { return row.Int64(0) > 0; });
}

}  // namespace clientele::value
