#ifndef CUSTOMER_SVC_STORE_CUSTOMER_STORE_H_
#define CUSTOMER_SVC_STORE_CUSTOMER_STORE_H_

#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "customer-svc/domain/customer.h"
#include "servicekit/access/principal.h"
#include "servicekit/access/row_rule.h"
#include "servicekit/mysql/transaction.h"

namespace clientele::customer {

// The columns that the row rules look at, in every statement that names the table `customers`.
servicekit::RowColumns CustomerRowColumns();

// Customers with their external ids and what they are searched by. A row that the principal may not see is as
// good as absent. The id of a customer that was merged into another is an alias of that one, and stands for
// it in Get, Resolve, Lock and BatchGetNamed.
class CustomerStore {
 public:
  // NOT_FOUND.
  absl::StatusOr<Customer> Get(servicekit::Transaction& tx, const servicekit::Principal& reader,
                               servicekit::Id id);
  // NOT_FOUND when the customer is not there; says nothing else.
  absl::Status CheckVisible(servicekit::Transaction& tx, const servicekit::Principal& reader,
                            servicekit::Id id);
  // The id of the customer that `id` names. NOT_FOUND as CheckVisible.
  absl::StatusOr<servicekit::Id> Resolve(servicekit::Transaction& tx, const servicekit::Principal& reader,
                                         servicekit::Id id);
  // The same, and it stays who it is until the transaction ends.
  absl::StatusOr<servicekit::Id> ResolveForShare(servicekit::Transaction& tx,
                                                 const servicekit::Principal& reader, servicekit::Id id);
  // Who those of `ids` that are aliases stand for.
  absl::StatusOr<absl::flat_hash_map<servicekit::Id, servicekit::Id>> Aliases(
      servicekit::Transaction& tx, const std::vector<servicekit::Id>& ids);
  // The aliases of a customer.
  absl::StatusOr<std::vector<servicekit::Id>> AliasesOf(servicekit::Transaction& tx, servicekit::Id customer);
  // Those that are there, by the ids that were asked for.
  absl::StatusOr<absl::flat_hash_map<servicekit::Id, Customer>> BatchGetNamed(
      servicekit::Transaction& tx, const servicekit::Principal& reader,
      const std::vector<servicekit::Id>& ids);
  // Those that are there, in no order.
  absl::StatusOr<std::vector<Customer>> BatchGet(servicekit::Transaction& tx,
                                                 const servicekit::Principal& reader,
                                                 const std::vector<servicekit::Id>& ids);
  // `condition` (may be empty) and `order` are made by servicekit/rpc from what the caller asked for.
  absl::StatusOr<std::vector<Customer>> List(servicekit::Transaction& tx, const servicekit::Principal& reader,
                                             const servicekit::Sql& condition, const servicekit::Sql& order,
                                             int64_t limit);

  // Locks the customer, and so all that belongs to it, for a write. NOT_FOUND.
  absl::StatusOr<Customer> Lock(servicekit::Transaction& tx, const servicekit::Principal& writer,
                                servicekit::Id id);
  // The same for many, whoever may see them: for imports. In no order; those that are not there are left out.
  absl::StatusOr<std::vector<Customer>> LockAll(servicekit::Transaction& tx, std::vector<servicekit::Id> ids);
  // The same for those of `ids` that the writer may change and that still meet `condition` (may be empty).
  absl::StatusOr<std::vector<Customer>> LockWhere(servicekit::Transaction& tx,
                                                  const servicekit::Principal& writer,
                                                  const std::vector<servicekit::Id>& ids,
                                                  const servicekit::Sql& condition);
  // Which of these the writer may change.
  absl::StatusOr<absl::flat_hash_set<servicekit::Id>> Writable(servicekit::Transaction& tx,
                                                               const servicekit::Principal& writer,
                                                               const std::vector<servicekit::Id>& ids);
  // Locks for writes to what belongs to them; says which are there.
  absl::StatusOr<absl::flat_hash_set<servicekit::Id>> LockIds(servicekit::Transaction& tx,
                                                              std::vector<servicekit::Id> ids);
  // Locks what a representative owns.
  absl::StatusOr<std::vector<Customer>> LockOwnedBy(servicekit::Transaction& tx,
                                                    servicekit::Id representative);
  // Locks the customers whose parent it is, whoever may see them.
  absl::StatusOr<std::vector<Customer>> LockSubsidiaries(servicekit::Transaction& tx, servicekit::Id parent);
  // `customer` and all above it, bottom up, read with a lock so that two changes cannot make a circle
  // together. Empty when there is no such customer.
  absl::StatusOr<std::vector<servicekit::Id>> LockAncestors(servicekit::Transaction& tx,
                                                            servicekit::Id customer);

  // ALREADY_EXISTS (reason REGISTRATION_NUMBER_TAKEN or EXTERNAL_ID_TAKEN).
  absl::Status Insert(servicekit::Transaction& tx, const std::vector<Customer>& customers);
  // Writes `after`'s fields, version and update time over `before`. ALREADY_EXISTS as in Insert.
  absl::Status Update(servicekit::Transaction& tx, const Customer& before, const Customer& after);

  // For a change that is none of the profile: to its target markets.
  absl::Status RaiseVersions(servicekit::Transaction& tx, const std::vector<servicekit::Id>& ids);
  // How many the reader may see, counted up to `most`.
  absl::StatusOr<int64_t> CountUpTo(servicekit::Transaction& tx, const servicekit::Principal& reader,
                                    int64_t most);
  // Takes the row away, with its external ids and what it is found by: for a merge, which keeps a snapshot.
  absl::Status Delete(servicekit::Transaction& tx, servicekit::Id customer);

  // Which customers these mean; those that mean none are left out.
  absl::StatusOr<absl::flat_hash_map<ExternalId, servicekit::Id>> FindByExternalIds(
      servicekit::Transaction& tx, const std::vector<ExternalId>& ids);
  absl::StatusOr<absl::flat_hash_map<std::string, servicekit::Id>> FindByRegistrationNumbers(
      servicekit::Transaction& tx, const std::vector<std::string>& numbers);
  // The survivors of merges whose merged customers had these numbers, whoever has them now.
  absl::StatusOr<absl::flat_hash_map<std::string, servicekit::Id>> FindByFormerNumbers(
      servicekit::Transaction& tx, const std::vector<std::string>& numbers);
  // From now on the number does not mean `survivor` any more, by whom who had it was merged.
  absl::Status ForgetFormerNumber(servicekit::Transaction& tx, servicekit::Id survivor,
                                  const std::string& number);
};

}  // namespace clientele::customer

#endif  // CUSTOMER_SVC_STORE_CUSTOMER_STORE_H_
