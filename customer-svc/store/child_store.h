#ifndef CUSTOMER_SVC_STORE_CHILD_STORE_H_
#define CUSTOMER_SVC_STORE_CHILD_STORE_H_

#include <cstdint>
#include <limits>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "customer-svc/domain/contact.h"
#include "customer-svc/domain/interaction.h"
#include "customer-svc/domain/need.h"
#include "servicekit/access/principal.h"
#include "servicekit/mysql/transaction.h"

namespace clientele::customer {

// What belongs to a customer: contacts, needs and interactions are kept alike. Instantiated for these three.
template <typename Child>
class ChildStore {
 public:
  // NOT_FOUND, also when the principal may not see the customer.
  absl::StatusOr<Child> Get(servicekit::Transaction& tx, const servicekit::Principal& reader,
                            servicekit::Id customer, servicekit::Id id);
  // Those of one customer, which must be visible to the caller. `condition` may be empty.
  absl::StatusOr<std::vector<Child>> List(servicekit::Transaction& tx, servicekit::Id customer,
                                          const servicekit::Sql& condition, const servicekit::Sql& order,
                                          int64_t limit);
  // The first `limit` of these customers', whoever may see them, in order of customer and id.
  absl::StatusOr<std::vector<Child>> ListOf(servicekit::Transaction& tx,
                                            const std::vector<servicekit::Id>& customers,
                                            int64_t limit = std::numeric_limits<int64_t>::max());
  // For a write, after the customer was locked. NOT_FOUND.
  absl::StatusOr<Child> Read(servicekit::Transaction& tx, servicekit::Id customer, servicekit::Id id);
  // Those that are there, locked, whoever's they are.
  absl::StatusOr<std::vector<Child>> LockAll(servicekit::Transaction& tx,
                                             const std::vector<servicekit::Id>& ids);
  // ALREADY_EXISTS (reason EXTERNAL_ID_TAKEN).
  absl::Status Insert(servicekit::Transaction& tx, const std::vector<Child>& children);
  // ALREADY_EXISTS as in Insert.
  absl::Status Update(servicekit::Transaction& tx, const Child& child);
  // Those that are there, locked, for imports.
  absl::StatusOr<absl::flat_hash_map<ExternalId, Child>> LockByExternalIds(
      servicekit::Transaction& tx, const std::vector<ExternalId>& ids);
};

extern template class ChildStore<Contact>;
extern template class ChildStore<Need>;
extern template class ChildStore<Interaction>;

// `contacts`, `needs`, `interactions`: the collection in names, and the table.
template <typename Child>
constexpr std::string_view kCollection = "";
template <>
inline constexpr std::string_view kCollection<Contact> = "contacts";
template <>
inline constexpr std::string_view kCollection<Need> = "needs";
template <>
inline constexpr std::string_view kCollection<Interaction> = "interactions";

template <typename Resource>
concept BelongsToCustomer = !kCollection<Resource>.empty();

}  // namespace clientele::customer

#endif  // CUSTOMER_SVC_STORE_CHILD_STORE_H_
