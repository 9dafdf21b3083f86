#ifndef CUSTOMER_SVC_OPERATIONS_WRITE_CHILD_H_
#define CUSTOMER_SVC_OPERATIONS_WRITE_CHILD_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "customer-svc/operations/caller.h"
#include "customer-svc/operations/stores.h"
#include "servicekit/mysql/transaction.h"
#include "servicekit/types/resource_name.h"

// The RPCs Create… and Update… of contacts, needs and interactions, which are written alike.
namespace clientele::customer {

// NOT_FOUND when there is no such customer; PERMISSION_DENIED, INVALID_ARGUMENT, ALREADY_EXISTS.
template <typename Child>
absl::StatusOr<Child> CreateChild(Stores& stores, servicekit::Transaction& tx, const Caller& caller,
                                  Child child);

// The same for many of one customer, which the caller has locked; they become what was stored.
// INVALID_ARGUMENT with field names as in `contacts[2].display_name`, ALREADY_EXISTS.
template <typename Child>
absl::Status CreateChildren(Stores& stores, servicekit::Transaction& tx, const Caller& caller,
                            servicekit::Id customer, std::vector<Child>& children);

// The same errors, and ABORTED when `expected_version` is neither 0 nor the current one. `apply` makes of the
// current one what the caller wants. An update that changes nothing leaves no trace.
template <typename Child>
absl::StatusOr<Child> UpdateChild(Stores& stores, servicekit::Transaction& tx, const Caller& caller,
                                  servicekit::ChildName name, int64_t expected_version,
                                  absl::FunctionRef<absl::StatusOr<Child>(const Child&)> apply);

// The field that holds the resource in requests and import records: the singular.
template <typename Child>
constexpr std::string_view kPrefix = "";
template <>
inline constexpr std::string_view kPrefix<Contact> = "contact.";
template <>
inline constexpr std::string_view kPrefix<Need> = "need.";
template <>
inline constexpr std::string_view kPrefix<Interaction> = "interaction.";

}  // namespace clientele::customer

#endif  // CUSTOMER_SVC_OPERATIONS_WRITE_CHILD_H_
