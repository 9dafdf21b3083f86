#include "value-svc/store/model_store.h"

#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/types/span.h"
#include "servicekit/types/resource_name.h"
#include "servicekit/types/str_cat.h"
#include "value-svc/store/reference_codec.h"
#include "value-svc/store/statements.h"

namespace clientele::value {
namespace {

using servicekit::Bytes;
using servicekit::Parameter;
using servicekit::Row;
using servicekit::Sql;
using servicekit::SqlText;

constexpr size_t kStepsInChunk = 65'536;
// The one in force and those of a few runs: of a million customers each takes 80 MB.
constexpr size_t kKeptModels = 3;

constexpr SqlText kSelect = R"sql(
    SELECT id, version, state, horizon_days, base_currency, as_of_time, as_of_fixed, publish_time, reference_size,
           buyer_count, order_count, order_revenue, buyer_days, due_order_count, credit_micros, revision, display_name,
           consistency_ratio_micros, tier_mode, hysteresis_margin_micros, hysteresis_confirmations, grace_days,
           default_terms_days
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
  model.revision = row.Int64(15);
  model.display_name = row.Text(16);
  model.consistency_ratio_micros = row.Int64(17);
  model.tier_mode = static_cast<TierMode>(row.Int64(18));
  model.hysteresis = {row.Int64(19), row.Int64(20)};
  model.grace_days = row.Int64(21);
  model.default_terms_days = row.Int64(22);
  return model;
}

// Models whose other tables are read together, each with one statement.
class Loading {
 public:
  explicit Loading(absl::Span<ScoringModel> models) {
    for (ScoringModel& model : models) {
      ids_.push_back(model.id);
      by_id_[model.id] = &model;
    }
  }
  // `select` begins with the model's id and ends before the list of ids; `rest` follows it.
  template <typename Visit>
  absl::Status ForEach(Transaction& tx, SqlText select, SqlText rest, Visit visit) const {
    if (ids_.empty()) return absl::OkStatus();
    return tx.Query(Sql(select) + IdList(ids_) + Sql(rest),
                    [&](const Row& row) { return visit(row, *by_id_.at(row.Id(0))); });
  }

 private:
  std::vector<Id> ids_;
  absl::flat_hash_map<Id, ScoringModel*> by_id_;
};

absl::Status LoadWeights(Transaction& tx, const Loading& loading) {
  const absl::Status weights = loading.ForEach(
      tx,
      "SELECT model_id, factor, weight_micros, normalization FROM scoring_model_weights WHERE model_id IN ",
      "", [](const Row& row, ScoringModel& model) {
        const Factor factor = static_cast<Factor>(row.Int64(1));
        model.weight_micros[factor] = row.Int64(2);
        model.normalization[factor] = static_cast<Normalization>(row.Int64(3));
        return absl::OkStatus();
      });
  if (!weights.ok()) return weights;
  return loading.ForEach(
      tx, "SELECT model_id, factor, other, ratio FROM scoring_model_comparisons WHERE model_id IN ",
      " ORDER BY model_id, factor, other", [](const Row& row, ScoringModel& model) {
        model.comparisons.push_back(
            {static_cast<Factor>(row.Int64(1)), static_cast<Factor>(row.Int64(2)), row.Double(3)});
        return absl::OkStatus();
      });
}

absl::Status LoadTiersAndRates(Transaction& tx, const Loading& loading) {
  const absl::Status tiers =
      loading.ForEach(tx, R"sql(
      SELECT model_id, tier, share_micros, boundary_score_micros, boundary_customer_id, threshold_micros
        FROM scoring_model_tiers WHERE model_id IN )sql",
                      "", [](const Row& row, ScoringModel& model) {
                        const size_t tier = static_cast<size_t>(row.Int64(1)) - 1;
                        model.tier_share_micros[tier] = row.Int64(2);
                        if (!row.IsNull(3)) model.boundaries[tier] = Boundary{row.Int64(3), row.Id(4)};
                        if (!row.IsNull(5) && tier < model.tier_threshold_micros.size())
                          model.tier_threshold_micros[tier] = row.Int64(5);
                        return absl::OkStatus();
                      });
  if (!tiers.ok()) return tiers;
  return loading.ForEach(
      tx, "SELECT model_id, channel, rate FROM scoring_model_activity_rates WHERE model_id IN ", "",
      [](const Row& row, ScoringModel& model) {
        model.activity_rates[static_cast<Channel>(row.Int64(1))] = row.Decimal(2);
        return absl::OkStatus();
      });
}

