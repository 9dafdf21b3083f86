#ifndef CUSTOMER_SVC_STORE_REQUIREMENT_STORE_H_
#define CUSTOMER_SVC_STORE_REQUIREMENT_STORE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "customer-svc/domain/requirement.h"
#include "servicekit/access/principal.h"
#include "servicekit/mysql/transaction.h"

namespace clientele::customer {

// How requirements lie in their column and in the history.
std::string ToJson(const std::vector<Requirement>& requirements);
std::vector<Requirement> RequirementsFromJson(const std::string& json);

// What is known of one customer, requirement by requirement.
struct KnownOfCustomer {
  servicekit::Id customer;
  CustomerType type = CustomerType::kUnspecified;
  std::vector<bool> known;
};

// How two sets judge the same customers. Short: something that is asked for is missing.
struct ShortCounts {
  int64_t customers = 0;
  int64_t short_before = 0;
  int64_t short_after = 0;
  int64_t newly_short = 0;
  int64_t newly_complete = 0;
  std::optional<servicekit::Id> last;  // The last customer that was looked at.

  void Add(const ShortCounts& other);
};

// The requirement sets, and what is known of customers by them. Each requirement is one condition on the
// customer's row, written once: the check of one customer, of a thousand and of all of them cannot differ.
class RequirementStore {
 public:
  // NOT_FOUND.
  absl::StatusOr<RequirementSet> Get(servicekit::Transaction& tx, Stage stage);
  // In the order of the stages.
  absl::StatusOr<std::vector<RequirementSet>> List(servicekit::Transaction& tx);
  // For a write. NOT_FOUND.
  absl::StatusOr<RequirementSet> Lock(servicekit::Transaction& tx, Stage stage);
  absl::Status Update(servicekit::Transaction& tx, const RequirementSet& set);

  // Of those of `customers` that the reader may see, in no order, in one statement.
  absl::StatusOr<std::vector<KnownOfCustomer>> Known(servicekit::Transaction& tx,
                                                     const servicekit::Principal& reader,
                                                     const std::vector<servicekit::Id>& customers,
                                                     const std::vector<Requirement>& requirements,
                                                     absl::Time now);
  // Of the next `limit` customers after `after` that the reader may see, by id.
  absl::StatusOr<ShortCounts> Compare(servicekit::Transaction& tx, const servicekit::Principal& reader,
                                      const std::vector<Requirement>& before,
                                      const std::vector<Requirement>& requirements_after, absl::Time now,
                                      servicekit::Id after, int64_t limit);
};

}  // namespace clientele::customer

#endif  // CUSTOMER_SVC_STORE_REQUIREMENT_STORE_H_
