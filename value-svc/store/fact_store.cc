#include "value-svc/store/fact_store.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "servicekit/types/str_cat.h"
#include "value-svc/store/customer_store.h"
#include "value-svc/store/dues_codec.h"

namespace clientele::value {
namespace {

using servicekit::Bytes;
using servicekit::Parameter;
using servicekit::Row;
using servicekit::Sql;
using servicekit::SqlText;

constexpr SqlText kSelect = R"sql(
    SELECT id, customer_id, kind, event_time, amount, cost, source_id, feed, position, order_id, opportunity_id,
           due_time, open_time, close_time, step, probability_percent, influence_percent, channel, held,
           COALESCE(origin_id, customer_id), service_project_id, dues
      FROM facts )sql";

Fact Decode(const Row& row) {
  Fact fact;
  fact.id = row.Id(0);
  fact.customer = row.Id(1);
  fact.kind = static_cast<FactKind>(row.Int64(2));
  fact.event_time = row.Time(3);
  fact.amount = row.Decimal(4);
  fact.cost = row.Decimal(5);
  fact.source = row.Id(6);
  fact.feed = static_cast<Feed>(row.Int64(7));
  fact.position = row.Int64(8);
  fact.order = row.OptionalId(9);
  fact.opportunity = row.OptionalId(10);
  fact.due_time = row.OptionalTime(11);
  fact.open_time = row.OptionalTime(12);
  fact.close_time = row.OptionalTime(13);
  fact.step = static_cast<OpportunityStep>(row.Int64(14));
  fact.probability_percent = static_cast<int>(row.Int64(15));
  fact.influence_percent = static_cast<int>(row.Int64(16));
  fact.channel = static_cast<Channel>(row.Int64(17));
  fact.held = row.Bool(18);
  fact.origin = row.Id(19);
  fact.service_project = row.OptionalId(20);
  if (!row.IsNull(21)) {
    auto dues = UnpackDues(row.Blob(21));
    // Nobody but Encode writes them.
    if (!dues.ok()) throw std::logic_error("facts.dues cannot be read");
    fact.dues = *std::move(dues);
  }
  return fact;
}

std::vector<Parameter> Encode(const Fact& fact, bool counted) {
  return {fact.customer,
          fact.event_time,
          fact.id,
          static_cast<int>(fact.kind),
          counted,
          fact.amount,
          fact.cost,
          fact.source,
          static_cast<int>(fact.feed),
          fact.position,
          fact.order,
          fact.opportunity,
          fact.due_time,
          fact.open_time,
          fact.close_time,
          static_cast<int>(fact.step),
          fact.probability_percent,
          fact.influence_percent,
          static_cast<int>(fact.channel),
          fact.held,
          fact.origin,
          fact.service_project,
          fact.dues.empty() ? Parameter(std::nullopt) : Parameter(Bytes{PackDues(fact.dues)})};
}

constexpr size_t kLinksAtOnce = 512;

constexpr SqlText kSelectLink = R"sql(
    SELECT kind, source_id, order_id, IF(kind IN (4, 9), NULL, opportunity_id), service_project_id, feed, position,
           event_time, COALESCE(origin_id, customer_id), customer_id
      FROM facts )sql";

FactStore::Link DecodeLink(const Row& row) {
  return {static_cast<FactKind>(row.Int64(0)),
          row.Id(1),
          row.OptionalId(2),
          row.OptionalId(3),
          row.OptionalId(4),
          static_cast<Feed>(row.Int64(5)),
          row.Int64(6),
          row.Time(7),
          row.Id(8),
          row.Id(9)};
}

FactStore::Help DecodeHelp(const Row& row) { return {row.Id(0), row.Id(1)}; }