// Models from before there were fits had pooled rates alone.
void PoolSales(ScoringModel& model) {
  if (const int64_t repeats = model.pooled.repeat_order_count(); repeats > 0) {
    model.pooled.sales.pooled = {
        static_cast<double>(model.pooled.buyer_days) / kDaysPerWeek / static_cast<double>(repeats),
        model.pooled.order_revenue.ToDouble() / static_cast<double>(model.pooled.order_count)};
  }
}

absl::Status LoadSales(Transaction& tx, const Loading& loading) {
  return loading.ForEach(tx, R"sql(
      SELECT model_id, customer_count, repeat_buyer_count, fitted, bg_nbd_r, bg_nbd_alpha, bg_nbd_a, bg_nbd_b,
             pareto_nbd_r, pareto_nbd_alpha, pareto_nbd_s, pareto_nbd_beta, gamma_gamma_p, gamma_gamma_q,
             gamma_gamma_gamma, pooled_gap, pooled_spend
        FROM scoring_model_sales WHERE model_id IN )sql",
                         "", [](const Row& row, ScoringModel& model) {
                           SalesModel& sales = model.pooled.sales;
                           sales.customer_count = row.Int64(1);
                           sales.repeat_buyer_count = row.Int64(2);
                           sales.fitted = row.Bool(3);
                           sales.bg_nbd = {row.Double(4), row.Double(5), row.Double(6), row.Double(7)};
                           sales.pareto_nbd = {row.Double(8), row.Double(9), row.Double(10), row.Double(11)};
                           sales.gamma_gamma = {row.Double(12), row.Double(13), row.Double(14)};
                           sales.pooled = {row.Double(15), row.Double(16)};
                           return absl::OkStatus();
                         });
}

absl::Status LoadEstimates(Transaction& tx, const Loading& loading) {
  return loading.ForEach(tx, R"sql(
      SELECT model_id, credit_strength_micros, horizon_days, closed_deals, win_rate, correction,
             correction_variance, past_forecasts, ages
        FROM scoring_model_estimates WHERE model_id IN )sql",
                         "", [](const Row& row, ScoringModel& model) -> absl::Status {
                           model.pooled.credit_strength_micros = row.Int64(1);
                           PipelineModel::Parts parts;
                           parts.horizon_days = row.Int64(2);
                           parts.closed_deals = row.Int64(3);
                           parts.win_rate = row.Double(4);
                           parts.correction = row.Double(5);
                           parts.correction_variance = row.Double(6);
                           parts.past_forecasts = row.Int64(7);
                           const auto ages = UnpackDoubles(row.Blob(8));
                           if (!ages.ok()) return ages.status();
                           const auto middle = ages->begin() + static_cast<ptrdiff_t>(ages->size() / 2);
                           parts.close_hazard.assign(ages->begin(), middle);
                           parts.won_share.assign(middle, ages->end());
                           model.pooled.pipeline = PipelineModel(std::move(parts));
                           return absl::OkStatus();
                         });
}

