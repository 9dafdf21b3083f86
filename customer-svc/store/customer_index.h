#ifndef CUSTOMER_SVC_STORE_CUSTOMER_INDEX_H_
#define CUSTOMER_SVC_STORE_CUSTOMER_INDEX_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "customer-svc/domain/customer.h"
#include "servicekit/mysql/transaction.h"

// What lies in a customer's JSON columns, and the parts of its name, are found by tables beside the row:
// tags, places, systems that know it, ways to reach it, custom attributes, pairs of characters. They are
// written by the transaction that writes the row, and nothing but searches and filters reads them.
namespace clientele::customer {

// What `kind` means in the table customer_values.
enum class ValueKind {
  kTag = 1,
  kRegionCode = 2,
  kPostalCode = 3,
  kLocality = 4,
  kSystem = 5,
  kEmail = 6,
  kPhone = 7
};

// How the table holds an e-mail address and a phone number: written alike whoever wrote them. Empty for what
// is no phone number.
std::string IndexedEmail(std::string_view email);
std::string IndexedPhone(std::string_view phone);

absl::Status IndexCustomers(servicekit::Transaction& tx, const std::vector<Customer>& customers);
// Only what differs is written.
absl::Status ReindexCustomer(servicekit::Transaction& tx, const Customer& before, const Customer& after);

// Customers that were written before there was the search become found by name, e-mail address and phone
// number: the next `limit` of them. False when there are none left. What needs no folding, a migration has
// filled.
absl::StatusOr<bool> IndexOlderCustomers(servicekit::Transaction& tx, int64_t limit);

}  // namespace clientele::customer

#endif  // CUSTOMER_SVC_STORE_CUSTOMER_INDEX_H_