// Of each of these sources the newest counts, if it tells of something that happened.
absl::Status CountNewest(Transaction& tx, const std::vector<Id>& sources) {
  return tx
      .Execute(Sql(R"sql(
        UPDATE facts
          JOIN (SELECT source_id, kind, MAX(position) AS position FROM facts WHERE source_id IN )sql") +
               IdList(sources) + Sql(R"sql( GROUP BY source_id, kind) newest
            ON newest.source_id = facts.source_id AND newest.kind = facts.kind
           SET facts.counted = (facts.held AND facts.position = newest.position)
         WHERE facts.source_id IN )sql") +
               IdList(sources))
      .status();
}

}  // namespace

absl::Status FactStore::Add(Transaction& tx, absl::Span<const Fact> facts) {
  if (facts.empty()) return absl::OkStatus();
  std::vector<Id> revised;
  std::vector<std::vector<Parameter>> rows;
  rows.reserve(facts.size());
  for (const Fact& fact : facts) {
    rows.push_back(Encode(fact, fact.held));
    if (IsRevised(fact.kind)) revised.push_back(fact.source);
  }
  const absl::Status status = tx.InsertMany(R"sql(
        INSERT INTO facts (customer_id, event_time, id, kind, counted, amount, cost, source_id, feed, position, order_id,
                           opportunity_id, due_time, open_time, close_time, step, probability_percent,
                           influence_percent, channel, held, origin_id, service_project_id, dues) VALUES )sql",
                                            rows, " ON DUPLICATE KEY UPDATE id = VALUES(id)")
                                  .status();
  if (!status.ok() || revised.empty()) return status;
  std::sort(revised.begin(), revised.end());
  revised.erase(std::unique(revised.begin(), revised.end()), revised.end());
  return CountNewest(tx, revised);
}

absl::Status FactStore::Reassign(Transaction& tx, Id origin, Id from, Id to) {
  return tx
      .Execute(Sql("UPDATE facts SET customer_id = ?, origin_id = ? WHERE customer_id = ? AND "
                   "COALESCE(origin_id, customer_id) = ?",
                   {to, origin, from, origin}))
      .status();
}

absl::StatusOr<std::vector<Fact>> FactStore::OfCustomers(Transaction& tx, const CustomerRange& range,
                                                         absl::Time as_of) {
  return tx.QueryAll(
      Sql(kSelect) + Sql(R"sql(WHERE customer_id > ? AND customer_id <= ? AND (event_time <= ? OR kind = 8)
                                              ORDER BY customer_id, event_time, id)sql",
                         {range.after, range.through, as_of}),
      Decode);
}

absl::StatusOr<std::vector<Fact>> FactStore::OfCustomers(Transaction& tx, absl::Span<const Id> customers,
                                                         absl::Time as_of) {
  if (customers.empty()) return std::vector<Fact>();
  return tx.QueryAll(Sql(kSelect) + Sql("WHERE (event_time <= ? OR kind = 8) AND customer_id IN ", {as_of}) +
                         IdList(customers) + Sql(" ORDER BY customer_id, event_time, id"),
                     Decode);
}

absl::StatusOr<std::vector<Fact>> FactStore::OrdersOf(Transaction& tx, absl::Span<const Id> opportunities,
                                                      absl::Time as_of) {
  if (opportunities.empty()) return std::vector<Fact>();
  return tx.QueryAll(Sql(kSelect) +
                         Sql("WHERE kind IN (1, 6, 7) AND event_time <= ? AND opportunity_id IN ", {as_of}) +
                         IdList(opportunities) + Sql(" ORDER BY opportunity_id, event_time, id"),
                     Decode);
}

absl::StatusOr<absl::flat_hash_map<Id, absl::Time>> FactStore::FirstTimes(Transaction& tx,
                                                                          absl::Span<const Id> sources) {
  absl::flat_hash_map<Id, absl::Time> times;
  if (sources.empty()) return times;
  const absl::Status status =
      tx.Query(Sql("SELECT source_id, MIN(event_time) FROM facts WHERE source_id IN ") + IdList(sources) +
                   Sql(" GROUP BY source_id"),
               [&](const Row& row) {
                 times[row.Id(0)] = row.Time(1);
                 return absl::OkStatus();
               });
  if (!status.ok()) return status;
  return times;
}

