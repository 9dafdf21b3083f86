#ifndef LIFECYCLE_SVC_STORE_REFERRAL_STORE_H_
#define LIFECYCLE_SVC_STORE_REFERRAL_STORE_H_

#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lifecycle-svc/domain/referral.h"
#include "servicekit/mysql/transaction.h"

namespace clientele::lifecycle {

using servicekit::Sql;
using servicekit::Transaction;

class ReferralStore {
 public:
  // One writer at a time. Must come before any plain read of the transaction.
  static absl::Status Lock(Transaction& tx);
  static absl::StatusOr<std::vector<Referral>> Find(Transaction& tx, const std::vector<ExternalId>& ids);
  // NOT_FOUND when there is none.
  static absl::StatusOr<Referral> Get(Transaction& tx, Id id);
  // NOT_FOUND unless there and `rule` (over journeys j of the one referred) applies.
  static absl::StatusOr<Referral> Get(Transaction& tx, Id id, const Sql& rule);
  // `condition` starts with ` AND ` or is empty.
  static absl::StatusOr<std::vector<Referral>> List(Transaction& tx, const Sql& rule, const Sql& condition,
                                                    Id after, int limit);
  // Opportunity and the sum of its shares, of those that were not taken back.
  static absl::StatusOr<std::vector<std::pair<Id, int>>> SumShares(Transaction& tx,
                                                                   const std::vector<Id>& opportunities);
  // Everything that can be reached from these customers by referrals that were not taken back.
  static absl::StatusOr<ReferralGraph> Reach(Transaction& tx, std::vector<Id> customers);
  static absl::Status Insert(Transaction& tx, const std::vector<Referral>& referrals);
  static absl::Status Cancel(Transaction& tx, const Referral& referral);
};

}  // namespace clientele::lifecycle

#endif  // LIFECYCLE_SVC_STORE_REFERRAL_STORE_H_