// Fills in what lies in the models' other tables, but for the reference distributions.
absl::Status LoadParts(Transaction& tx, absl::Span<ScoringModel> models) {
  for (ScoringModel& model : models) PoolSales(model);
  const Loading loading(models);
  absl::Status status = LoadWeights(tx, loading);
  if (status.ok()) status = LoadTiersAndRates(tx, loading);
  if (status.ok()) status = LoadSales(tx, loading);
  if (status.ok()) status = LoadEstimates(tx, loading);
  return status;
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

absl::Status InsertConfiguration(Transaction& tx, const ScoringModel& model) {
  std::vector<std::vector<Parameter>> weights, comparisons, rates;
  for (Factor factor : kFactors) {
    weights.push_back({model.id, static_cast<int>(factor), model.weight_micros[factor],
                       static_cast<int>(model.normalization[factor])});
  }
  for (const FactorComparison& comparison : model.comparisons) {
    comparisons.push_back({model.id, static_cast<int>(comparison.factor), static_cast<int>(comparison.other),
                           comparison.ratio});
  }
  for (const auto& [channel, rate] : model.activity_rates) {
    rates.push_back({model.id, static_cast<int>(channel), rate});
  }
  absl::Status status =
      tx.InsertMany(
            "INSERT INTO scoring_model_weights (model_id, factor, weight_micros, normalization) VALUES ",
            weights)
          .status();
  if (status.ok()) {
    status = tx.InsertMany("INSERT INTO scoring_model_comparisons (model_id, factor, other, ratio) VALUES ",
                           comparisons)
                 .status();
  }
  if (status.ok()) {
    status =
        tx.InsertMany("INSERT INTO scoring_model_activity_rates (model_id, channel, rate) VALUES ", rates)
            .status();
  }
  return status;
}

absl::Status InsertTiers(Transaction& tx, const ScoringModel& model) {
  std::vector<std::vector<Parameter>> tiers;
  for (size_t i = 0; i < kCutTierCount; ++i) {
    const auto& boundary = model.boundaries[i];
    tiers.push_back({model.id, static_cast<int>(kCutTiers[i]), model.tier_share_micros[i],
                     boundary.has_value() ? Parameter(boundary->score_micros) : Parameter(std::nullopt),
                     boundary.has_value() ? Parameter(boundary->customer) : Parameter(std::nullopt),
                     i < model.tier_threshold_micros.size() ? Parameter(model.tier_threshold_micros[i])
                                                            : Parameter(std::nullopt)});
  }
  return tx
      .InsertMany(R"sql(INSERT INTO scoring_model_tiers (model_id, tier, share_micros, boundary_score_micros,
                                                         boundary_customer_id, threshold_micros) VALUES )sql",
                  tiers, R"sql(
        ON DUPLICATE KEY UPDATE share_micros = VALUES(share_micros),
                                boundary_score_micros = VALUES(boundary_score_micros),
                                boundary_customer_id = VALUES(boundary_customer_id),
                                threshold_micros = VALUES(threshold_micros))sql")
      .status();
}

absl::Status InsertEstimates(Transaction& tx, const ScoringModel& model) {
  const PipelineModel::Parts& parts = model.pooled.pipeline.parts();
  std::vector<double> ages = parts.close_hazard;
  ages.insert(ages.end(), parts.won_share.begin(), parts.won_share.end());
  return tx
      .Execute(Sql(R"sql(
        REPLACE INTO scoring_model_estimates (model_id, credit_strength_micros, horizon_days, closed_deals, win_rate,
                                              correction, correction_variance, past_forecasts, ages)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?))sql",
                   {model.id, model.pooled.credit_strength_micros, parts.horizon_days, parts.closed_deals,
                    parts.win_rate, parts.correction, parts.correction_variance, parts.past_forecasts,
                    Bytes{PackDoubles(ages)}}))
      .status();
}

// What is frozen with a model's reference, in place of what was frozen before.
absl::Status InsertFrozen(Transaction& tx, const ScoringModel& model) {
  absl::Status status =
      tx.Execute(Sql("DELETE FROM reference_chunks WHERE model_id = ?", {model.id})).status();
  if (!status.ok()) return status;
  for (Factor factor : kFactors) {
    std::vector<std::vector<Parameter>> chunks;
    const std::vector<ReferenceDistribution::Step> steps = model.reference[factor].steps();
    absl::Span<const ReferenceDistribution::Step> rest = steps;
    for (int chunk = 0; !rest.empty(); ++chunk) {
      const auto some = rest.subspan(0, kStepsInChunk);
      chunks.push_back({model.id, static_cast<int>(factor), chunk, Bytes{PackSteps(some)}});
      rest.remove_prefix(some.size());
    }
    status = tx.InsertMany("INSERT INTO reference_chunks (model_id, factor, chunk, packed) VALUES ", chunks)
                 .status();
    if (!status.ok()) return status;
  }
  status = InsertEstimates(tx, model);
  if (!status.ok()) return status;
  const SalesModel& sales = model.pooled.sales;
  return tx
      .Execute(Sql(R"sql(
        REPLACE INTO scoring_model_sales (model_id, customer_count, repeat_buyer_count, fitted, bg_nbd_r, bg_nbd_alpha,
                                          bg_nbd_a, bg_nbd_b, pareto_nbd_r, pareto_nbd_alpha, pareto_nbd_s,
                                          pareto_nbd_beta, gamma_gamma_p, gamma_gamma_q, gamma_gamma_gamma, pooled_gap,
                                          pooled_spend)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?))sql",
                   {model.id, sales.customer_count, sales.repeat_buyer_count, sales.fitted, sales.bg_nbd.r,
                    sales.bg_nbd.alpha, sales.bg_nbd.a, sales.bg_nbd.b, sales.pareto_nbd.r,
                    sales.pareto_nbd.alpha, sales.pareto_nbd.s, sales.pareto_nbd.beta, sales.gamma_gamma.p,
                    sales.gamma_gamma.q, sales.gamma_gamma.gamma, sales.pooled.gap, sales.pooled.spend}))
      .status();
}