absl::StatusOr<std::vector<FactStore::Referrer>> FactStore::ReferrersOf(Transaction& tx,
                                                                        absl::Span<const Id> opportunities) {
  if (opportunities.empty()) return std::vector<Referrer>();
  return tx.QueryAll(
      Sql("SELECT DISTINCT customer_id, opportunity_id FROM facts WHERE kind = 4 AND opportunity_id IN ") +
          IdList(opportunities) + Sql(" LOCK IN SHARE MODE"),
      [](const Row& row) {
        return Referrer{row.Id(0), row.Id(1)};
      });
}

absl::StatusOr<std::vector<FactStore::Help>> FactStore::HelpBy(Transaction& tx,
                                                               absl::Span<const Id> referrers,
                                                               absl::Time as_of) {
  if (referrers.empty()) return std::vector<Help>();
  return tx.QueryAll(Sql(R"sql(
      SELECT DISTINCT referrals.customer_id, orders.customer_id
        FROM facts referrals
        JOIN facts orders ON orders.opportunity_id = referrals.opportunity_id AND orders.kind = 1
         AND orders.event_time <= ?
       WHERE referrals.kind = 4 AND referrals.event_time <= ?
         AND NOT EXISTS (SELECT 1 FROM facts undone WHERE undone.source_id = referrals.source_id
                            AND undone.kind = 9 AND undone.event_time <= ?)
         AND NOT EXISTS (SELECT 1 FROM facts undone WHERE undone.source_id = orders.source_id
                            AND undone.kind = 6 AND undone.event_time <= ?)
         AND referrals.customer_id IN )sql",
                         {as_of, as_of, as_of, as_of}) +
                         IdList(referrers),
                     DecodeHelp);
}

absl::StatusOr<std::vector<FactStore::Help>> FactStore::HelpFor(Transaction& tx,
                                                                absl::Span<const Id> referred) {
  if (referred.empty()) return std::vector<Help>();
  return tx.QueryAll(Sql(R"sql(
      SELECT DISTINCT referrals.customer_id, orders.customer_id
        FROM facts orders
        JOIN facts referrals ON referrals.opportunity_id = orders.opportunity_id AND referrals.kind = 4
       WHERE orders.kind = 1 AND orders.customer_id IN )sql") +
                         IdList(referred),
                     DecodeHelp);
}

FactStore::Link FactStore::LinkOf(const Fact& fact) {
  const bool referral = fact.kind == FactKind::kReferralRecorded || fact.kind == FactKind::kReferralCancelled;
  return {fact.kind,
          fact.source,
          fact.order,
          referral ? std::nullopt : fact.opportunity,
          fact.service_project,
          fact.feed,
          fact.position,
          fact.event_time,
          fact.origin,
          fact.customer};
}

absl::StatusOr<std::vector<FactStore::Link>> FactStore::OfDeals(Transaction& tx, absl::Span<const Id> ids) {
  std::vector<Link> links;
  // One after the other: each of the columns has an index of its own.
  constexpr SqlText kConditions[] = {"WHERE source_id IN ", "WHERE order_id IN ",
                                     "WHERE kind NOT IN (4, 9) AND opportunity_id IN ",
                                     "WHERE service_project_id IN "};
  while (!ids.empty()) {
    const absl::Span<const Id> some = ids.subspan(0, kLinksAtOnce);
    ids.remove_prefix(some.size());
    for (const SqlText& condition : kConditions) {
      const absl::Status status =
          tx.Query(Sql(kSelectLink) + Sql(condition) + IdList(some), [&](const Row& row) {
            links.push_back(DecodeLink(row));
            return absl::OkStatus();
          });
      if (!status.ok()) return status;
    }
  }
  return links;
}

absl::Status FactStore::SetOrigin(Transaction& tx, const Link& link, Id origin, Id customer) {
  return tx
      .Execute(Sql("UPDATE facts SET origin_id = ?, customer_id = ? WHERE source_id = ? AND position = ?",
                   {origin, customer, link.source, link.position}))
      .status();
}

