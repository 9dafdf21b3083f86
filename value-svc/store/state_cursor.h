#ifndef VALUE_SVC_STORE_STATE_CURSOR_H_
#define VALUE_SVC_STORE_STATE_CURSOR_H_

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "servicekit/access/principal.h"
#include "servicekit/mysql/transaction.h"
#include "value-svc/domain/state_row.h"
#include "value-svc/store/slice.h"
#include "value-svc/store/state_chunks.h"

namespace clientele::value {

// Reads the rows of one state that `principal` may see and that lie in the slice, by customer, a few thousand
// at a time: packed copies where they are good, the rows themselves where they are not. All within one
// snapshot: the transaction is a reading one of REPEATABLE READ.
class StateCursor {
 public:
  // As many customers are asked for by id: less work than reading a state of any size.
  static constexpr int64_t kFew = 20'000;

  // The arguments must outlive it.
  StateCursor(Transaction& tx, const servicekit::Principal& principal, const State& state, const Slice& slice,
              int64_t few = kFew);

  // The next ones; empty at the end.
  absl::StatusOr<std::vector<StateRow>> Next();

 private:
  struct Segment {
    CustomerRange range;
    bool packed;
    std::string rows;
  };
  // Who is to be seen, if that is not everybody: few are asked for by name, many are picked from what is
  // read.
  enum class Whom { kNotKnown, kEverybody, kFew, kMany };

  absl::Status FindWhom();
  absl::StatusOr<std::vector<StateRow>> NextOfFew();
  // Everybody's next rows.
  absl::StatusOr<std::vector<StateRow>> NextOfAll();
  absl::Status ReadSegments();
  absl::Status DropUnseen(std::vector<StateRow>& rows);
  servicekit::Sql MaySee() const;

  Transaction& tx_;
  const servicekit::Principal& principal_;
  const State& state_;
  const Slice& slice_;
  const int64_t few_;
  Whom whom_ = Whom::kNotKnown;
  std::vector<Id> asked_for_;  // The few that are left, the last first.
  std::deque<Segment> segments_;
  int64_t last_chunk_ = -1;
  bool all_read_ = false;  // There are no more segments than those in `segments_`.
};

// Both cursors side by side: the row of a customer in the second with that in the first, nullptr for who was
// not there. Customers of the first who are not in the second are passed over.
class StatePairs {
 public:
  StatePairs(StateCursor& before, StateCursor& after) : before_(before), after_(after) {}

  template <typename Visit>
  absl::Status ForEach(Visit visit) {
    while (true) {
      const auto rows = after_.Next();
      if (!rows.ok()) return rows.status();
      if (rows->empty()) return absl::OkStatus();
      for (const StateRow& row : *rows) {
        const auto found = Find(row.customer);
        if (!found.ok()) return found.status();
        visit(*found, row);
      }
    }
  }

 private:
  // The customers come in rising order.
  absl::StatusOr<const StateRow*> Find(Id customer);

  StateCursor& before_;
  StateCursor& after_;
  std::vector<StateRow> rows_;
  size_t next_ = 0;
  bool at_end_ = false;
};

}  // namespace clientele::value

#endif  // VALUE_SVC_STORE_STATE_CURSOR_H_
