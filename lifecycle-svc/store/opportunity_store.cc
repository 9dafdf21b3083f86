#include "lifecycle-svc/store/opportunity_store.h"

#include "lifecycle-svc/store/columns.h"

namespace clientele::lifecycle {
namespace {

using servicekit::Parameter;
using servicekit::Row;

constexpr servicekit::SqlText kSelect =
    "SELECT o.id, o.customer_id, o.display_name, o.owner_id, o.product_id, o.step, o.probability_percent,"
    " o.forecast_category, o.amount, o.currency, o.open_time, CAST(o.expected_close_date AS CHAR), "
    "o.close_time,"
    " o.lost_reason, o.lost_note, o.order_id, o.external_system, o.external_id, o.create_time, o.update_time,"
    " o.version FROM opportunities o";
constexpr servicekit::SqlText kJoinRule = " JOIN journeys j ON j.customer_id = o.customer_id WHERE ";

Opportunity ReadOpportunity(const Row& row) {
  Opportunity opportunity;
  opportunity.id = row.Id(0);
  opportunity.customer = row.Id(1);
  opportunity.display_name = row.Text(2);
  opportunity.owner = row.OptionalId(3);
  opportunity.product = row.OptionalId(4);
  opportunity.step = ReadEnum<SalesStep>(row, 5);
  opportunity.probability_percent = static_cast<int>(row.Int64(6));
  opportunity.forecast_category = ReadEnum<ForecastCategory>(row, 7);
  opportunity.amount = ReadMoney(row, 8);
  opportunity.open_time = row.Time(10);
  opportunity.expected_close_date = ReadDate(row, 11);
  opportunity.close_time = row.OptionalTime(12);
  opportunity.lost_reason = ReadEnum<LostReason>(row, 13);
  opportunity.lost_note = row.Text(14);
  opportunity.order = row.OptionalId(15);
  opportunity.external_id = ReadExternalId(row, 16);
  opportunity.create_time = row.Time(18);
  opportunity.update_time = row.Time(19);
  opportunity.version = row.Int64(20);
  return opportunity;
}

}  // namespace

absl::StatusOr<Id> OpportunityStore::FindCustomer(Transaction& tx, Id id) {
  return tx.QueryOne(Sql("SELECT customer_id FROM opportunities WHERE id = ?", {id}),
                     [](const Row& row) { return row.Id(0); });
}

absl::StatusOr<std::vector<Opportunity>> OpportunityStore::Find(Transaction& tx, const std::vector<Id>& ids) {
  if (ids.empty()) return std::vector<Opportunity>();
  return tx.QueryAll(Sql(kSelect) + Sql(" WHERE o.id IN ") + InList(ids), ReadOpportunity);
}

absl::StatusOr<std::vector<Opportunity>> OpportunityStore::Find(Transaction& tx,
                                                                const std::vector<ExternalId>& ids) {
  if (ids.empty()) return std::vector<Opportunity>();
  return tx.QueryAll(Sql(kSelect) + Sql(" WHERE") + ExternalIdIn(ids), ReadOpportunity);
}

absl::StatusOr<Opportunity> OpportunityStore::Get(Transaction& tx, Id id, const Sql& rule) {
  return tx.QueryOne(Sql(kSelect) + Sql(kJoinRule) + Sql("o.id = ? AND ", {id}) + rule, ReadOpportunity);
}

absl::StatusOr<std::vector<Opportunity>> OpportunityStore::List(Transaction& tx, const Sql& rule,
                                                                const Sql& condition, Id after, int limit) {
  return tx.QueryAll(Sql(kSelect) + Sql(kJoinRule) + Sql("o.id > ? AND ", {after}) + rule + condition +
                         Sql(" ORDER BY o.id LIMIT ?", {limit}),
                     ReadOpportunity);
}

absl::StatusOr<std::vector<OpportunityStore::StepEntry>> OpportunityStore::ListSteps(Transaction& tx,
                                                                                     Id opportunity) {
  // Rows from before amounts were kept fall back on the steps' defaults.
  return tx.QueryAll(
      Sql("SELECT step, event_time, probability_percent, amount, currency, actor FROM opportunity_steps"
          " WHERE opportunity_id = ? ORDER BY event_time, id",
          {opportunity}),
      [&](const Row& row) {
        StepEntry entry;
        entry.opportunity = opportunity;
        entry.step = ReadEnum<SalesStep>(row, 0);
        entry.event_time = row.Time(1);
        entry.probability_percent =
            row.IsNull(2) ? DefaultProbability(entry.step) : static_cast<int>(row.Int64(2));
        entry.amount = ReadMoney(row, 3);
        entry.actor = row.Text(5);
        return entry;
      });
}

absl::StatusOr<std::vector<OpportunityStore::SummaryRow>> OpportunityStore::Summarize(Transaction& tx,
                                                                                      const Sql& rule,
                                                                                      const Sql& condition) {
  return tx.QueryAll(
      Sql("SELECT o.step, COALESCE(o.currency, ''), COUNT(*), CAST(SUM(o.amount) AS CHAR)"
          " FROM opportunities o") +
          Sql(kJoinRule) + rule + condition + Sql(" GROUP BY 1, 2 ORDER BY 1, 2"),
      [](const Row& row) {
        return SummaryRow{ReadEnum<SalesStep>(row, 0), row.Text(1), row.Int64(2), ReadSum(row, 3)};
      });
}

absl::Status OpportunityStore::Insert(Transaction& tx, const std::vector<Opportunity>& opportunities) {
  if (opportunities.empty()) return absl::OkStatus();
  std::vector<std::vector<Parameter>> rows;
  rows.reserve(opportunities.size());
  for (const Opportunity& o : opportunities) {
    rows.push_back({o.id,
                    o.customer,
                    o.display_name,
                    o.owner,
                    o.product,
                    NumberOf(o.step),
                    o.probability_percent,
                    NumberOf(o.forecast_category),
                    AmountOf(o.amount),
                    CurrencyOf(o.amount),
                    o.open_time,
                    DateOf(o.expected_close_date),
                    o.close_time,
                    NumberOf(o.lost_reason),
                    o.lost_note,
                    o.order,
                    SystemOf(o.external_id),
                    IdOf(o.external_id),
                    o.create_time,
                    o.update_time,
                    o.version});
  }
  return tx
      .InsertMany(
          "INSERT INTO opportunities (id, customer_id, display_name, owner_id, product_id, step, "
          "probability_percent,"
          " forecast_category, amount, currency, open_time, expected_close_date, close_time, lost_reason, "
          "lost_note,"
          " order_id, external_system, external_id, create_time, update_time, version) VALUES ",
          rows)
      .status();
}

absl::Status OpportunityStore::Update(Transaction& tx, const Opportunity& o) {
  return tx
      .Execute(Sql("UPDATE opportunities SET display_name = ?, owner_id = ?, product_id = ?, step = ?,"
                   " probability_percent = ?, forecast_category = ?, amount = ?, currency = ?, open_time = ?,"
                   " expected_close_date = ?, close_time = ?, lost_reason = ?, lost_note = ?, order_id = ?,"
                   " external_system = ?, external_id = ?, update_time = ?, version = ? WHERE id = ?",
                   {o.display_name, o.owner, o.product, NumberOf(o.step), o.probability_percent,
                    NumberOf(o.forecast_category), AmountOf(o.amount), CurrencyOf(o.amount), o.open_time,
                    DateOf(o.expected_close_date), o.close_time, NumberOf(o.lost_reason), o.lost_note,
                    o.order, SystemOf(o.external_id), IdOf(o.external_id), o.update_time, o.version, o.id}))
      .status();
}

absl::Status OpportunityStore::InsertSteps(Transaction& tx, const std::vector<StepEntry>& steps,
                                           const std::string& actor, absl::Time now) {
  if (steps.empty()) return absl::OkStatus();
  std::vector<std::vector<Parameter>> rows;
  rows.reserve(steps.size());
  for (const StepEntry& entry : steps) {
    rows.push_back({entry.opportunity, Id::New(now), NumberOf(entry.step), entry.event_time, actor,
                    entry.probability_percent, AmountOf(entry.amount), CurrencyOf(entry.amount)});
  }
  return tx
      .InsertMany(
          "INSERT INTO opportunity_steps (opportunity_id, id, step, event_time, actor, probability_percent,"
          " amount, currency) VALUES ",
          rows)
      .status();
}

}  // namespace clientele::lifecycle
