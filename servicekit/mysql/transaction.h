#ifndef SERVICEKIT_MYSQL_TRANSACTION_H_
#define SERVICEKIT_MYSQL_TRANSACTION_H_

#include <cstdint>
#include <functional>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "servicekit/mysql/pool.h"
#include "servicekit/mysql/row.h"
#include "servicekit/mysql/sql.h"

namespace servicekit {

// Statements inside one transaction. All errors come back as a status; driver text is logged, never returned:
// ALREADY_EXISTS for a duplicate key, ABORTED for a deadlock or lock wait timeout, UNAVAILABLE for a lost
// connection, INTERNAL for anything else. After a conflict or a lost connection the transaction is dead: each
// further statement gives the same error at once, and it is not committed even if its body says OK. No
// statement starts after the deadline.
class Transaction {
 public:
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  // The number of changed rows (MySQL's count: a row set to what it already was does not count).
  absl::StatusOr<int64_t> Execute(const Sql& sql);
  // Calls `read` for each row; its first error ends the reading and is returned.
  absl::Status Query(const Sql& sql, absl::FunctionRef<absl::Status(const Row&)> read);
  // All rows through `decode`.
  template <typename Decode>
  auto QueryAll(const Sql& sql, Decode decode)
      -> absl::StatusOr<std::vector<std::invoke_result_t<Decode, const Row&>>>;
  // The single row, or NOT_FOUND.
  template <typename Decode>
  auto QueryOne(const Sql& sql, Decode decode) -> absl::StatusOr<std::invoke_result_t<Decode, const Row&>>;
  // `INSERT INTO t (a, b) VALUES ` with a `(?, ?)` for each row, in as few statements as the limits allow,
  // then `suffix` (as in ` ON DUPLICATE KEY UPDATE …`). Every row has the same number of values.
  absl::StatusOr<int64_t> InsertMany(SqlText insert_into, const std::vector<std::vector<Parameter>>& rows,
                                     SqlText suffix = "");
  // Runs once after a successful commit; dropped on rollback. For waking those who wait for the change.
  void OnCommit(std::function<void()> notify);

 private:
  friend class TransactionRunner;
  Transaction(Connection& connection, absl::Time deadline, bool reading)
      : connection_(connection), deadline_(deadline), reading_(reading) {}
  // OK while statements may be sent.
  absl::Status CheckAlive() const;
  template <typename Statement>
  absl::Status Run(const Statement& statement);

  Connection& connection_;
  const absl::Time deadline_;
  const bool reading_;     // Autocommit: nothing but reading.
  absl::Status dead_;      // The conflict or loss that ended the transaction.
  bool conflict_ = false;  // MySQL itself reported 1205 or 1213.
  std::vector<std::function<void()>> on_commit_;
};

// What a lost COMMIT came to; asked on a new connection. Must look with a locking read (FOR UPDATE), so that
// it waits for a commit that is still going on. True: it was committed.
using CommitProbe = std::function<absl::StatusOr<bool>(Transaction&)>;

struct TransactionOptions {
  // Without a probe, a connection lost in COMMIT gives UNKNOWN with reason COMMIT_OUTCOME_UNKNOWN.
  CommitProbe committed;
  bool read_only = false;       // START TRANSACTION READ ONLY: one snapshot for several statements.
  bool read_committed = false;  // READ COMMITTED instead of REPEATABLE READ.
};

// Runs `body` and commits, or rolls back if it fails. When MySQL itself reported a deadlock (1213) or a lock
// wait timeout (1205), everything is rolled back and `body` runs again, with a growing random pause, until
// the deadline; so `body` may run more than once and touches nothing but its transaction (and what it
// overwrites on each run). An ABORTED that `body` made itself (a stale etag) goes to the caller.
absl::Status RunTransaction(Pool& pool, absl::Time deadline,
                            absl::FunctionRef<absl::Status(Transaction&)> body,
                            const TransactionOptions& options = {});

// The same for a body that returns a value.
template <typename Body>
auto RunInTransaction(Pool& pool, absl::Time deadline, Body body, const TransactionOptions& options = {})
    -> std::invoke_result_t<Body, Transaction&> {
  using Result = std::invoke_result_t<Body, Transaction&>;
  if constexpr (std::is_same_v<Result, absl::Status>) {
    return RunTransaction(pool, deadline, body, options);
  } else {
    Result result = absl::UnknownError("not run");
    const absl::Status status = RunTransaction(
        pool, deadline,
        [&](Transaction& tx) {
          result = body(tx);
          return result.status();
        },
        options);
    if (!status.ok()) return status;
    return result;
  }
}

// One statement's worth of reading, without a transaction around it (autocommit): one round trip. Several
// statements would each see the data of their own moment; use RunTransaction with `read_only` for one
// snapshot. `body` runs again when a connection that lay in the pool turns out to be dead.
absl::Status RunQuery(Pool& pool, absl::Time deadline, absl::FunctionRef<absl::Status(Transaction&)> body);

template <typename Body>
auto RunReading(Pool& pool, absl::Time deadline, Body body) -> std::invoke_result_t<Body, Transaction&> {
  using Result = std::invoke_result_t<Body, Transaction&>;
  Result result = absl::UnknownError("not run");
  const absl::Status status = RunQuery(pool, deadline, [&](Transaction& tx) {
    result = body(tx);
    if constexpr (std::is_same_v<Result, absl::Status>) {
      return result;
    } else {
      return result.status();
    }
  });
  if (!status.ok()) return status;
  return result;
}

template <typename Decode>
auto Transaction::QueryAll(const Sql& sql, Decode decode)
    -> absl::StatusOr<std::vector<std::invoke_result_t<Decode, const Row&>>> {
  std::vector<std::invoke_result_t<Decode, const Row&>> rows;
  const absl::Status status = Query(sql, [&](const Row& row) {
    rows.push_back(decode(row));
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  return rows;
}

template <typename Decode>
auto Transaction::QueryOne(const Sql& sql, Decode decode)
    -> absl::StatusOr<std::invoke_result_t<Decode, const Row&>> {
  auto rows = QueryAll(sql, decode);
  if (!rows.ok()) return rows.status();
  if (rows->empty()) return absl::NotFoundError("not found");
  return std::move(rows->front());
}

}  // namespace servicekit

#endif  // SERVICEKIT_MYSQL_TRANSACTION_H_
