#include "lifecycle-svc/store/opportunity_store.h"

#include "absl/container/flat_hash_map.h"
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
    " o.version, o.line_count, o.competitor_count, o.lost_to FROM opportunities o";
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
  opportunity.lines.resize(static_cast<size_t>(row.Int64(21)));  // Read by ReadParts.
  opportunity.competitors.resize(static_cast<size_t>(row.Int64(22)));
  opportunity.lost_to = row.Text(23);
  return opportunity;
}

// Most opportunities have neither lines nor competitors, so that most lists need no statement for them.
absl::Status ReadParts(Transaction& tx, std::vector<Opportunity>& opportunities) {
  absl::flat_hash_map<Id, Opportunity*> by_id;
  std::vector<Id> with_lines, with_competitors;
  for (Opportunity& opportunity : opportunities) {
    by_id[opportunity.id] = &opportunity;
    if (!opportunity.lines.empty()) with_lines.push_back(opportunity.id);
    if (!opportunity.competitors.empty()) with_competitors.push_back(opportunity.id);
  }
  absl::Status status;
  if (!with_lines.empty()) {
    status = tx.Query(Sql("SELECT opportunity_id, line, product_id, description, quantity, unit_price FROM "
                          "opportunity_lines"
                          " WHERE opportunity_id IN ") +
                          InList(with_lines),
                      [&](const Row& row) {
                        Opportunity& opportunity = *by_id.at(row.Id(0));
                        opportunity.lines.at(static_cast<size_t>(row.Int64(1))) = {
                            row.OptionalId(2), row.Text(3), row.Int64(4),
                            servicekit::Money{opportunity.amount->currency, row.Decimal(5)}};
                        return absl::OkStatus();
                      });
  }
  if (!status.ok() || with_competitors.empty()) return status;
  return tx.Query(
      Sql("SELECT opportunity_id, position, display_name, note FROM opportunity_competitors"
          " WHERE opportunity_id IN ") +
          InList(with_competitors),
      [&](const Row& row) {
        by_id.at(row.Id(0))->competitors.at(static_cast<size_t>(row.Int64(1))) = {row.Text(2), row.Text(3)};
        return absl::OkStatus();
      });
}

// The opportunities that `sql` selects, whole.
absl::StatusOr<std::vector<Opportunity>> ReadOpportunities(Transaction& tx, const Sql& sql) {
  absl::StatusOr<std::vector<Opportunity>> opportunities = tx.QueryAll(sql, ReadOpportunity);
  if (!opportunities.ok()) return opportunities;
  const absl::Status status = ReadParts(tx, *opportunities);
  if (!status.ok()) return status;
  return opportunities;
}

absl::Status InsertParts(Transaction& tx, const std::vector<Opportunity>& opportunities) {
  std::vector<std::vector<Parameter>> lines, competitors;
  for (const Opportunity& o : opportunities) {
    for (size_t i = 0; i < o.lines.size(); ++i) {
      const OpportunityLine& line = o.lines[i];
      lines.push_back({o.id, i, line.product, line.description, line.quantity, line.unit_price->amount});
    }
    for (size_t i = 0; i < o.competitors.size(); ++i) {
      competitors.push_back({o.id, i, o.competitors[i].display_name, o.competitors[i].note});
    }
  }
  absl::Status status;
  if (!lines.empty()) {
    status = tx.InsertMany(
                   "INSERT INTO opportunity_lines (opportunity_id, line, product_id, description, quantity,"
                   " unit_price) VALUES ",
                   lines)
                 .status();
  }
  if (!status.ok() || competitors.empty()) return status;
  return tx
      .InsertMany(
          "INSERT INTO opportunity_competitors (opportunity_id, position, display_name, note) VALUES ",
          competitors)
      .status();
}

}  // namespace

absl::StatusOr<Id> OpportunityStore::FindCustomer(Transaction& tx, Id id) {
  return tx.QueryOne(Sql("SELECT customer_id FROM opportunities WHERE id = ?", {id}),
                     [](const Row& row) { return row.Id(0); });
}

absl::StatusOr<std::vector<Opportunity>> OpportunityStore::Find(Transaction& tx, const std::vector<Id>& ids) {
  if (ids.empty()) return std::vector<Opportunity>();
  return ReadOpportunities(tx, Sql(kSelect) + Sql(" WHERE o.id IN ") + InList(ids));
}

absl::StatusOr<std::vector<Opportunity>> OpportunityStore::Find(Transaction& tx,
                                                                const std::vector<ExternalId>& ids) {
  if (ids.empty()) return std::vector<Opportunity>();
  return ReadOpportunities(tx, Sql(kSelect) + Sql(" WHERE") + ExternalIdIn(ids));
}

