#ifndef CUSTOMER_SVC_STORE_SEARCH_STORE_H_
#define CUSTOMER_SVC_STORE_SEARCH_STORE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "customer-svc/domain/customer.h"
#include "servicekit/access/principal.h"
#include "servicekit/mysql/transaction.h"

namespace clientele::customer {

// What a query met; the contract's numbers, in the order of the results.
enum class Match {
  kExternalId = 1,
  kRegistrationNumber = 2,
  kEmail = 3,
  kPhone = 4,
  kNameStart = 5,
  kNamePart = 6,
};

// Where a result stands: by what it met, then by name (kNameStart) or id.
struct SearchPlace {
  Match match = Match::kExternalId;
  servicekit::Id customer;
  std::string display_name;  // Of kNameStart.
};

struct SearchResult {
  Match match;
  Customer customer;
};

// Finds customers by what someone has at hand: docs/decisions/search.md.
class SearchStore {
 public:
  // Up to `limit` customers that the reader may see and that `query` finds, behind `after`.
  absl::StatusOr<std::vector<SearchResult>> Find(servicekit::Transaction& tx,
                                                 const servicekit::Principal& reader,
                                                 const std::string& query,
                                                 const std::optional<SearchPlace>& after, size_t limit);
};

}  // namespace clientele::customer

#endif  // CUSTOMER_SVC_STORE_SEARCH_STORE_H_