absl::Status RemoveRows(Transaction& tx, SqlText from_table, Id model) {
  return tx.Execute(Sql("DELETE FROM ") + Sql(from_table) + Sql(" WHERE model_id = ?", {model})).status();
}

absl::Status RemoveConfiguration(Transaction& tx, Id model) {
  absl::Status status = RemoveRows(tx, "scoring_model_weights", model);
  if (status.ok()) status = RemoveRows(tx, "scoring_model_comparisons", model);
  if (status.ok()) status = RemoveRows(tx, "scoring_model_activity_rates", model);
  if (status.ok()) status = RemoveRows(tx, "scoring_model_tiers", model);
  return status;
}

}  // namespace

absl::Status ModelStore::InsertDraft(Transaction& tx, ScoringModel& model) {
  const auto latest = tx.QueryOne(Sql("SELECT COALESCE(MAX(version), 0) FROM scoring_models FOR UPDATE"),
                                  [](const Row& row) { return row.Int64(0); });
  if (!latest.ok()) return latest.status();
  model.version = *latest + 1;
  model.revision = 1;
  model.state = ModelState::kDraft;
  const auto inserted = tx.InsertMany(
      R"sql(
        INSERT INTO scoring_models (id, version, state, horizon_days, base_currency, as_of_time, as_of_fixed,
                                    publish_time, reference_size, buyer_count, order_count, order_revenue, buyer_days,
                                    due_order_count, credit_micros, scored, scored_through, revision, display_name,
                                    consistency_ratio_micros, tier_mode, hysteresis_margin_micros,
                                    hysteresis_confirmations, grace_days, default_terms_days) VALUES )sql",
      {{model.id,
        model.version,
        static_cast<int>(model.state),
        model.horizon_days,
        model.base_currency,
        model.as_of,
        model.as_of_fixed,
        model.publish_time,
        0,
        0,
        0,
        Decimal(),
        0,
        0,
        0,
        true,
        Id(),
        model.revision,
        model.display_name,
        model.consistency_ratio_micros,
        static_cast<int>(model.tier_mode),
        model.hysteresis.margin_micros,
        model.hysteresis.confirmations,
        model.grace_days,
        model.default_terms_days}});
  absl::Status status = inserted.status();
  if (status.ok()) status = InsertConfiguration(tx, model);
  if (status.ok()) status = InsertTiers(tx, model);
  return status;
}

absl::Status ModelStore::UpdateDraft(Transaction& tx, ScoringModel& model) {
  ++model.revision;
  absl::Status status =
      tx.Execute(Sql(R"sql(
        UPDATE scoring_models
           SET horizon_days = ?, revision = ?, display_name = ?, consistency_ratio_micros = ?, tier_mode = ?,
               hysteresis_margin_micros = ?, hysteresis_confirmations = ?, grace_days = ?, default_terms_days = ?
         WHERE id = ?)sql",
                     {model.horizon_days, model.revision, model.display_name, model.consistency_ratio_micros,
                      static_cast<int>(model.tier_mode), model.hysteresis.margin_micros,
                      model.hysteresis.confirmations, model.grace_days, model.default_terms_days, model.id}))
          .status();
  if (status.ok()) status = RemoveConfiguration(tx, model.id);
  if (status.ok()) status = InsertConfiguration(tx, model);
  if (status.ok()) status = InsertTiers(tx, model);
  return status;
}

absl::Status ModelStore::Remove(Transaction& tx, Id model) {
  absl::Status status = RemoveConfiguration(tx, model);
  if (status.ok()) status = RemoveRows(tx, "reference_chunks", model);
  if (status.ok()) status = RemoveRows(tx, "scoring_model_sales", model);
  if (status.ok()) status = RemoveRows(tx, "scoring_model_estimates", model);
  if (!status.ok()) return status;
  return tx.Execute(Sql("DELETE FROM scoring_models WHERE id = ?", {model})).status();
}

