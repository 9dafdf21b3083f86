#include "value-svc/store/run_store.h"

#include <utility>

#include "servicekit/types/resource_name.h"
#include "servicekit/types/str_cat.h"

namespace clientele::value {
namespace {

using servicekit::Bytes;
using servicekit::Parameter;
using servicekit::Row;
using servicekit::Sql;
using servicekit::SqlText;

constexpr SqlText kSelect = R"sql(
    SELECT id, purpose, state, model_id, previous_run_id, as_of_time, create_time, finish_time
      FROM scoring_runs )sql";
// Finished, and no preview.
constexpr SqlText kKept = "WHERE state = 3 AND purpose <> 3 ";

ScoringRun Decode(const Row& row) {
  ScoringRun run;
  run.id = row.Id(0);
  run.purpose = static_cast<RunPurpose>(row.Int64(1));
  run.state = static_cast<RunState>(row.Int64(2));
  run.model = row.Id(3);
  run.previous = row.OptionalId(4);
  run.as_of = row.Time(5);
  run.create_time = row.Time(6);
  run.finish_time = row.OptionalTime(7);
  return run;
}

RunStore::Shard DecodeShard(const Row& row) { return {row.Int64(0), {row.Id(1), row.Id(2)}, row.Blob(3)}; }

template <typename T, typename Decode>
absl::StatusOr<std::optional<T>> FindOne(Transaction& tx, const Sql& sql, Decode decode) {
  auto found = tx.QueryOne(sql, decode);
  if (absl::IsNotFound(found.status())) return std::optional<T>();
  if (!found.ok()) return found.status();
  return std::optional<T>(*std::move(found));
}

absl::StatusOr<std::optional<ScoringRun>> FindRun(Transaction& tx, const Sql& rest) {
  return FindOne<ScoringRun>(tx, Sql(kSelect) + rest, Decode);
}

absl::StatusOr<ScoringRun> GetNamed(Transaction& tx, Id id, SqlText suffix) {
  auto run = tx.QueryOne(Sql(kSelect) + Sql("WHERE id = ?", {id}) + Sql(suffix), Decode);
  if (absl::IsNotFound(run.status())) {
    return absl::NotFoundError(servicekit::StrCat("there is no ", servicekit::NameOf("scoringRuns", id)));
  }
  return run;
}

}  // namespace

absl::Status RunStore::Insert(Transaction& tx, const ScoringRun& run, absl::Span<const CustomerRange> shards,
                              int64_t shard_size, int64_t rest) {
  const absl::Status status =
      tx.Execute(Sql(R"sql(
        INSERT INTO scoring_runs (id, purpose, state, model_id, previous_run_id, as_of_time, create_time, finish_time)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?))sql",
                     {run.id, static_cast<int>(run.purpose), static_cast<int>(run.state), run.model,
                      run.previous, run.as_of, run.create_time, run.finish_time}))
          .status();
  if (!status.ok()) return status;
  std::vector<std::vector<Parameter>> rows;
  for (const CustomerRange& range : shards) {
    const int64_t count = rows.size() + 1 < shards.size() ? shard_size : rest;
    rows.push_back({run.id, rows.size(), range.after, range.through, static_cast<int>(ShardStage::kToRead),
                    count, Bytes()});
  }
  return tx
      .InsertMany(
          "INSERT INTO scoring_shards (run_id, shard, after_id, through_id, stage, customer_count, observed) "
          "VALUES ",
          rows)
      .status();
}

absl::StatusOr<std::optional<ScoringRun>> RunStore::Open(Transaction& tx) {
  return FindRun(tx, Sql("WHERE state IN (1, 2) LIMIT 1"));
}

absl::StatusOr<std::optional<ScoringRun>> RunStore::OpenForShare(Transaction& tx) {
  return FindRun(tx, Sql("WHERE state IN (1, 2) LIMIT 1 LOCK IN SHARE MODE"));
}

absl::StatusOr<ScoringRun> RunStore::Get(Transaction& tx, Id id) { return GetNamed(tx, id, ""); }

absl::StatusOr<ScoringRun> RunStore::GetForUpdate(Transaction& tx, Id id) {
  return GetNamed(tx, id, " FOR UPDATE");
}

absl::StatusOr<std::vector<ScoringRun>> RunStore::ListNewestFirst(Transaction& tx,
                                                                  const std::optional<Id>& below,
                                                                  int64_t limit) {
  Sql sql(kSelect);
  if (below.has_value()) sql += Sql("WHERE id < ?", {*below});
  return tx.QueryAll(sql + Sql(" ORDER BY id DESC LIMIT ?", {limit}), Decode);
}

