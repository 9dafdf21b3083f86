#include "value-svc/store/state_chunks.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "value-svc/store/state_codec.h"

namespace clientele::value {
namespace {

using servicekit::Bytes;
using servicekit::Parameter;
using servicekit::Row;
using servicekit::Sql;
using servicekit::SqlText;

// The numbers are stored.
enum Staleness { kPacked = 0, kStale = 1, kTooLarge = 2 };

// More would make a row of megabytes. It takes a state that grew tenfold since it was cut.
constexpr int64_t kMostPacked = 20'000;

constexpr SqlText kColumns = R"sql(
    SELECT customer_id, tier, score_micros, contribution_1_micros, contribution_2_micros, contribution_3_micros,
           contribution_4_micros, contribution_5_micros, revenue, profit, value_at_risk )sql";

StateRow Decode(const Row& row) {
  StateRow decoded;
  decoded.customer = row.Id(0);
  decoded.tier = static_cast<Tier>(row.Int64(1));
  decoded.score_micros = row.Int64(2);
  size_t column = 3;
  for (Factor factor : kFactors) decoded.contribution_micros[factor] = row.Int64(column++);
  decoded.revenue = row.Decimal(column++);
  decoded.profit = row.Decimal(column++);
  decoded.value_at_risk = row.Decimal(column++);
  return decoded;
}

Sql FromState(const State& state) {
  if (!state.has_value()) return Sql(kColumns) + Sql("FROM scores WHERE TRUE");
  return Sql(kColumns) + Sql("FROM run_scores WHERE run_id = ?", {*state});
}

// As it is stored: all zeros for the scores in force.
Id StoredId(const State& state) { return state.value_or(Id()); }

// The numbers of the chunks that the customers lie in, each once. `through_ids` has the last id of each
// chunk.
std::vector<Parameter> ChunksOf(std::string_view through_ids, absl::Span<const Id> customers) {
  std::vector<size_t> chunks;
  for (Id customer : customers) {
    // The first chunk whose last id is not before the customer's.
    size_t low = 0, high = through_ids.size() / Id::kSize;
    while (low < high) {
      const size_t middle = (low + high) / 2;
      if (through_ids.substr(middle * Id::kSize, Id::kSize) < customer.bytes()) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    chunks.push_back(low);
  }
  std::sort(chunks.begin(), chunks.end());
  chunks.erase(std::unique(chunks.begin(), chunks.end()), chunks.end());
  return {chunks.begin(), chunks.end()};
}

}  // namespace

absl::Status StateChunks::Draw(Transaction& tx, const State& state, absl::Span<const CustomerRange> ranges) {
  const Id id = StoredId(state);
  std::string through_ids;
  std::vector<std::vector<Parameter>> rows;
  for (const CustomerRange& range : ranges) {
    through_ids += range.through.bytes();
    rows.push_back({id, rows.size(), range.after, range.through, static_cast<int>(kStale), Bytes()});
  }
  // First of all: it waits for those who change rows of the state, and keeps others from beginning to.
  absl::Status status =
      tx.Execute(Sql("INSERT INTO state_partitions (state_id, through_ids) VALUES (?, ?) ON DUPLICATE KEY "
                     "UPDATE through_ids = VALUES(through_ids)",
                     {id, Bytes{std::move(through_ids)}}))
          .status();
  if (status.ok()) status = tx.Execute(Sql("DELETE FROM state_chunks WHERE state_id = ?", {id})).status();
  if (!status.ok()) return status;
  return tx
      .InsertMany("INSERT INTO state_chunks (state_id, chunk, after_id, through_id, stale, packed) VALUES ",
                  rows)
      .status();
}

absl::Status StateChunks::Touch(Transaction& tx, const State& state, absl::Span<const Id> customers) {
  if (customers.empty()) return absl::OkStatus();
  const Id id = StoredId(state);
  // Locked, so that it is the newest, and stays so.
  const auto through_ids =
      tx.QueryAll(Sql("SELECT through_ids FROM state_partitions WHERE state_id = ? LOCK IN SHARE MODE", {id}),
                  [](const Row& row) { return row.Blob(0); });
  if (!through_ids.ok()) return through_ids.status();
  if (through_ids->empty()) return absl::OkStatus();  // A run from before there were chunks.
  // Chunks that are stale already are locked all the same: nobody packs them before this commits.
  return tx
      .Execute(Sql("UPDATE state_chunks SET stale = ? WHERE state_id = ? AND chunk IN ",
                   {static_cast<int>(kStale), id}) +
               Sql::List(ChunksOf(through_ids->front(), customers)))
      .status();
}

absl::Status StateChunks::Remove(Transaction& tx, Id run) {
  const absl::Status status =
      tx.Execute(Sql("DELETE FROM state_partitions WHERE state_id = ?", {run})).status();
  if (!status.ok()) return status;
  return tx.Execute(Sql("DELETE FROM state_chunks WHERE state_id = ?", {run})).status();
}

absl::StatusOr<bool> StateChunks::PackOne(Transaction& tx) {
  struct Chunk {
    Id state;
    int64_t number;
    CustomerRange range;
  };
  const auto found = tx.QueryAll(Sql(R"sql(
      SELECT state_id, chunk, after_id, through_id FROM state_chunks WHERE stale = ?
       ORDER BY state_id, chunk LIMIT 1 FOR UPDATE SKIP LOCKED)sql",
                                     {static_cast<int>(kStale)}),
                                 [](const Row& row) {
                                   return Chunk{row.Id(0), row.Int64(1), {row.Id(2), row.Id(3)}};
                                 });
  if (!found.ok()) return found.status();
  if (found->empty()) return false;
  const Chunk& chunk = found->front();
  const State state = chunk.state.is_nil() ? State() : State(chunk.state);
  const auto rows = ReadRows(tx, state, chunk.range, kMostPacked + 1);
  if (!rows.ok()) return rows.status();
  const bool fits = static_cast<int64_t>(rows->size()) <= kMostPacked;
  const absl::Status status =
      tx.Execute(Sql("UPDATE state_chunks SET stale = ?, packed = ? WHERE state_id = ? AND chunk = ?",
                     {static_cast<int>(fits ? kPacked : kTooLarge), Bytes{fits ? PackState(*rows) : ""},
                      chunk.state, chunk.number}))
          .status();
  if (!status.ok()) return status;
  return true;
}

absl::StatusOr<std::vector<StateRow>> ReadRows(Transaction& tx, const State& state,
                                               const CustomerRange& range, int64_t limit) {
  return tx.QueryAll(
      FromState(state) + Sql(" AND customer_id > ? AND customer_id <= ? ORDER BY customer_id LIMIT ?",
                             {range.after, range.through, limit}),
      Decode);
}

absl::StatusOr<std::vector<StateRow>> ReadRows(Transaction& tx, const State& state,
                                               absl::Span<const Id> customers) {
  if (customers.empty()) return std::vector<StateRow>();
  return tx.QueryAll(
      FromState(state) + Sql(" AND customer_id IN ") + IdList(customers) + Sql(" ORDER BY customer_id"),
      Decode);
}

}  // namespace clientele::value
