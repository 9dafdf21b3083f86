#include "customer-svc/operations/write_target_market.h"

#include "customer-svc/domain/version.h"
#include "customer-svc/store/customer_filter.h"
#include "servicekit/access/row_rule.h"
#include "servicekit/types/resource_name.h"

namespace clientele::customer {
namespace {

using servicekit::Id;
using servicekit::Transaction;

absl::Status Record(Stores& stores, Transaction& tx, const Author& author, Id id, const TargetMarket& before,
                    const TargetMarket& after) {
  return stores.history.Append(
      tx, author, {{Id(), servicekit::NameOf("targetMarkets", id), ChangesToJson(before, after)}});
}

absl::Status CheckAll(Transaction& tx, const TargetMarket& market) {
  servicekit::Violations violations;
  Check(violations, "target_market.", market);
  if (!violations.empty()) return violations.status();
  absl::StatusOr<FilterScope> scope = FilterScope::For(tx, market.filter);
  if (!scope.ok()) return scope.status();
  scope->target_markets = false;
  const auto compiled = CompileCustomerFilter(market.filter, *scope);
  if (!compiled.ok()) return servicekit::UnderField(compiled.status(), "target_market.");
  if (!compiled->condition.empty()) return absl::OkStatus();
  return servicekit::InvalidField("target_market.filter", "is required");
}

}  // namespace

absl::StatusOr<TargetMarket> CreateTargetMarket(Stores& stores, Transaction& tx, const Caller& caller,
                                                TargetMarket market) {
  absl::Status status = CheckAdministrator(caller.principal);
  if (status.ok()) status = stores.target_markets.LockDefinitions(tx);
  if (status.ok()) status = CheckAll(tx, market);
  if (!status.ok()) return status;
  const auto existing = stores.target_markets.List(tx);
  if (!existing.ok()) return existing.status();
  if (existing->size() >= kMaxTargetMarkets) {
    return absl::ResourceExhaustedError(
        absl::StrCat("there are ", kMaxTargetMarkets, " target markets already"));
  }
  market.id = Id::New(caller.author.time);
  market.version = 1;
  market.computing = true;
  market.create_time = market.update_time = caller.author.time;
  status = stores.target_markets.Insert(tx, market);
  if (status.ok()) status = Record(stores, tx, caller.author, market.id, TargetMarket{}, market);
  if (!status.ok()) return status;
  return market;
}

absl::StatusOr<TargetMarket> UpdateTargetMarket(
    Stores& stores, Transaction& tx, const Caller& caller, Id id, int64_t expected_version,
    absl::FunctionRef<absl::StatusOr<TargetMarket>(const TargetMarket&)> apply) {
  absl::Status status = CheckAdministrator(caller.principal);
  if (status.ok()) status = stores.target_markets.LockDefinitions(tx);
  if (!status.ok()) return status;
  absl::StatusOr<TargetMarket> before = stores.target_markets.Get(tx, id);
  if (!before.ok()) return before;
  status = CheckVersion(expected_version, before->version);
  if (!status.ok()) return status;
  absl::StatusOr<TargetMarket> applied = apply(*before);
  if (!applied.ok()) return applied;
  TargetMarket after = Merge(*before, *applied, ChangedFields(*before, *applied));
  if (ChangedFields(*before, after).empty()) return before;
  status = CheckAll(tx, after);
  if (!status.ok()) return status;
  after.version = before->version + 1;
  after.update_time = caller.author.time;
  after.computing = before->computing || before->filter != after.filter;
  status = stores.target_markets.Update(tx, *before, after);
  if (status.ok()) status = Record(stores, tx, caller.author, id, *before, after);
  if (!status.ok()) return status;
  return after;
}

absl::Status DeleteTargetMarket(Stores& stores, Transaction& tx, const Caller& caller, Id id,
                                int64_t expected_version) {
  absl::Status status = CheckAdministrator(caller.principal);
  if (status.ok()) status = stores.target_markets.LockDefinitions(tx);
  if (!status.ok()) return status;
  const absl::StatusOr<TargetMarket> before = stores.target_markets.Get(tx, id);
  if (!before.ok()) return before.status();
  status = CheckVersion(expected_version, before->version);
  if (status.ok()) status = stores.target_markets.Delete(tx, id);
  if (status.ok()) status = Record(stores, tx, caller.author, id, *before, TargetMarket{});
  return status;
}

}  // namespace clientele::customer
