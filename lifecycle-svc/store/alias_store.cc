#include "lifecycle-svc/store/alias_store.h"

#include "lifecycle-svc/store/columns.h"

namespace clientele::lifecycle {
namespace {

using servicekit::Parameter;
using servicekit::Row;
using servicekit::Sql;
using servicekit::SqlText;

// What a merge and a split do to one kind of rows.
struct OwnedTable {
  SqlText remember;   // Own customer, customer: its rows that are nobody else's own yet.
  SqlText take;       // New customer, old customer.
  SqlText give_back;  // New customer, old customer; a list of own customers follows.
};

constexpr SqlText kOnceOnly = " ON DUPLICATE KEY UPDATE kind = alias_rows.kind";

// clang-format off
constexpr OwnedTable kTables[] = {
    {"INSERT INTO alias_rows (kind, id, own_customer_id) SELECT 1, t.id, ? FROM moves t WHERE t.customer_id = ?",
     "UPDATE moves SET customer_id = ? WHERE customer_id = ?",
     "UPDATE moves t JOIN alias_rows a ON a.kind = 1 AND a.id = t.id SET t.customer_id = ?"
     " WHERE t.customer_id = ? AND a.own_customer_id IN "},
    {"INSERT INTO alias_rows (kind, id, own_customer_id) SELECT 2, t.id, ? FROM opportunities t"
     " WHERE t.customer_id = ?",
     "UPDATE opportunities SET customer_id = ? WHERE customer_id = ?",
     "UPDATE opportunities t JOIN alias_rows a ON a.kind = 2 AND a.id = t.id SET t.customer_id = ?"
     " WHERE t.customer_id = ? AND a.own_customer_id IN "},
    {"INSERT INTO alias_rows (kind, id, own_customer_id) SELECT 3, t.id, ? FROM orders t WHERE t.customer_id = ?",
     "UPDATE orders SET customer_id = ? WHERE customer_id = ?",
     "UPDATE orders t JOIN alias_rows a ON a.kind = 3 AND a.id = t.id SET t.customer_id = ?"
     " WHERE t.customer_id = ? AND a.own_customer_id IN "},
    {"INSERT INTO alias_rows (kind, id, own_customer_id) SELECT 4, t.id, ? FROM referrals t WHERE t.referrer_id = ?",
     "UPDATE referrals SET referrer_id = ? WHERE referrer_id = ?",
     "UPDATE referrals t JOIN alias_rows a ON a.kind = 4 AND a.id = t.id SET t.referrer_id = ?"
     " WHERE t.referrer_id = ? AND a.own_customer_id IN "},
    {"INSERT INTO alias_rows (kind, id, own_customer_id) SELECT 5, t.id, ? FROM referrals t WHERE t.referred_id = ?",
     "UPDATE referrals SET referred_id = ? WHERE referred_id = ?",
     "UPDATE referrals t JOIN alias_rows a ON a.kind = 5 AND a.id = t.id SET t.referred_id = ?"
     " WHERE t.referred_id = ? AND a.own_customer_id IN "},
    {"INSERT INTO alias_rows (kind, id, own_customer_id) SELECT 6, t.id, ? FROM follow_ups t WHERE t.customer_id = ?",
     "UPDATE follow_ups SET customer_id = ? WHERE customer_id = ?",
     "UPDATE follow_ups t JOIN alias_rows a ON a.kind = 6 AND a.id = t.id SET t.customer_id = ?"
     " WHERE t.customer_id = ? AND a.own_customer_id IN "},
    {"INSERT INTO alias_rows (kind, id, own_customer_id) SELECT 7, t.id, ? FROM service_projects t"
     " WHERE t.customer_id = ?",
     "UPDATE service_projects SET customer_id = ? WHERE customer_id = ?",
     "UPDATE service_projects t JOIN alias_rows a ON a.kind = 7 AND a.id = t.id SET t.customer_id = ?"
     " WHERE t.customer_id = ? AND a.own_customer_id IN "},
};

// What followed from an alias's own row is its own, too: the order that an opportunity was won with, the move that
// either made, the referral of the opportunity, the service project of the order. In this order, since one leads to the next.
constexpr SqlText kInherit[] = {
    "INSERT INTO alias_rows (kind, id, own_customer_id) SELECT 3, t.id, a.own_customer_id FROM orders t"
    " JOIN alias_rows a ON a.kind = 2 AND a.id = t.opportunity_id WHERE t.customer_id = ?",
    "INSERT INTO alias_rows (kind, id, own_customer_id) SELECT 1, t.id, a.own_customer_id FROM moves t"
    " JOIN alias_rows a ON a.kind IN (2, 3) AND a.id = t.cause_id WHERE t.customer_id = ?",
    "INSERT INTO alias_rows (kind, id, own_customer_id) SELECT 5, t.id, a.own_customer_id FROM referrals t"
    " JOIN alias_rows a ON a.kind = 2 AND a.id = t.opportunity_id WHERE t.referred_id = ?",
    "INSERT INTO alias_rows (kind, id, own_customer_id) SELECT 7, t.id, a.own_customer_id FROM service_projects t"
    " JOIN alias_rows a ON a.kind = 3 AND a.id = t.order_id WHERE t.customer_id = ?",
};
// clang-format on

absl::Status Inherit(Transaction& tx, Id survivor) {
  for (const SqlText& text : kInherit) {
    const auto done = tx.Execute(Sql(text, {survivor}) + Sql(kOnceOnly));
    if (!done.ok()) return done.status();
  }
  return absl::OkStatus();
}

// Those who count as `survivor` now did so once.
absl::Status RememberSurvivor(Transaction& tx, Id survivor) {
  return tx
      .Execute(Sql("INSERT INTO past_survivors (customer_id, survivor_id)"
                   " SELECT a.alias_id, a.survivor_id FROM customer_aliases a WHERE a.survivor_id = ?"
                   " ON DUPLICATE KEY UPDATE customer_id = past_survivors.customer_id",
                   {survivor}))
      .status();
}

constexpr SqlText kSelect =
    "SELECT alias_id, survivor_id, into_id, merge_id, customer_version, display_name, industry, owner_id, "
    "team_id"
    " FROM customer_aliases";

AliasStore::Alias ReadAlias(const Row& row) {
  AliasStore::Alias alias;
  alias.customer.id = row.Id(0);
  alias.survivor = row.Id(1);
  alias.into = row.Id(2);
  alias.merge = row.Id(3);
  alias.customer.version = row.Int64(4);
  alias.customer.display_name = row.Text(5);
  alias.customer.industry = row.Text(6);
  alias.customer.owner = row.OptionalId(7);
  alias.customer.team = row.OptionalId(8);
  return alias;
}

absl::StatusOr<absl::flat_hash_map<Id, Id>> Survivors(Transaction& tx, const std::vector<Id>& ids,
                                                      SqlText suffix) {
  absl::flat_hash_map<Id, Id> survivors;
  if (ids.empty()) return survivors;
  const absl::Status status =
      tx.Query(Sql("SELECT alias_id, survivor_id FROM customer_aliases WHERE alias_id IN ") + InList(ids) +
                   Sql(suffix),
               [&](const Row& row) {
                 survivors[row.Id(0)] = row.Id(1);
                 return absl::OkStatus();
               });
  if (!status.ok()) return status;
  return survivors;
}

}  // namespace

absl::StatusOr<absl::flat_hash_map<Id, Id>> AliasStore::FindSurvivors(Transaction& tx,
                                                                      const std::vector<Id>& ids) {
  return Survivors(tx, ids, "");
}

absl::StatusOr<absl::flat_hash_map<Id, Id>> AliasStore::LockSurvivors(Transaction& tx,
                                                                      const std::vector<Id>& ids) {
  return Survivors(tx, ids, " LOCK IN SHARE MODE");
}

absl::StatusOr<std::optional<AliasStore::Alias>> AliasStore::GetForUpdate(Transaction& tx, Id alias) {
  auto found = tx.QueryAll(Sql(kSelect) + Sql(" WHERE alias_id = ? FOR UPDATE", {alias}), ReadAlias);
  if (!found.ok()) return found.status();
  if (found->empty()) return std::optional<Alias>();
  return std::optional<Alias>(std::move(found->front()));
}

absl::StatusOr<std::vector<AliasStore::Alias>> AliasStore::ListForUpdate(Transaction& tx, Id survivor) {
  return tx.QueryAll(Sql(kSelect) + Sql(" WHERE survivor_id = ? FOR UPDATE", {survivor}), ReadAlias);
}

absl::Status AliasStore::UpdateCustomer(Transaction& tx, const KnownCustomer& customer) {
  return tx
      .Execute(Sql(
          "UPDATE customer_aliases SET customer_version = ?, display_name = ?, industry = ?, owner_id = ?,"
          " team_id = ? WHERE alias_id = ? AND customer_version < ?",
          {customer.version, customer.display_name, customer.industry, customer.owner, customer.team,
           customer.id, customer.version}))
      .status();
}

absl::Status AliasStore::Merge(Transaction& tx, Id merge, Id into, Id survivor, const KnownCustomer& merged) {
  absl::Status status = Inherit(tx, merged.id);
  for (const OwnedTable& table : kTables) {
    if (status.ok())
      status = tx.Execute(Sql(table.remember, {merged.id, merged.id}) + Sql(kOnceOnly)).status();
    if (status.ok()) status = tx.Execute(Sql(table.take, {survivor, merged.id})).status();
  }
  // The newer contact and progress of the two count.
  for (const Sql& sql :
       {Sql("UPDATE journeys s JOIN journeys m ON m.customer_id = ? SET"
            " s.contact_time = COALESCE(GREATEST(s.contact_time, m.contact_time), s.contact_time,"
            " m.contact_time), s.progress_time = COALESCE(GREATEST(s.progress_time,"
            " m.progress_time), s.progress_time, m.progress_time), s.quiet_since ="
            " GREATEST(s.quiet_since, m.quiet_since) WHERE s.customer_id = ?",
            {merged.id, survivor}),
        Sql("UPDATE customer_aliases SET survivor_id = ? WHERE survivor_id = ?", {survivor, merged.id}),
        Sql("DELETE FROM journeys WHERE customer_id = ?", {merged.id})}) {
    if (status.ok()) status = tx.Execute(sql).status();
  }
  if (!status.ok()) return status;
  status =
      tx.Execute(
            Sql("INSERT INTO customer_aliases (alias_id, survivor_id, into_id, merge_id, customer_version,"
                " display_name, industry, owner_id, team_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                {merged.id, survivor, into, merge, merged.version, merged.display_name, merged.industry,
                 merged.owner, merged.team}))
          .status();
  return status.ok() ? RememberSurvivor(tx, survivor) : status;
}

