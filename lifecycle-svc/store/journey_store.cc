#include "lifecycle-svc/store/journey_store.h"

#include <algorithm>

#include "lifecycle-svc/store/columns.h"

namespace clientele::lifecycle {
namespace {

using servicekit::Parameter;
using servicekit::Row;

constexpr servicekit::SqlText kSelectJourneys =
    "SELECT j.customer_id, j.customer_version, j.stage, j.furthest_stage, j.lost_from_stage, "
    "j.recycled_count,"
    " j.stage_time, j.enter_time, j.version, j.owner_id, j.team_id FROM journeys j";

Journey ReadJourney(const Row& row) {
  Journey journey;
  journey.customer = row.Id(0);
  journey.customer_version = row.Int64(1);
  journey.progress.stage = ReadEnum<Stage>(row, 2);
  journey.progress.furthest_stage = ReadEnum<Stage>(row, 3);
  journey.progress.lost_from_stage = ReadEnum<Stage>(row, 4);
  journey.progress.recycled_count = static_cast<int>(row.Int64(5));
  journey.progress.stage_time = row.Time(6);
  journey.progress.enter_time = row.Time(7);
  journey.version = row.Int64(8);
  journey.owner = row.OptionalId(9);
  journey.team = row.OptionalId(10);
  return journey;
}

}  // namespace

absl::Status JourneyStore::InsertMissing(Transaction& tx, const std::vector<KnownCustomer>& customers) {
  if (customers.empty()) return absl::OkStatus();
  std::vector<std::vector<Parameter>> rows;
  for (const KnownCustomer& customer : customers) {
    const absl::Time none = absl::UnixEpoch();
    rows.push_back({customer.id, customer.version, customer.display_name, customer.industry, customer.owner,
                    customer.team, 0, 0, 0, 0, 0, none, none, kFoldVersion, 1});
  }
  // In order of the key, so that two of these do not wait for each other.
  std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
    return std::get<Id>(a[0].value()) < std::get<Id>(b[0].value());
  });
  return tx
      .InsertMany(
          "INSERT INTO journeys (customer_id, customer_version, display_name, industry, owner_id, team_id, "
          "stage,"
          " furthest_stage, lost_from_stage, department, recycled_count, stage_time, enter_time, "
          "fold_version, "
          "version) "
          "VALUES ",
          rows, " ON DUPLICATE KEY UPDATE customer_id = journeys.customer_id")
      .status();
}

absl::StatusOr<std::vector<Id>> JourneyStore::FindKnown(Transaction& tx, const std::vector<Id>& customers) {
  if (customers.empty()) return std::vector<Id>();
  return tx.QueryAll(Sql("SELECT customer_id FROM journeys WHERE customer_id IN ") + InList(customers) +
                         Sql(" UNION ALL SELECT alias_id FROM customer_aliases WHERE alias_id IN ") +
                         InList(customers),
                     [](const Row& row) { return row.Id(0); });
}

absl::StatusOr<std::vector<Id>> JourneyStore::Lock(Transaction& tx, const std::vector<Id>& customers) {
  if (customers.empty()) return std::vector<Id>();
  return tx.QueryAll(Sql("SELECT customer_id FROM journeys WHERE customer_id IN ") + InList(customers) +
                         Sql(" ORDER BY customer_id FOR UPDATE"),
                     [](const Row& row) { return row.Id(0); });
}

absl::StatusOr<std::vector<Id>> JourneyStore::FindFoldedBefore(Transaction& tx, int fold_version, int limit) {
  return tx.QueryAll(
      Sql("SELECT customer_id FROM journeys WHERE fold_version < ? ORDER BY fold_version LIMIT ?",
          {fold_version, limit}),
      [](const Row& row) { return row.Id(0); });
}

absl::Status JourneyStore::MarkFolded(Transaction& tx, const std::vector<Id>& customers) {
  return tx
      .Execute(Sql("UPDATE journeys SET fold_version = ? WHERE customer_id IN ", {kFoldVersion}) +
               InList(customers))
      .status();
}

absl::StatusOr<std::vector<Journey>> JourneyStore::Get(Transaction& tx, const std::vector<Id>& customers,
                                                       const Sql& rule) {
  if (customers.empty()) return std::vector<Journey>();
  return tx.QueryAll(
      Sql(kSelectJourneys) + Sql(" WHERE j.customer_id IN ") + InList(customers) + Sql(" AND ") + rule,
      ReadJourney);
}

absl::StatusOr<std::vector<Journey>> JourneyStore::List(Transaction& tx, const Sql& rule,
                                                        const Sql& condition, Id after, int limit) {
  return tx.QueryAll(Sql(kSelectJourneys) + Sql(" WHERE j.customer_id > ? AND ", {after}) + rule + condition +
                         Sql(" ORDER BY j.customer_id LIMIT ?", {limit}),
                     ReadJourney);
}

absl::StatusOr<KnownCustomer> JourneyStore::GetCustomer(Transaction& tx, Id customer) {
  return tx.QueryOne(Sql("SELECT customer_id, customer_version, display_name, industry, owner_id, team_id"
                         " FROM journeys WHERE customer_id = ?",
                         {customer}),
                     [](const Row& row) {
                       KnownCustomer known;
                       known.id = row.Id(0);
                       known.version = row.Int64(1);
                       known.display_name = row.Text(2);
                       known.industry = row.Text(3);
                       known.owner = row.OptionalId(4);
                       known.team = row.OptionalId(5);
                       return known;
                     });
}

