#ifndef LIFECYCLE_SVC_STORE_ERASURE_STORE_H_
#define LIFECYCLE_SVC_STORE_ERASURE_STORE_H_

#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "servicekit/mysql/transaction.h"
#include "servicekit/types/id.h"

namespace clientele::lifecycle {

using servicekit::Id;
using servicekit::Transaction;

// Takes away what could tell who a customer was; figures stay under the id.
class ErasureStore {
 public:
  // Texts and external ids in all tables, and what the history holds. Of a customer that was merged into
  // `survivor` (otherwise itself) only its own.
  static absl::Status Erase(Transaction& tx, Id customer, Id survivor);
  // Answers kept for repeated requests that tell of the customer or of anything that is its own. Such a
  // repeat is FAILED_PRECONDITION, ANSWER_ERASED, from then on.
  static absl::Status EraseAnswers(Transaction& tx, Id customer, Id survivor);
  // What history and feed hold of its own under the names of those whom it ever counted as; `scrub` as below.
  static absl::Status EraseTraces(Transaction& tx, Id customer, Id survivor,
                                  const std::vector<Id>& past_survivors,
                                  absl::FunctionRef<std::string(const std::string&)> scrub);
  // Lets go of a customer who is no alias and has none, and of whom nothing is known but that it was there;
  // any other stays. Its journey must be locked.
  static absl::Status DeleteBare(Transaction& tx, Id customer);
  // Rewrites what the feed tells of the customer: `scrub` gets the payload of each entry, and gives the new
  // one.
  static absl::Status RewriteFeed(Transaction& tx, Id customer,
                                  absl::FunctionRef<std::string(const std::string&)> scrub);
};

}  // namespace clientele::lifecycle

#endif  // LIFECYCLE_SVC_STORE_ERASURE_STORE_H_