absl::StatusOr<std::vector<Fact>> FactStore::List(Transaction& tx, Id customer,
                                                  const std::optional<PageKey>& after, int64_t limit) {
  Sql sql = Sql(kSelect) + Sql("WHERE customer_id = ? AND (kind NOT IN (5, 8) OR counted = 1)", {customer});
  if (after.has_value()) {
    sql += Sql(" AND event_time >= ? AND (event_time > ? OR id > ?)",
               {after->event_time, after->event_time, after->id});
  }
  return tx.QueryAll(sql + Sql(" ORDER BY event_time, id LIMIT ?", {limit}), Decode);
}

absl::StatusOr<std::vector<FactStore::Sum>> FactStore::Summarize(Transaction& tx,
                                                                 const servicekit::Principal& principal,
                                                                 std::optional<absl::Time> as_of) {
  Sql counted("facts.counted = 1");
  if (as_of.has_value()) {
    // `counted` knows the newest of all; up to a day it may be an older one.
    counted = Sql(R"sql(
             facts.event_time <= ? AND facts.held = 1
         AND (facts.kind NOT IN (3, 5, 8)
              OR NOT EXISTS (SELECT 1 FROM facts newer
                              WHERE newer.source_id = facts.source_id AND newer.kind = facts.kind
                                AND newer.position > facts.position AND newer.event_time <= ?)))sql",
                  {*as_of, *as_of});
  }
  return tx.QueryAll(
      Sql(R"sql(
      SELECT facts.kind, COUNT(*), SUM(facts.amount), SUM(facts.cost)
        FROM facts JOIN customers ON customers.id = facts.customer_id
       WHERE )sql") +
          counted + Sql(" AND ") + servicekit::MayRead(principal, kCustomerColumns) +
          Sql(" GROUP BY facts.kind ORDER BY facts.kind"),
      [](const Row& row) {
        return Sum{static_cast<FactKind>(row.Int64(0)), row.Int64(1), row.Decimal(2), row.Decimal(3)};
      });
}

absl::StatusOr<std::vector<std::pair<std::string, int64_t>>> FactStore::FeedPositions(Transaction& tx) {
  return tx.QueryAll(Sql("SELECT source, position FROM feed_positions ORDER BY source"),
                     [](const Row& row) { return std::make_pair(row.Text(0), row.Int64(1)); });
}

absl::Status FactStore::AdvanceClock(Transaction& tx, Feed feed, absl::Time event_time,
                                     const std::string& base_currency) {
  if (!base_currency.empty()) {
    const absl::StatusOr<Clock> clock = ReadClock(tx);
    if (!clock.ok()) return clock.status();
    if (!clock->base_currency.empty() && clock->base_currency != base_currency) {
      return absl::FailedPreconditionError(servicekit::StrCat("facts are kept in ", clock->base_currency,
                                                              ", but now come in ", base_currency));
    }
  }
  return tx
      .Execute(Sql(R"sql(
        INSERT INTO fact_clocks (feed, latest_event_time, base_currency) VALUES (?, ?, ?)
        ON DUPLICATE KEY UPDATE latest_event_time = GREATEST(latest_event_time, VALUES(latest_event_time)),
                                base_currency = IF(base_currency = '', VALUES(base_currency), base_currency))sql",
                   {static_cast<int>(feed), event_time, base_currency}))
      .status();
}

absl::StatusOr<FactStore::Clock> FactStore::ReadClock(Transaction& tx) {
  Clock clock;
  const absl::Status status =
      tx.Query(Sql("SELECT latest_event_time, base_currency FROM fact_clocks"), [&](const Row& row) {
        clock.latest_event_time = std::max(clock.latest_event_time, row.Time(0));
        if (std::string currency = row.Text(1); !currency.empty()) clock.base_currency = currency;
        return absl::OkStatus();
      });
  if (!status.ok()) return status;
  return clock;
}

}  // namespace clientele::value
