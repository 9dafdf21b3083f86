#include "value-svc/store/state_cursor.h"

#include <algorithm>
#include <utility>

#include "servicekit/access/row_rule.h"
#include "value-svc/store/customer_store.h"
#include "value-svc/store/state_codec.h"

namespace clientele::value {
namespace {

using servicekit::Row;
using servicekit::Sql;

constexpr size_t kAskedAtOnce = 512;
// A megabyte or two.
constexpr int64_t kChunksAtOnce = 16;
constexpr int64_t kRowsAtOnce = 2000;

const Id kLast = *Id::FromBytes(std::string(Id::kSize, '\xff'));

bool IsWhole(const Slice& slice) {
  return !slice.team.has_value() && !slice.owner.has_value() && slice.industry.empty() &&
         !slice.target_market.has_value();
}

}  // namespace

StateCursor::StateCursor(Transaction& tx, const servicekit::Principal& principal, const State& state,
                         const Slice& slice, int64_t few)
    : tx_(tx), principal_(principal), state_(state), slice_(slice), few_(few) {}

absl::StatusOr<std::vector<StateRow>> StateCursor::Next() {
  if (whom_ == Whom::kNotKnown) {
    if (absl::Status status = FindWhom(); !status.ok()) return status;
  }
  if (whom_ == Whom::kFew) return NextOfFew();
  while (true) {
    auto rows = NextOfAll();
    if (!rows.ok() || rows->empty()) return rows;
    if (whom_ == Whom::kMany) {
      if (absl::Status status = DropUnseen(*rows); !status.ok()) return status;
    }
    if (!rows->empty()) return rows;
  }
}

Sql StateCursor::MaySee() const {
  return Sql("SELECT customers.id FROM customers WHERE ") +
         servicekit::MayRead(principal_, kCustomerColumns) +
         SliceCondition(slice_, kCustomerColumns, "customers.id");
}

absl::Status StateCursor::FindWhom() {
  if (servicekit::CheckReadsAll(principal_).ok() && IsWhole(slice_)) {
    whom_ = Whom::kEverybody;
    return absl::OkStatus();
  }
  auto seen = tx_.QueryAll(MaySee() + Sql(" LIMIT ?", {few_ + 1}), [](const Row& row) { return row.Id(0); });
  if (!seen.ok()) return seen.status();
  whom_ = static_cast<int64_t>(seen->size()) <= few_ ? Whom::kFew : Whom::kMany;
  if (whom_ == Whom::kMany) return absl::OkStatus();
  asked_for_ = *std::move(seen);
  std::sort(asked_for_.rbegin(), asked_for_.rend());
  return absl::OkStatus();
}

absl::StatusOr<std::vector<StateRow>> StateCursor::NextOfFew() {
  while (!asked_for_.empty()) {
    const size_t count = std::min(asked_for_.size(), kAskedAtOnce);
    const auto rows = ReadRows(tx_, state_, absl::MakeConstSpan(asked_for_).last(count));
    asked_for_.resize(asked_for_.size() - count);
    if (!rows.ok() || !rows->empty()) return rows;
  }
  return std::vector<StateRow>();
}

absl::StatusOr<std::vector<StateRow>> StateCursor::NextOfAll() {
  while (true) {
    if (segments_.empty()) {
      if (absl::Status status = ReadSegments(); !status.ok()) return status;
      if (segments_.empty()) return std::vector<StateRow>();
    }
    Segment& segment = segments_.front();
    absl::StatusOr<std::vector<StateRow>> rows;
    if (segment.packed) {
      rows = UnpackState(segment.rows);
    } else {
      rows = ReadRows(tx_, state_, segment.range, kRowsAtOnce);
    }
    if (!rows.ok()) return rows;
    const bool more = !segment.packed && static_cast<int64_t>(rows->size()) == kRowsAtOnce;
    if (more) {
      segment.range.after = rows->back().customer;
    } else {
      segments_.pop_front();
    }
    if (!rows->empty()) return rows;
  }
}

absl::Status StateCursor::ReadSegments() {
  if (all_read_) return absl::OkStatus();
  auto segments = tx_.QueryAll(Sql(R"sql(
      SELECT after_id, through_id, stale, IF(stale = 0, packed, x''), chunk FROM state_chunks
       WHERE state_id = ? AND chunk > ? ORDER BY chunk LIMIT ?)sql",
                                   {state_.value_or(Id()), last_chunk_, kChunksAtOnce}),
                               [&](const Row& row) {
                                 last_chunk_ = row.Int64(4);
                                 return Segment{{row.Id(0), row.Id(1)}, row.Int64(2) == 0, row.Blob(3)};
                               });
  if (!segments.ok()) return segments.status();
  const bool without_chunks = segments->empty() && last_chunk_ < 0;
  if (without_chunks) segments->push_back({{Id(), kLast}, false, ""});
  all_read_ = without_chunks || static_cast<int64_t>(segments->size()) < kChunksAtOnce;
  segments_.insert(segments_.end(), std::make_move_iterator(segments->begin()),
                   std::make_move_iterator(segments->end()));
  return absl::OkStatus();
}

absl::Status StateCursor::DropUnseen(std::vector<StateRow>& rows) {
  const auto seen =
      tx_.QueryAll(MaySee() + Sql(" AND customers.id >= ? AND customers.id <= ? ORDER BY customers.id",
                                  {rows.front().customer, rows.back().customer}),
                   [](const Row& row) { return row.Id(0); });
  if (!seen.ok()) return seen.status();
  auto next = seen->begin();
  std::erase_if(rows, [&](const StateRow& row) {
    while (next != seen->end() && *next < row.customer) ++next;
    return next == seen->end() || *next != row.customer;
  });
  return absl::OkStatus();
}

absl::StatusOr<const StateRow*> StatePairs::Find(Id customer) {
  while (true) {
    while (next_ < rows_.size() && rows_[next_].customer < customer) ++next_;
    if (next_ < rows_.size()) return rows_[next_].customer == customer ? &rows_[next_] : nullptr;
    if (at_end_) return nullptr;
    auto rows = before_.Next();
    if (!rows.ok()) return rows.status();
    rows_ = *std::move(rows);
    next_ = 0;
    at_end_ = rows_.empty();
  }
}

}  // namespace clientele::value
