#ifndef CUSTOMER_SVC_STORE_ERASURE_STORE_H_
#define CUSTOMER_SVC_STORE_ERASURE_STORE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "servicekit/mysql/transaction.h"
#include "servicekit/types/id.h"

namespace clientele::customer {

// When a customer was part of another: from its merge until its split. What was written then about the other
// may be the first one's.
struct SharedTime {
  servicekit::Id merge, survivor;
  absl::Time merge_time, split_time;
};

// Takes what is personal out of everything that is kept of a customer beside its row. `customers` is the
// customer with its aliases. Each returns how many rows it changed.
class ErasureStore {
 public:
  absl::StatusOr<int64_t> DeleteContacts(servicekit::Transaction& tx, servicekit::Id customer);
  absl::Status DeleteContact(servicekit::Transaction& tx, servicekit::Id contact);
  // Texts and external ids go; figures, dates and states stay.
  absl::StatusOr<int64_t> EraseNeeds(servicekit::Transaction& tx, servicekit::Id customer, absl::Time now);
  absl::StatusOr<int64_t> EraseInteractions(servicekit::Transaction& tx, servicekit::Id customer,
                                            absl::Time now);
  // The history keeps who wrote which field when, without the values. With a `resource`, of that one only.
  absl::StatusOr<int64_t> EraseHistory(servicekit::Transaction& tx,
                                       const std::vector<servicekit::Id>& customers,
                                       const std::string& resource);
  // That of the time when the survivor was another customer, too.
  absl::StatusOr<int64_t> EraseHistory(servicekit::Transaction& tx, const SharedTime& shared);
  absl::Status EraseOwnershipReasons(servicekit::Transaction& tx,
                                     const std::vector<servicekit::Id>& customers);
  // The snapshots of merges that one of them took part in, and what they are known by since.
  absl::Status EraseMerges(servicekit::Transaction& tx, const std::vector<servicekit::Id>& customers);
  // The snapshots of one merge that was split, between others.
  absl::Status EraseSnapshots(servicekit::Transaction& tx, const SharedTime& shared);
  // The entries of the feed keep what they tell of owners and times.
  absl::StatusOr<int64_t> EraseFeed(servicekit::Transaction& tx,
                                    const std::vector<servicekit::Id>& customers);
  // Entries of that time tell of the survivor by the name that it has now: `display_name`.
  absl::StatusOr<int64_t> RenameInFeed(servicekit::Transaction& tx, const SharedTime& shared,
                                       const std::string& display_name);
  // Answers that name one of these; a repeat of such a request is told that its answer is gone.
  absl::Status EraseAnswers(servicekit::Transaction& tx, const std::vector<servicekit::Id>& ids);
};

}  // namespace clientele::customer

#endif  // CUSTOMER_SVC_STORE_ERASURE_STORE_H_