absl::StatusOr<RunProgress> RunStore::Progress(Transaction& tx, Id id) {
  ScoringRun run;
  run.id = id;
  auto progress = Progress(tx, {run});
  if (!progress.ok()) return progress.status();
  return (*progress)[id];
}

absl::StatusOr<RunStore::ProgressByRun> RunStore::Progress(Transaction& tx,
                                                           absl::Span<const ScoringRun> runs) {
  ProgressByRun progress;
  if (runs.empty()) return progress;
  std::vector<Id> ids;
  for (const ScoringRun& run : runs) ids.push_back(run.id);
  const absl::Status status = tx.Query(Sql(R"sql(
      SELECT run_id, SUM(customer_count), SUM(IF(stage IN (1, 2), customer_count, 0)),
             SUM(IF(stage = 2, customer_count, 0))
        FROM scoring_shards WHERE run_id IN )sql") +
                                           IdList(ids) + Sql(" GROUP BY run_id"),
                                       [&](const Row& row) {
                                         progress[row.Id(0)] = {row.Int64(1), row.Int64(2), row.Int64(3)};
                                         return absl::OkStatus();
                                       });
  if (!status.ok()) return status;
  return progress;
}

absl::StatusOr<std::optional<ScoringRun>> RunStore::LastUpTo(Transaction& tx, absl::Time time) {
  return FindRun(tx,
                 Sql(kKept) + Sql("AND as_of_time <= ? ORDER BY as_of_time DESC, id DESC LIMIT 1", {time}));
}

absl::StatusOr<std::optional<ScoringRun>> RunStore::First(Transaction& tx) {
  return FindRun(tx, Sql(kKept) + Sql("ORDER BY as_of_time, id DESC LIMIT 1"));
}

absl::StatusOr<std::optional<ScoringRun>> RunStore::LastBefore(Transaction& tx, absl::Time time) {
  return FindRun(tx,
                 Sql(kKept) + Sql("AND as_of_time < ? ORDER BY as_of_time DESC, id DESC LIMIT 1", {time}));
}

absl::StatusOr<std::optional<ScoringRun>> RunStore::LastInForce(Transaction& tx) {
  return FindRun(tx, Sql("WHERE state = 3 AND purpose IN (1, 2, 5) ORDER BY id DESC LIMIT 1"));
}

absl::StatusOr<std::optional<absl::Time>> RunStore::LatestDay(Transaction& tx) {
  return tx.QueryOne(Sql("SELECT MAX(as_of_time) FROM scoring_runs WHERE state = 3"),
                     [](const Row& row) { return row.OptionalTime(0); });
}

absl::StatusOr<std::vector<ScoringRun>> RunStore::FinishedSince(Transaction& tx, absl::Time time) {
  return tx.QueryAll(
      Sql(kSelect) + Sql("WHERE state = 3 AND as_of_time >= ? ORDER BY as_of_time, id", {time}), Decode);
}

absl::StatusOr<std::optional<RunStore::Shard>> RunStore::Claim(Transaction& tx, Id run, ShardStage stage) {
  return FindOne<Shard>(tx,
                        Sql(R"sql(
      SELECT shard, after_id, through_id, observed FROM scoring_shards WHERE run_id = ? AND stage = ?
       ORDER BY shard LIMIT 1 FOR UPDATE SKIP LOCKED)sql",
                            {run, static_cast<int>(stage)}),
                        DecodeShard);
}

absl::Status RunStore::Advance(Transaction& tx, Id run, int64_t shard, ShardStage stage,
                               int64_t customer_count, std::string observed) {
  return tx
      .Execute(Sql(R"sql(
        UPDATE scoring_shards SET stage = ?, customer_count = ?, observed = ? WHERE run_id = ? AND shard = ?)sql",
                   {static_cast<int>(stage), customer_count, Bytes{std::move(observed)}, run, shard}))
      .status();
}

absl::StatusOr<bool> RunStore::HasShards(Transaction& tx, Id run, ShardStage stage) {
  return tx.QueryOne(Sql("SELECT EXISTS (SELECT 1 FROM scoring_shards WHERE run_id = ? AND stage = ?)",
                         {run, static_cast<int>(stage)}),
                     [](const Row& row) { return row.Int64(0) != 0; });
}

