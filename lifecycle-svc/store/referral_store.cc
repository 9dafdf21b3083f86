#include "lifecycle-svc/store/referral_store.h"

#include "absl/container/flat_hash_map.h"
#include "lifecycle-svc/store/columns.h"

namespace clientele::lifecycle {
namespace {

using servicekit::Parameter;
using servicekit::Row;

constexpr servicekit::SqlText kSelectReferrals =
    "SELECT r.id, r.referrer_id, r.opportunity_id, r.referred_id, r.influence_percent, r.event_time, "
    "r.external_system,"
    " r.external_id, r.create_time, r.cancel_time, r.cancel_reason FROM referrals r";

constexpr servicekit::SqlText kJoinRule = " JOIN journeys j ON j.customer_id = r.referred_id WHERE ";

Referral ReadReferral(const Row& row) {
  Referral referral;
  referral.id = row.Id(0);
  referral.referrer = row.Id(1);
  referral.opportunity = row.Id(2);
  referral.referred = row.Id(3);
  referral.influence_percent = static_cast<int>(row.Int64(4));
  referral.event_time = row.Time(5);
  referral.external_id = ReadExternalId(row, 6);
  referral.create_time = row.Time(8);
  referral.cancel_time = row.OptionalTime(9);
  referral.cancel_reason = row.Text(10);
  return referral;
}

}  // namespace

absl::Status ReferralStore::Lock(Transaction& tx) {
  return tx.Query(Sql("SELECT id FROM referral_lock WHERE id = 1 FOR UPDATE"),
                  [](const Row&) { return absl::OkStatus(); });
}

absl::StatusOr<std::vector<Referral>> ReferralStore::Find(Transaction& tx,
                                                          const std::vector<ExternalId>& ids) {
  if (ids.empty()) return std::vector<Referral>();
  return tx.QueryAll(Sql(kSelectReferrals) + Sql(" WHERE") + ExternalIdIn(ids), ReadReferral);
}

absl::StatusOr<Referral> ReferralStore::Get(Transaction& tx, Id id) {
  return tx.QueryOne(Sql(kSelectReferrals) + Sql(" WHERE r.id = ?", {id}), ReadReferral);
}

absl::StatusOr<Referral> ReferralStore::Get(Transaction& tx, Id id, const Sql& rule) {
  return tx.QueryOne(Sql(kSelectReferrals) + Sql(kJoinRule) + Sql("r.id = ? AND ", {id}) + rule,
                     ReadReferral);
}

absl::StatusOr<std::vector<Referral>> ReferralStore::List(Transaction& tx, const Sql& rule,
                                                          const Sql& condition, Id after, int limit) {
  return tx.QueryAll(Sql(kSelectReferrals) + Sql(kJoinRule) + Sql("r.id > ? AND ", {after}) + rule +
                         condition + Sql(" ORDER BY r.id LIMIT ?", {limit}),
                     ReadReferral);
}

absl::StatusOr<std::vector<std::pair<Id, int>>> ReferralStore::SumShares(
    Transaction& tx, const std::vector<Id>& opportunities) {
  if (opportunities.empty()) return std::vector<std::pair<Id, int>>();
  return tx.QueryAll(
      Sql("SELECT opportunity_id, CAST(SUM(influence_percent) AS SIGNED) FROM referrals"
          " WHERE cancel_time IS NULL AND opportunity_id IN ") +
          InList(opportunities) + Sql(" GROUP BY opportunity_id"),
      [](const Row& row) { return std::pair<Id, int>(row.Id(0), static_cast<int>(row.Int64(1))); });
}

absl::StatusOr<ReferralGraph> ReferralStore::Reach(Transaction& tx, std::vector<Id> customers) {
  ReferralGraph graph;
  absl::flat_hash_set<Id> seen(customers.begin(), customers.end());
  while (!customers.empty()) {
    std::vector<Id> next;
    const absl::Status status = tx.Query(Sql("SELECT DISTINCT referrer_id, referred_id FROM referrals"
                                             " WHERE cancel_time IS NULL AND referrer_id IN ") +
                                             InList(customers),
                                         [&](const Row& row) {
                                           graph[row.Id(0)].insert(row.Id(1));
                                           if (seen.insert(row.Id(1)).second) next.push_back(row.Id(1));
                                           return absl::OkStatus();
                                         });
    if (!status.ok()) return status;
    customers = std::move(next);
  }
  return graph;
}

absl::Status ReferralStore::Insert(Transaction& tx, const std::vector<Referral>& referrals) {
  if (referrals.empty()) return absl::OkStatus();
  std::vector<std::vector<Parameter>> rows;
  rows.reserve(referrals.size());
  for (const Referral& r : referrals) {
    rows.push_back({r.id, r.referrer, r.opportunity, r.referred, r.influence_percent, r.event_time,
                    SystemOf(r.external_id), IdOf(r.external_id), r.create_time});
  }
  return tx
      .InsertMany(
          "INSERT INTO referrals (id, referrer_id, opportunity_id, referred_id, influence_percent, "
          "event_time,"
          " external_system, external_id, create_time) VALUES ",
          rows)
      .status();
}

absl::Status ReferralStore::Cancel(Transaction& tx, const Referral& referral) {
  return tx
      .Execute(Sql("UPDATE referrals SET cancel_time = ?, cancel_reason = ? WHERE id = ?",
                   {referral.cancel_time, referral.cancel_reason, referral.id}))
      .status();
}

}  // namespace clientele::lifecycle