absl::Status ModelStore::Freeze(Transaction& tx, const ScoringModel& model) {
  absl::Status status =
      tx.Execute(Sql(R"sql(
        UPDATE scoring_models
           SET base_currency = ?, as_of_time = ?, as_of_fixed = ?, publish_time = ?, reference_size = ?,
               buyer_count = ?, order_count = ?, order_revenue = ?, buyer_days = ?, due_order_count = ?,
               credit_micros = ?
         WHERE id = ?)sql",
                     {model.base_currency, model.as_of, model.as_of_fixed, model.publish_time,
                      model.reference_size, model.pooled.buyer_count, model.pooled.order_count,
                      model.pooled.order_revenue, model.pooled.buyer_days, model.pooled.due_order_count,
                      model.pooled.credit_micros, model.id}))
          .status();
  if (status.ok()) status = InsertTiers(tx, model);
  if (status.ok()) status = InsertFrozen(tx, model);
  return status;
}

absl::Status ModelStore::BringIntoForce(Transaction& tx, Id model) {
  absl::Status status =
      tx.Execute(Sql("UPDATE scoring_models SET state = ? WHERE state = ?",
                     {static_cast<int>(ModelState::kRetired), static_cast<int>(ModelState::kPublished)}))
          .status();
  if (!status.ok()) return status;
  return tx
      .Execute(Sql("UPDATE scoring_models SET state = ? WHERE id = ?",
                   {static_cast<int>(ModelState::kPublished), model}))
      .status();
}

absl::StatusOr<std::shared_ptr<const ScoringModel>> ModelStore::Published(Transaction& tx) {
  auto head =
      tx.QueryOne(Sql(kSelect) + Sql("WHERE state = ?", {static_cast<int>(ModelState::kPublished)}), Decode);
  if (absl::IsNotFound(head.status())) {
    return absl::NotFoundError(
        "no scoring model has been published yet: an administrator runs RescoreCustomers first");
  }
  if (!head.ok()) return head.status();
  return Whole(tx, *std::move(head));
}

absl::StatusOr<std::shared_ptr<const ScoringModel>> ModelStore::GetFrozen(Transaction& tx, Id id) {
  auto head = tx.QueryOne(Sql(kSelect) + Sql("WHERE id = ?", {id}), Decode);
  if (!head.ok()) return head.status();
  return Whole(tx, *std::move(head));
}

absl::StatusOr<std::shared_ptr<const ScoringModel>> ModelStore::Whole(Transaction& tx, ScoringModel model) {
  {
    absl::MutexLock lock(&mutex_);
    for (const auto& known : kept_) {
      // A draft is frozen anew with each preview.
      if (known->id == model.id && known->state == model.state && known->revision == model.revision &&
          known->publish_time == model.publish_time) {
        return known;
      }
    }
  }
  absl::Status status = LoadParts(tx, absl::MakeSpan(&model, 1));
  if (status.ok()) status = LoadReference(tx, model);
  if (!status.ok()) return status;
  auto whole = std::make_shared<const ScoringModel>(std::move(model));
  absl::MutexLock lock(&mutex_);
  kept_.push_front(whole);
  if (kept_.size() > kKeptModels) kept_.pop_back();
  return whole;
}

absl::StatusOr<ScoringModel> ModelStore::Get(Transaction& tx, Id id) { return Find(tx, id, ""); }

absl::StatusOr<ScoringModel> ModelStore::GetForUpdate(Transaction& tx, Id id) {
  return Find(tx, id, " FOR UPDATE");
}

absl::StatusOr<ScoringModel> ModelStore::Find(Transaction& tx, Id id, SqlText suffix) {
  auto model = tx.QueryOne(Sql(kSelect) + Sql("WHERE id = ?", {id}) + Sql(suffix), Decode);
  if (absl::IsNotFound(model.status())) {
    return absl::NotFoundError(servicekit::StrCat("there is no ", servicekit::NameOf("scoringModels", id)));
  }
  if (!model.ok()) return model.status();
  if (absl::Status status = LoadParts(tx, absl::MakeSpan(&*model, 1)); !status.ok()) return status;
  return model;
}

absl::StatusOr<std::vector<ScoringModel>> ModelStore::ListNewestFirst(Transaction& tx,
                                                                      std::optional<int64_t> below_version,
                                                                      int64_t limit) {
  Sql sql(kSelect);
  if (below_version.has_value()) sql += Sql("WHERE version < ?", {*below_version});
  auto models = tx.QueryAll(sql + Sql(" ORDER BY version DESC LIMIT ?", {limit}), Decode);
  if (!models.ok()) return models.status();
  if (absl::Status status = LoadParts(tx, absl::MakeSpan(*models)); !status.ok()) return status;
  return models;
}

}  // namespace clientele::value
