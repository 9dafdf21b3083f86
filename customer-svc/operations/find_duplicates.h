#ifndef CUSTOMER_SVC_OPERATIONS_FIND_DUPLICATES_H_
#define CUSTOMER_SVC_OPERATIONS_FIND_DUPLICATES_H_

#include <vector>

#include "absl/status/statusor.h"
#include "customer-svc/domain/duplicate.h"
#include "customer-svc/operations/caller.h"
#include "customer-svc/operations/stores.h"
#include "servicekit/mysql/pool.h"
#include "servicekit/mysql/transaction.h"

namespace clientele::customer {

// A customer that may be the same as another.
struct Duplicate {
  Customer customer;
  Match match;
};

// Those that may be the same as `customer`, which has these keys, likeliest first, at most 100. `customer`
// may be one that does not exist.
absl::StatusOr<std::vector<Duplicate>> FindDuplicates(Stores& stores, servicekit::Transaction& tx,
                                                      const servicekit::Principal& reader,
                                                      const Customer& customer,
                                                      const std::vector<MatchKey>& keys, double min_score);

// The RPC ListDuplicates: NOT_FOUND.
absl::StatusOr<std::vector<Duplicate>> ListDuplicates(Stores& stores, servicekit::Transaction& tx,
                                                      const servicekit::Principal& reader, servicekit::Id id,
                                                      double min_score);

// Where a list of pairs stands: behind the pair of `customer` and `other`, or, when `other` is nil, behind
// all pairs of `customer`.
struct PairCursor {
  servicekit::Id customer, other;
};
// At most `at_most` pairs behind `after`, in order of the older one, then of the younger; looks at a bounded
// number of customers.
struct DuplicatePair {
  Customer customer;
  Duplicate duplicate;
};
struct DuplicatePairs {
  std::vector<DuplicatePair> pairs;
  PairCursor last;
  bool more = false;  // Whether there are customers behind it.
};
absl::StatusOr<DuplicatePairs> ListDuplicatePairs(Stores& stores, servicekit::Transaction& tx,
                                                  const servicekit::Principal& reader, PairCursor after,
                                                  size_t at_most, double min_score);

// The RPC DismissDuplicate: NOT_FOUND, PERMISSION_DENIED, INVALID_ARGUMENT.
absl::Status DismissDuplicate(Stores& stores, servicekit::Transaction& tx, const Caller& caller,
                              servicekit::Id one, servicekit::Id other);

// Makes the keys of customers that are older than the keys, or than their present rules, a batch at a time in
// transactions of their own. True when there are no more.
absl::StatusOr<bool> FillMatchKeys(Stores& stores, servicekit::Pool& pool, absl::Time deadline);

}  // namespace clientele::customer

#endif  // CUSTOMER_SVC_OPERATIONS_FIND_DUPLICATES_H_
