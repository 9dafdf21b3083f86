#include "customer-svc/operations/transfer_customers.h"

#include <algorithm>

#include "customer-svc/operations/assigner.h"
#include "customer-svc/operations/save.h"
#include "servicekit/access/row_rule.h"
#include "servicekit/types/error.h"

namespace clientele::customer {
namespace {

using servicekit::Id;
using servicekit::Sql;
using servicekit::Transaction;

// Some 50 ms of work: few rows are locked for a short time, and a commit for each costs little beside it.
constexpr int64_t kBatch = 500;
constexpr int64_t kExamples = 20;

// Where the customers go, once everything about it is known and allowed.
absl::StatusOr<TransferScope> ScopeOf(Stores& stores, Transaction& tx, const Caller& caller,
                                      const Transfer& transfer) {
  if (const absl::Status status = CheckMayWrite(caller.principal); !status.ok()) return status;
  TransferScope scope{.condition = transfer.condition, .owner = transfer.owner};
  if (transfer.owner) {
    const absl::StatusOr<Representative> owner = stores.teams.ShareRepresentative(tx, *transfer.owner);
    if (!owner.ok()) return owner.status();
    if (owner->state == RepresentativeState::kInactive) {
      return servicekit::WithReason(
          absl::FailedPreconditionError("the representative is not active any more and gets no customers"),
          "REPRESENTATIVE_INACTIVE");
    }
    scope.team = owner->team;
  } else {
    scope.team = *transfer.team;
    const auto existing = stores.teams.ExistingTeams(tx, {scope.team});
    if (!existing.ok()) return existing.status();
    if (existing->empty()) return absl::NotFoundError("no such team");
  }
  const absl::StatusOr<Assigner> assigner = AssignerFor(stores, tx, caller.principal);
  if (!assigner.ok()) return assigner.status();
  if (const absl::Status status = CheckTransfer(*assigner, scope.team); !status.ok()) return status;
  return scope;
}

// Moves the next customers; says which was the last that was looked at, or nil when there are no more.
absl::StatusOr<Id> MoveNext(Stores& stores, Transaction& tx, const Caller& caller, const TransferScope& scope,
                            TransferState& state) {
  const auto ids = stores.transfers.Next(tx, caller.principal, scope, state, kBatch);
  if (!ids.ok()) return ids.status();
  if (ids->empty()) return Id();
  // Looked at again under the lock: who changed meanwhile and is not meant any more stays where they are.
  auto locked = stores.customers.LockWhere(tx, caller.principal, *ids, scope.condition);
  if (!locked.ok()) return locked.status();
  std::vector<Change<Customer>> changes;
  for (Customer& customer : *locked) {
    if (customer.owner == scope.owner && customer.team == scope.team) continue;
    Change<Customer> change{customer, std::move(customer)};
    change.after.owner = scope.owner;
    change.after.team = scope.team;
    changes.push_back(std::move(change));
  }
  const absl::Status saved = SaveChanged(stores, tx, caller.author, changes);
  if (!saved.ok()) return saved;
  state.moved += static_cast<int64_t>(changes.size());
  return static_cast<int64_t>(ids->size()) < kBatch ? Id() : ids->back();
}

}  // namespace

absl::StatusOr<TransferPreview> PreviewTransfer(Stores& stores, Transaction& tx, const Caller& caller,
                                                const Transfer& transfer) {
  const absl::StatusOr<TransferScope> scope = ScopeOf(stores, tx, caller, transfer);
  if (!scope.ok()) return scope.status();
  auto origins = stores.transfers.CountByOwner(tx, caller.principal, *scope);
  if (!origins.ok()) return origins.status();
  TransferPreview preview;
  for (const TransferStore::Origin& origin : *origins) {
    if (origin.owner == scope->owner && origin.team == scope->team) {
      preview.unchanged += origin.count;
    } else {
      preview.moving += origin.count;
      preview.origins.push_back(origin);
    }
  }
  const TransferState all{.until = Id::New(caller.author.time)};
  const auto ids = stores.transfers.Next(tx, caller.principal, *scope, all, kExamples);
  if (!ids.ok()) return ids.status();
  auto examples = stores.customers.BatchGet(tx, caller.principal, *ids);
  if (!examples.ok()) return examples.status();
  preview.examples = *std::move(examples);
  std::sort(preview.examples.begin(), preview.examples.end(),
            [](const Customer& a, const Customer& b) { return a.id < b.id; });
  return preview;
}

absl::StatusOr<TransferProgress> TransferBatch(Stores& stores, servicekit::Pool& pool, absl::Time deadline,
                                               const Caller& caller, const std::string& request_id,
                                               const std::string& fingerprint, const Transfer& transfer) {
  TransferState state;
  const TransferState fresh{
      .request_id = request_id, .fingerprint = fingerprint, .until = Id::New(caller.author.time)};
  const auto batch = [&](Transaction& tx) -> absl::Status {
    const absl::StatusOr<TransferScope> scope = ScopeOf(stores, tx, caller, transfer);
    if (!scope.ok()) return scope.status();
    absl::StatusOr<TransferState> current = stores.transfers.LockOrCreate(tx, fresh, caller.author.time);
    if (!current.ok()) return current.status();
    state = *std::move(current);
    if (state.fingerprint != fingerprint) {
      return servicekit::WithReason(servicekit::InvalidField("request_id", "was used for another request"),
                                    "REQUEST_ID_REUSED");
    }
    if (state.done) return absl::OkStatus();
    const absl::StatusOr<Id> last = MoveNext(stores, tx, caller, *scope, state);
    if (!last.ok()) return last.status();
    ++state.batches;
    state.done = last->is_nil();
    if (!state.done) state.after = *last;
    return stores.transfers.Update(tx, state);
  };
  servicekit::TransactionOptions options;
  // The select for the next customers takes no locks, so that the whole filter's range is not locked by it.
  options.read_committed = true;
  options.committed = [&](Transaction& tx) -> absl::StatusOr<bool> {
    const absl::StatusOr<int64_t> batches = stores.transfers.CountBatches(tx, request_id);
    if (!batches.ok()) return batches.status();
    return *batches >= state.batches;
  };
  const absl::Status status = RunTransaction(pool, deadline, batch, options);
  if (!status.ok()) return status;
  return TransferProgress{state.moved, state.done};
}

}  // namespace clientele::customer
