#include "lifecycle-svc/store/stall_store.h"

#include "lifecycle-svc/store/columns.h"

namespace clientele::lifecycle {
namespace {

using servicekit::Row;

constexpr servicekit::SqlText kSelectRules =
    "SELECT stage, tier, stalled_after_days, representative_days, manager_days, reassignment_days, "
    "recycle_days,"
    " version FROM stall_rules";

StallRule ReadRule(const Row& row) {
  const auto days = [&](size_t column) { return static_cast<int>(row.Int64(column)); };
  return {ReadEnum<Stage>(row, 0),
          ReadEnum<Tier>(row, 1),
          days(2),
          days(3),
          days(4),
          days(5),
          days(6),
          row.Int64(7)};
}

constexpr servicekit::SqlText kSelectStandings =
    "SELECT j.customer_id, j.display_name, j.owner_id, j.team_id, j.stage, j.tier, j.stall_level, "
    "j.quiet_since, j.stall_level_time, j.customer_version";

Standing ReadStanding(const Row& row) {
  return {row.Id(0),
          row.Text(1),
          row.OptionalId(2),
          row.OptionalId(3),
          ReadEnum<Stage>(row, 4),
          ReadEnum<Tier>(row, 5),
          ReadEnum<StallLevel>(row, 6),
          row.Time(7),
          row.Time(8),
          row.Int64(9)};
}

// Who stands still at a time, by the rule of their stage and tier.
Sql FromStalled(absl::Time now) {
  return Sql(
      " FROM stall_rules r JOIN journeys j ON j.stage = r.stage AND j.tier = r.tier"
      " WHERE r.stalled_after_days > 0 AND j.quiet_since <= CAST(? AS DATETIME(6)) - INTERVAL "
      "r.stalled_after_days DAY AND ",
      {now});
}

absl::StatusOr<std::vector<Id>> Ids(Transaction& tx, const Sql& sql) {
  return tx.QueryAll(sql, [](const Row& row) { return row.Id(0); });
}

Sql AtLevel(const StallRule& rule, StallLevel level) {
  return Sql("SELECT customer_id FROM journeys WHERE stage = ? AND tier = ? AND stall_level = ?",
             {NumberOf(rule.stage), NumberOf(rule.tier), NumberOf(level)});
}

}  // namespace

absl::StatusOr<std::vector<StallRule>> StallStore::ListRules(Transaction& tx) {
  return tx.QueryAll(Sql(kSelectRules) + Sql(" ORDER BY stage, tier"), ReadRule);
}

absl::StatusOr<StallRule> StallStore::GetRuleForUpdate(Transaction& tx, Stage stage, Tier tier) {
  return tx.QueryOne(
      Sql(kSelectRules) + Sql(" WHERE stage = ? AND tier = ? FOR UPDATE", {NumberOf(stage), NumberOf(tier)}),
      ReadRule);
}

absl::Status StallStore::UpdateRule(Transaction& tx, const StallRule& rule) {
  return tx
      .Execute(
          Sql("UPDATE stall_rules SET stalled_after_days = ?, representative_days = ?, manager_days = ?,"
              " reassignment_days = ?, recycle_days = ?, version = ? WHERE stage = ? AND tier = ?",
              {rule.stalled_after_days, rule.representative_days, rule.manager_days, rule.reassignment_days,
               rule.recycle_days, rule.version, NumberOf(rule.stage), NumberOf(rule.tier)}))
      .status();
}

absl::Status StallStore::TouchContact(Transaction& tx, Id customer, absl::Time time) {
  return tx
      .Execute(Sql("UPDATE journeys SET contact_time = GREATEST(COALESCE(contact_time, ?), ?),"
                   " quiet_since = GREATEST(quiet_since, ?) WHERE customer_id = ?",
                   {time, time, time, customer}))
      .status();
}

absl::Status StallStore::TouchProgress(Transaction& tx, Id customer, absl::Time time) {
  return tx
      .Execute(Sql("UPDATE journeys SET progress_time = GREATEST(COALESCE(progress_time, ?), ?),"
                   " quiet_since = GREATEST(quiet_since, ?) WHERE customer_id = ?",
                   {time, time, time, customer}))
      .status();
}

absl::Status StallStore::CopyStanding(Transaction& tx, Id from, Id to, absl::Time time) {
  return tx
      .Execute(Sql("UPDATE journeys t JOIN journeys f ON f.customer_id = ? SET t.tier = f.tier,"
                   " t.contact_time = f.contact_time,"
                   " t.progress_time = GREATEST(COALESCE(f.progress_time, ?), ?),"
                   " t.quiet_since = GREATEST(COALESCE(f.contact_time, ?), COALESCE(f.progress_time, ?), ?)"
                   " WHERE t.customer_id = ?",
                   {from, time, time, time, time, time, to}))
      .status();
}

absl::StatusOr<bool> StallStore::SetTier(Transaction& tx, Id customer, Tier tier) {
  const auto found =
      Ids(tx, Sql("SELECT customer_id FROM journeys WHERE customer_id = ? FOR UPDATE", {customer}));
  if (!found.ok()) return found.status();
  if (found->empty()) return false;
  const auto done =
      tx.Execute(Sql("UPDATE journeys SET tier = ? WHERE customer_id = ?", {NumberOf(tier), customer}));
  if (!done.ok()) return done.status();
  return true;
}

absl::StatusOr<std::vector<Id>> StallStore::FindQuiet(Transaction& tx, const StallRule& rule,
                                                      StallLevel level, absl::Time before,
                                                      absl::Time asked_before, int limit) {
  Sql sql = AtLevel(rule, level) + Sql(" AND quiet_since <= ?", {before});
  if (asked_before < kForever) sql += Sql(" AND stall_level_time <= ?", {asked_before});
  return Ids(tx, sql + Sql(" LIMIT ?", {limit}));
}

absl::StatusOr<std::vector<Id>> StallStore::FindAwake(Transaction& tx, const StallRule& rule,
                                                      StallLevel level, absl::Time after, int limit) {
  return Ids(tx, AtLevel(rule, level) + Sql(" AND quiet_since > ? LIMIT ?", {after, limit}));
}

absl::StatusOr<std::vector<Id>> StallStore::FindBeside(Transaction& tx, StallLevel level, int limit) {
  return Ids(tx, Sql("SELECT customer_id FROM journeys WHERE stage IN (?, ?) AND stall_level = ? LIMIT ?",
                     {NumberOf(Stage::kLost), NumberOf(Stage::kDormant), NumberOf(level), limit}));
}

absl::StatusOr<std::vector<Standing>> StallStore::Get(Transaction& tx, const std::vector<Id>& customers) {
  if (customers.empty()) return std::vector<Standing>();
  return tx.QueryAll(
      Sql(kSelectStandings) + Sql(" FROM journeys j WHERE j.customer_id IN ") + InList(customers),
      ReadStanding);
}

absl::Status StallStore::SetLevel(Transaction& tx, Id customer, StallLevel level, absl::Time time) {
  return tx
      .Execute(Sql("UPDATE journeys SET stall_level = ?, stall_level_time = ? WHERE customer_id = ?",
                   {NumberOf(level), time, customer}))
      .status();
}

absl::StatusOr<std::vector<StallStore::Count>> StallStore::Summarize(Transaction& tx, absl::Time now,
                                                                     const Sql& rule, const Sql& condition) {
  return tx.QueryAll(Sql("SELECT j.stage, j.tier, j.stall_level, COUNT(*)") + FromStalled(now) + rule +
                         condition + Sql(" GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"),
                     [](const Row& row) {
                       return Count{ReadEnum<Stage>(row, 0), ReadEnum<Tier>(row, 1),
                                    ReadEnum<StallLevel>(row, 2), row.Int64(3)};
                     });
}

absl::StatusOr<std::vector<std::pair<Standing, absl::Time>>> StallStore::List(Transaction& tx, absl::Time now,
                                                                              const Sql& rule,
                                                                              const Sql& condition, Id after,
                                                                              int limit) {
  return tx.QueryAll(Sql(kSelectStandings) + Sql(", r.stalled_after_days") + FromStalled(now) + rule +
                         condition +
                         Sql(" AND j.customer_id > ? ORDER BY j.customer_id LIMIT ?", {after, limit}),
                     [](const Row& row) {
                       Standing standing = ReadStanding(row);
                       const absl::Time from = standing.quiet_since + absl::Hours(24 * row.Int64(10));
                       return std::pair(std::move(standing), from);
                     });
}

}  // namespace clientele::lifecycle