absl::Status JourneyStore::UpdateProgress(Transaction& tx, const Journey& journey) {
  const Progress& progress = journey.progress;
  return tx
      .Execute(Sql(
          "UPDATE journeys SET stage = ?, furthest_stage = ?, lost_from_stage = ?, department = ?,"
          " recycled_count = ?, stage_time = ?, enter_time = ?, fold_version = ?, version = ?,"
          " quiet_since = GREATEST(?, COALESCE(contact_time, ?), COALESCE(progress_time, ?)) WHERE "
          "customer_id = ?",
          {NumberOf(progress.stage), NumberOf(progress.furthest_stage), NumberOf(progress.lost_from_stage),
           NumberOf(DepartmentOf(progress.stage)), progress.recycled_count, progress.stage_time,
           progress.enter_time, kFoldVersion, journey.version, progress.stage_time, progress.stage_time,
           progress.stage_time, journey.customer}))
      .status();
}

absl::Status JourneyStore::UpdateCustomer(Transaction& tx, const KnownCustomer& customer) {
  return tx
      .Execute(Sql("UPDATE journeys SET customer_version = ?, display_name = ?, industry = ?, owner_id = ?, "
                   "team_id = ?"
                   " WHERE customer_id = ? AND customer_version < ?",
                   {customer.version, customer.display_name, customer.industry, customer.owner, customer.team,
                    customer.id, customer.version}))
      .status();
}

absl::Status JourneyStore::ReplaceTargetMarkets(Transaction& tx,
                                                const std::vector<KnownCustomer>& customers) {
  std::vector<Id> told;
  std::vector<std::vector<Parameter>> rows;
  for (const KnownCustomer& customer : customers) {
    if (!customer.target_markets.has_value()) continue;
    told.push_back(customer.id);
    for (const Id& market : *customer.target_markets) rows.push_back({customer.id, market});
  }
  if (told.empty()) return absl::OkStatus();
  const absl::StatusOr<int64_t> removed =
      tx.Execute(Sql("DELETE FROM target_market_members WHERE customer_id IN ") + InList(told));
  if (!removed.ok() || rows.empty()) return removed.status();
  return tx
      .InsertMany("INSERT INTO target_market_members (customer_id, target_market_id) VALUES ", rows,
                  " ON DUPLICATE KEY UPDATE customer_id = target_market_members.customer_id")
      .status();
}

absl::Status JourneyStore::PutRepresentatives(Transaction& tx,
                                              const std::vector<KnownRepresentative>& representatives) {
  if (representatives.empty()) return absl::OkStatus();
  std::vector<std::vector<Parameter>> rows;
  for (const KnownRepresentative& representative : representatives) {
    rows.push_back({representative.id, representative.team, NumberOf(representative.department),
                    representative.manager ? 1 : 0});
  }
  return tx
      .InsertMany("INSERT INTO representatives (id, team_id, department, is_manager) VALUES ", rows,
                  " ON DUPLICATE KEY UPDATE team_id = VALUES(team_id), department = VALUES(department),"
                  " is_manager = VALUES(is_manager)")
      .status();
}

absl::Status JourneyStore::PlaceTeam(Transaction& tx, Id team, std::optional<Id> parent) {
  const auto ids = [&](const Sql& sql) { return tx.QueryAll(sql, [](const Row& row) { return row.Id(0); }); };
  auto below = ids(Sql("SELECT descendant_id FROM team_tree WHERE ancestor_id = ? FOR UPDATE", {team}));
  if (!below.ok()) return below.status();
  if (std::find(below->begin(), below->end(), team) == below->end()) below->push_back(team);
  // A parent that is not known yet counts as one without a parent; its own event completes the tree.
  std::vector<Id> above;
  if (parent.has_value()) {
    auto found = ids(Sql("SELECT ancestor_id FROM team_tree WHERE descendant_id = ? FOR UPDATE", {*parent}));
    if (!found.ok()) return found.status();
    above = *std::move(found);
    if (std::find(above.begin(), above.end(), *parent) == above.end()) above.push_back(*parent);
  }
  const absl::StatusOr<int64_t> removed =
      tx.Execute(Sql("DELETE FROM team_tree WHERE descendant_id IN ") + InList(*below) +
                 Sql(" AND ancestor_id NOT IN ") + InList(*below));
  if (!removed.ok()) return removed.status();
  std::vector<std::vector<Parameter>> rows = {{team, team}};
  if (parent.has_value()) rows.push_back({*parent, *parent});
  for (const Id& ancestor : above) {
    for (const Id& descendant : *below) rows.push_back({ancestor, descendant});
  }
  return tx
      .InsertMany("INSERT INTO team_tree (ancestor_id, descendant_id) VALUES ", rows,
                  " ON DUPLICATE KEY UPDATE ancestor_id = team_tree.ancestor_id")
      .status();
}

}  // namespace clientele::lifecycle