absl::Status AliasStore::Split(Transaction& tx, Id survivor, Id restored,
                               const std::vector<Id>& its_aliases) {
  std::vector<Id> own = its_aliases;
  own.push_back(restored);
  absl::Status status = Inherit(tx, survivor);
  for (const OwnedTable& table : kTables) {
    if (status.ok()) status = tx.Execute(Sql(table.give_back, {restored, survivor}) + InList(own)).status();
  }
  if (status.ok()) {
    status = tx.Execute(Sql("DELETE FROM alias_rows WHERE own_customer_id = ?", {restored})).status();
  }
  if (status.ok() && !its_aliases.empty()) {
    status = tx.Execute(Sql("UPDATE customer_aliases SET survivor_id = ? WHERE alias_id IN ", {restored}) +
                        InList(its_aliases))
                 .status();
    if (status.ok()) status = RememberSurvivor(tx, restored);
  }
  if (!status.ok()) return status;
  return tx.Execute(Sql("DELETE FROM customer_aliases WHERE alias_id = ?", {restored})).status();
}

absl::Status AliasStore::RememberInherited(Transaction& tx, Id survivor) { return Inherit(tx, survivor); }

absl::StatusOr<std::vector<Id>> AliasStore::ListPastSurvivors(Transaction& tx, Id customer) {
  return tx.QueryAll(Sql("SELECT survivor_id FROM past_survivors WHERE customer_id = ?", {customer}),
                     [](const Row& row) { return row.Id(0); });
}

absl::Status AliasStore::InsertOwned(Transaction& tx, const std::vector<OwnedRow>& owned) {
  if (owned.empty()) return absl::OkStatus();
  std::vector<std::vector<Parameter>> rows;
  for (const OwnedRow& row : owned) rows.push_back({NumberOf(row.kind), row.id, row.own_customer});
  return tx.InsertMany("INSERT INTO alias_rows (kind, id, own_customer_id) VALUES ", rows, kOnceOnly)
      .status();
}

}  // namespace clientele::lifecycle
