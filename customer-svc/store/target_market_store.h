#ifndef CUSTOMER_SVC_STORE_TARGET_MARKET_STORE_H_
#define CUSTOMER_SVC_STORE_TARGET_MARKET_STORE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "customer-svc/domain/target_market.h"
#include "servicekit/access/principal.h"
#include "servicekit/mysql/transaction.h"

namespace clientele::customer {

// Which target markets each customer is a member of, in order; a customer that is in none is not there.
using Memberships = absl::flat_hash_map<servicekit::Id, std::vector<servicekit::Id>>;

// Target markets with their members.
//
// A customer's membership is written by the transaction that writes the customer: Place() locks the
// definitions against change, so a definition that changes waits for the writes that are under way, and those
// that come after use the new one. What was written before is gone through in the background, some customers
// a transaction.
class TargetMarketStore {
 public:
  // NOT_FOUND.
  absl::StatusOr<TargetMarket> Get(servicekit::Transaction& tx, servicekit::Id id);
  // In order of creation.
  absl::StatusOr<std::vector<TargetMarket>> List(servicekit::Transaction& tx);
  // Keeps every other change of a definition, and every Place(), waiting until this transaction ends.
  absl::Status LockDefinitions(servicekit::Transaction& tx);
  // The search for its members begins.
  absl::Status Insert(servicekit::Transaction& tx, const TargetMarket& market);
  // When the filter changed, the search begins anew.
  absl::Status Update(servicekit::Transaction& tx, const TargetMarket& before, const TargetMarket& after);
  // It is gone for all who ask; its members are told in the background.
  absl::Status Delete(servicekit::Transaction& tx, servicekit::Id id);
  // How many members of each target market the reader may see.
  absl::StatusOr<absl::flat_hash_map<servicekit::Id, int64_t>> CountMembers(
      servicekit::Transaction& tx, const servicekit::Principal& reader,
      const std::optional<servicekit::Id>& market);

  // Makes the memberships of these customers, whose rows this transaction has written or locked, what the
  // definitions say.
  absl::StatusOr<Memberships> Place(servicekit::Transaction& tx,
                                    const std::vector<servicekit::Id>& customers);

  // A customer that is about to go is a member of none.
  absl::Status Forget(servicekit::Transaction& tx, servicekit::Id customer);
  // The customer's name means another one from now on, or itself again: the search for the members of target
  // markets whose definition has it begins anew.
  absl::Status Rename(servicekit::Transaction& tx, servicekit::Id customer);

  // The next step of the search in the background: up to `limit` customers behind the place where the last
  // one stopped, of which those whose membership is not what the definition says are returned. `market` is
  // nil when there is nothing to do.
  struct Step {
    servicekit::Id market;
    std::vector<servicekit::Id> differing;
    std::optional<servicekit::Id> last;  // The last customer that was looked at; none: all have been.
  };
  absl::StatusOr<Step> NextStep(servicekit::Transaction& tx, int64_t limit);
  // The step's customers were placed.
  absl::Status FinishStep(servicekit::Transaction& tx, const Step& step);
};

}  // namespace clientele::customer

#endif  // CUSTOMER_SVC_STORE_TARGET_MARKET_STORE_H_