absl::StatusOr<int64_t> RunStore::CountShards(Transaction& tx, Id run, ShardStage stage) {
  return tx.QueryOne(Sql("SELECT COUNT(*) FROM scoring_shards WHERE run_id = ? AND stage = ?",
                         {run, static_cast<int>(stage)}),
                     [](const Row& row) { return row.Int64(0); });
}

absl::StatusOr<std::optional<RunStore::Shard>> RunStore::Lock(Transaction& tx, Id run, int64_t shard,
                                                              ShardStage stage) {
  return FindOne<Shard>(tx,
                        Sql(R"sql(
      SELECT shard, after_id, through_id, observed FROM scoring_shards
       WHERE run_id = ? AND shard = ? AND stage = ? FOR UPDATE)sql",
                            {run, shard, static_cast<int>(stage)}),
                        DecodeShard);
}

absl::Status RunStore::Cut(Transaction& tx, Id run, const Shard& shard, ShardStage stage, Id at, Part lower,
                           Part upper) {
  const absl::StatusOr<int64_t> last =
      tx.QueryOne(Sql("SELECT MAX(shard) FROM scoring_shards WHERE run_id = ?", {run}),
                  [](const Row& row) { return row.Int64(0); });
  if (!last.ok()) return last.status();
  const absl::Status status =
      tx.Execute(Sql(R"sql(
        INSERT INTO scoring_shards (run_id, shard, after_id, through_id, stage, customer_count, observed)
        VALUES (?, ?, ?, ?, ?, ?, ?))sql",
                     {run, *last + 1, at, shard.range.through, static_cast<int>(stage), upper.customer_count,
                      Bytes{std::move(upper.observed)}}))
          .status();
  if (!status.ok()) return status;
  return tx
      .Execute(Sql(R"sql(
        UPDATE scoring_shards SET through_id = ?, customer_count = ?, observed = ? WHERE run_id = ? AND shard = ?)sql",
                   {at, lower.customer_count, Bytes{std::move(lower.observed)}, run, shard.number}))
      .status();
}

absl::StatusOr<std::optional<RunStore::Shard>> RunStore::Next(Transaction& tx, Id run, int64_t after) {
  return FindOne<Shard>(tx,
                        Sql(R"sql(
      SELECT shard, after_id, through_id, observed FROM scoring_shards WHERE run_id = ? AND shard > ?
       ORDER BY shard LIMIT 1)sql",
                            {run, after}),
                        DecodeShard);
}

absl::StatusOr<std::optional<ScoringRun>> RunStore::LockIn(Transaction& tx, Id id, RunState state) {
  return FindRun(tx, Sql("WHERE id = ? AND state = ? FOR UPDATE SKIP LOCKED", {id, static_cast<int>(state)}));
}

absl::Status RunStore::SetState(Transaction& tx, Id id, RunState state,
                                std::optional<absl::Time> finish_time) {
  return tx
      .Execute(Sql("UPDATE scoring_runs SET state = ?, finish_time = ? WHERE id = ?",
                   {static_cast<int>(state), finish_time, id}))
      .status();
}

absl::StatusOr<std::vector<ScoringRun>> RunStore::All(Transaction& tx) {
  return tx.QueryAll(Sql(kSelect), Decode);
}

absl::Status RunStore::GoOnFrom(Transaction& tx, Id run, std::optional<Id> previous) {
  return tx
      .Execute(Sql("UPDATE scoring_runs SET previous_run_id = ? WHERE previous_run_id = ?", {previous, run}))
      .status();
}

absl::StatusOr<std::vector<Id>> RunStore::OfModel(Transaction& tx, Id model) {
  return tx.QueryAll(Sql("SELECT id FROM scoring_runs WHERE model_id = ?", {model}),
                     [](const Row& row) { return row.Id(0); });
}

absl::StatusOr<std::optional<Id>> RunStore::CancelledWithScores(Transaction& tx) {
  return FindOne<Id>(tx, Sql(R"sql(
      SELECT id FROM scoring_runs
       WHERE state = 4 AND EXISTS (SELECT 1 FROM run_scores WHERE run_scores.run_id = scoring_runs.id)
       LIMIT 1)sql"),
                     [](const Row& row) { return row.Id(0); });
}

absl::Status RunStore::RemoveShards(Transaction& tx, Id run) {
  return tx.Execute(Sql("DELETE FROM scoring_shards WHERE run_id = ?", {run})).status();
}

absl::Status RunStore::Remove(Transaction& tx, Id run) {
  return tx.Execute(Sql("DELETE FROM scoring_runs WHERE id = ?", {run})).status();
}

}  // namespace clientele::value
