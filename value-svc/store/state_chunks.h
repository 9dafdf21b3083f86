#ifndef VALUE_SVC_STORE_STATE_CHUNKS_H_
#define VALUE_SVC_STORE_STATE_CHUNKS_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "servicekit/mysql/transaction.h"
#include "servicekit/types/id.h"
#include "value-svc/domain/state_row.h"
#include "value-svc/store/statements.h"

namespace clientele::value {

using servicekit::Id;
using servicekit::Transaction;

// What a run found, or, without a run, the scores in force.
using State = std::optional<Id>;

// The packed copies of states that reports read. A copy is never wrong: who changes rows says so in the same
// transaction, before, and holds the chunk until it commits; who packs holds the chunk while it reads the
// rows.
class StateChunks {
 public:
  // Cuts the state anew, with nothing packed. The ranges rise, and hold all ids.
  static absl::Status Draw(Transaction& tx, const State& state, absl::Span<const CustomerRange> ranges);
  // Rows of these customers are about to be changed.
  static absl::Status Touch(Transaction& tx, const State& state, absl::Span<const Id> customers);
  static absl::Status Remove(Transaction& tx, Id run);

  // Packs a chunk that is stale; false when there is none that nobody else holds. Reads what is committed:
  // the transaction must be READ COMMITTED.
  static absl::StatusOr<bool> PackOne(Transaction& tx);
};

// Rows of one state, by customer: those with ids above `range.after` up to `range.through`, at most `limit`.
absl::StatusOr<std::vector<StateRow>> ReadRows(Transaction& tx, const State& state,
                                               const CustomerRange& range, int64_t limit);
// Those of some customers.
absl::StatusOr<std::vector<StateRow>> ReadRows(Transaction& tx, const State& state,
                                               absl::Span<const Id> customers);

}  // namespace clientele::value

#endif  // VALUE_SVC_STORE_STATE_CHUNKS_H_
