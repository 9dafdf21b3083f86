#ifndef VALUE_SVC_STORE_CUSTOMER_STORE_H_
#define VALUE_SVC_STORE_CUSTOMER_STORE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "servicekit/access/row_rule.h"
#include "servicekit/mysql/transaction.h"
#include "servicekit/types/id.h"
#include "value-svc/store/statements.h"

namespace clientele::value {

using servicekit::Id;
using servicekit::Transaction;

// Where the row rules look, in statements that call the table `customers`.
inline constexpr servicekit::RowColumns kCustomerColumns = {"customers.owner_id", "customers.team_id"};

// What this service keeps of a customer: for access and slices, and as the lock of all that belongs to it.
struct CustomerRow {
  Id id;
  std::optional<Id> owner;
  std::optional<Id> team;
  int64_t version = 0;
  std::string industry;
  std::optional<absl::Time> create_time;
  std::vector<Id> target_markets;
};

class CustomerStore {
 public:
  // Locks the customers, making rows for those not heard of yet.
  absl::Status Lock(Transaction& tx, std::vector<Id> customers);
  // Keeps of each customer the highest version, whatever the order they come in; its owner also beside its
  // score.
  absl::Status Keep(Transaction& tx, std::vector<CustomerRow> customers);
  // Adds a team below its parent, in any order of parents and children.
  absl::Status AddTeam(Transaction& tx, Id team, std::optional<Id> parent);

  // Whom each of `customers` counts as, for those that were merged into another. Locks them.
  absl::StatusOr<absl::flat_hash_map<Id, Id>> SurvivorsForUpdate(Transaction& tx, std::vector<Id> customers);
  // All that count as one of `survivors`, which are left out. Locks them.
  absl::StatusOr<std::vector<Id>> MergedIntoForUpdate(Transaction& tx, std::vector<Id> survivors);
  // Locks those of them that are there.
  absl::StatusOr<absl::flat_hash_set<Id>> LockThere(Transaction& tx, std::vector<Id> customers);
  // Of `customers`, which are locked, those that count as themselves and nobody else as them, without a fact
  // that counts and in no action.
  absl::StatusOr<std::vector<Id>> FindBare(Transaction& tx, const std::vector<Id>& customers);
  // With their facts and marks, but for scores. They are remembered as gone.
  absl::Status Delete(Transaction& tx, const std::vector<Id>& customers);
  // `survivor` is none when the customer counts as itself.
  absl::Status SetSurvivor(Transaction& tx, Id customer, std::optional<Id> survivor);

  // The customer itself, or whom it was merged into. NOT_FOUND unless there is such a one and `principal` may
  // read it.
  absl::StatusOr<Id> FindReadable(Transaction& tx, const servicekit::Principal& principal, Id customer);
  // Since when they are there, of those of whom that was told.
  absl::StatusOr<absl::flat_hash_map<Id, absl::Time>> CreateTimes(Transaction& tx,
                                                                  absl::Span<const Id> customers);
  // The last of each `size` customers that count as themselves, by id.
  absl::StatusOr<std::vector<Id>> EveryNth(Transaction& tx, int64_t size);
  // Those that count as themselves.
  absl::StatusOr<std::vector<Id>> ListIds(Transaction& tx, const CustomerRange& range);
  absl::StatusOr<int64_t> Count(Transaction& tx);
};

}  // namespace clientele::value

#endif  // VALUE_SVC_STORE_CUSTOMER_STORE_H_
