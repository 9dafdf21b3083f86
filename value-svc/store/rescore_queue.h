#ifndef VALUE_SVC_STORE_RESCORE_QUEUE_H_
#define VALUE_SVC_STORE_RESCORE_QUEUE_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "servicekit/mysql/transaction.h"
#include "servicekit/types/id.h"
#include "value-svc/store/statements.h"

namespace clientele::value {

using servicekit::Id;
using servicekit::Transaction;

// Customers whose facts changed since they were scored. Whoever scores reads the marks first, then the facts,
// and takes away exactly the marks that it saw: a fact that came in between keeps its customer marked.
class RescoreQueue {
 public:
  struct Mark {
    Id customer;
    int64_t revision;
    absl::Time since;
  };

  // Whom a change touches, and from when on.
  struct Touched {
    Id customer;
    absl::Time since;
  };
  // In the transaction that adds the facts.
  absl::Status Add(Transaction& tx, std::vector<Touched> touched);
  // Only those that have no score yet.
  absl::Status AddUnscored(Transaction& tx, std::vector<Touched> touched);
  absl::StatusOr<std::vector<Mark>> List(Transaction& tx, int64_t limit);
  absl::StatusOr<std::vector<Mark>> List(Transaction& tx, const CustomerRange& range);
  absl::Status Remove(Transaction& tx, absl::Span<const Mark> marks);
};

}  // namespace clientele::value

#endif  // VALUE_SVC_STORE_RESCORE_QUEUE_H_
