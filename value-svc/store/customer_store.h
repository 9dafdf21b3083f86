#ifndef VALUE_SVC_STORE_CUSTOMER_STORE_H_
#define VALUE_SVC_STORE_CUSTOMER_STORE_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "servicekit/access/row_rule.h"
#include "servicekit/mysql/transaction.h"
#include "servicekit/types/id.h"

namespace clientele::value {

using servicekit::Id;
using servicekit::Transaction;

// Where the row rules look, in statements that call the table `customers`.
inline constexpr servicekit::RowColumns kCustomerColumns = {"customers.owner_id", "customers.team_id"};

// What this service keeps of a customer: for access, and as the lock of all that belongs to it.
struct CustomerRow {
  Id id;
  std::optional<Id> owner;
  std::optional<Id> team;
  int64_t version = 0;
};

class CustomerStore {
 public:
  // Locks the customers, making rows for those not heard of yet.
  absl::Status Lock(Transaction& tx, std::vector<Id> customers);
  // Keeps of each customer the highest version, whatever the order they come in; also beside its score.
  absl::Status Keep(Transaction& tx, std::vector<CustomerRow> customers);
  // Adds a team below its parent, in any order of parents and children.
  absl::Status AddTeam(Transaction& tx, Id team, std::optional<Id> parent);

  // NOT_FOUND unless there is such a customer and `principal` may read it.
  absl::Status CheckReadable(Transaction& tx, const servicekit::Principal& principal, Id customer);
  absl::StatusOr<std::vector<Id>> ListIds(Transaction& tx, Id after, int64_t limit);
  absl::StatusOr<int64_t> Count(Transaction& tx);
};

}  // namespace clientele::value

#endif  // VALUE_SVC_STORE_CUSTOMER_STORE_H_