absl::StatusOr<Opportunity> OpportunityStore::Get(Transaction& tx, Id id, const Sql& rule) {
  absl::StatusOr<std::vector<Opportunity>> found =
      ReadOpportunities(tx, Sql(kSelect) + Sql(kJoinRule) + Sql("o.id = ? AND ", {id}) + rule);
  if (!found.ok()) return found.status();
  if (found->empty()) return absl::NotFoundError("not found");
  return std::move(found->front());
}

absl::StatusOr<std::vector<Opportunity>> OpportunityStore::List(Transaction& tx, const Sql& rule,
                                                                const Sql& condition, const Sql& order_by,
                                                                int limit) {
  return ReadOpportunities(tx, Sql(kSelect) + Sql(kJoinRule) + rule + condition + Sql(" ORDER BY ") +
                                   order_by + Sql(" LIMIT ?", {limit}));
}

absl::StatusOr<std::vector<OpportunityStore::StepEntry>> OpportunityStore::ListSteps(Transaction& tx,
                                                                                     Id opportunity) {
  // Rows from before amounts were kept fall back on the steps' defaults as they shipped then.
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
            row.IsNull(2) ? SalesSteps().At(entry.step).probability_percent : static_cast<int>(row.Int64(2));
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

absl::StatusOr<std::vector<OpportunityStore::CompetitorRow>> OpportunityStore::SummarizeCompetitors(
    Transaction& tx, const Sql& rule, const Sql& condition, int limit) {
  // Steps: 1 to 4 open, 5 won, 6 lost.
  return tx.QueryAll(
      Sql("SELECT c.display_name, CAST(SUM(o.step < 5) AS SIGNED), CAST(SUM(o.step = 5) AS SIGNED),"
          " CAST(SUM(o.step = 6) AS SIGNED), CAST(SUM(o.step = 6 AND o.lost_to = c.display_name) AS SIGNED)"
          " FROM opportunity_competitors c JOIN opportunities o ON o.id = c.opportunity_id") +
          Sql(kJoinRule) + rule + condition +
          Sql(" GROUP BY c.display_name ORDER BY COUNT(*) DESC, c.display_name LIMIT ?", {limit}),
      [](const Row& row) {
        return CompetitorRow{row.Text(0), row.Int64(1), row.Int64(2), row.Int64(3), row.Int64(4)};
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
                    o.version,
                    o.lines.size(),
                    o.competitors.size(),
                    o.lost_to});
  }
  const absl::Status status =
      tx.InsertMany(
            "INSERT INTO opportunities (id, customer_id, display_name, owner_id, product_id, step, "
            "probability_percent,"
            " forecast_category, amount, currency, open_time, expected_close_date, close_time, lost_reason, "
            "lost_note,"
            " order_id, external_system, external_id, create_time, update_time, version, line_count,"
            " competitor_count, lost_to) VALUES ",
            rows)
          .status();
  return status.ok() ? InsertParts(tx, opportunities) : status;
}

absl::Status OpportunityStore::Update(Transaction& tx, const Opportunity& o) {
  return tx
      .Execute(Sql("UPDATE opportunities SET display_name = ?, owner_id = ?, product_id = ?, step = ?,"
                   " probability_percent = ?, forecast_category = ?, amount = ?, currency = ?, open_time = ?,"
                   " expected_close_date = ?, close_time = ?, lost_reason = ?, lost_note = ?, order_id = ?,"
                   " external_system = ?, external_id = ?, update_time = ?, version = ?, line_count = ?,"
                   " competitor_count = ?, lost_to = ? WHERE id = ?",
                   {o.display_name,
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
                    o.update_time,
                    o.version,
                    o.lines.size(),
                    o.competitors.size(),
                    o.lost_to,
                    o.id}))
      .status();
}

absl::Status OpportunityStore::ReplaceParts(Transaction& tx, const Opportunity& o) {
  for (const Sql& sql : {Sql("DELETE FROM opportunity_lines WHERE opportunity_id = ?", {o.id}),
                         Sql("DELETE FROM opportunity_competitors WHERE opportunity_id = ?", {o.id})}) {
    const auto done = tx.Execute(sql);
    if (!done.ok()) return done.status();
  }
  return InsertParts(tx, {o});
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

absl::Status OpportunityStore::RetimeSteps(Transaction& tx, const Retimed& retimed) {
  return tx
      .Execute(Sql("UPDATE opportunity_steps SET event_time = ? WHERE opportunity_id = ?"
                   " AND (event_time <= ? OR event_time < ?)",
                   {retimed.open_time, retimed.opportunity, retimed.old_open_time, retimed.open_time}))
      .status();
}

}  // namespace clientele::lifecycle
