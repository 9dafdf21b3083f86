#include "servicekit/mysql/transaction.h"

#include <algorithm>
#include <bit>
#include <exception>
#include <string>
#include <typeinfo>

#include <cppconn/exception.h>

#include "absl/random/random.h"
#include "absl/time/clock.h"
#include "servicekit/mysql/connection.h"
#include "servicekit/mysql/error.h"
#include "servicekit/telemetry/log.h"
#include "servicekit/types/error.h"
#include "servicekit/types/str_cat.h"

namespace servicekit {
namespace {

constexpr size_t kMaxParameters = 65'535;  // The protocol's limit; beyond it, error 1390.
constexpr size_t kMaxInsertRows =
    256;  // More rows a statement gain nothing, but cost memory in each session.
constexpr int64_t kMaxInsertBytes =
    4 << 20;  // Keeps a statement below the server's packet limit and memory small.

// What a value takes in a statement, roughly.
int64_t SizeOf(const Parameter& parameter) {
  if (const auto* text = std::get_if<std::string>(&parameter.value()))
    return static_cast<int64_t>(text->size()) + 9;
  if (const auto* bytes = std::get_if<Bytes>(&parameter.value())) {
    return static_cast<int64_t>(bytes->value.size()) + 9;
  }
  return 32;
}

absl::Duration Jittered(absl::Duration longest) {
  thread_local absl::BitGen random;
  return longest * absl::Uniform(random, 0.5, 1.0);
}

// Where exceptions that a body throws end.
absl::Status Fence(absl::FunctionRef<absl::Status()> body) {
  try {
    return body();
  } catch (const sql::SQLException& error) {
    return FromSqlException(error);
  } catch (const std::exception& error) {
    Log(LogLevel::kError, "exception in a transaction",
        {{"type", typeid(error).name()}, {"text", error.what()}});
  } catch (...) {
    Log(LogLevel::kError, "exception in a transaction", {{"type", "unknown"}});
  }
  return absl::InternalError("internal error");
}

}  // namespace

absl::Status Transaction::CheckAlive() const {
  if (!dead_.ok()) return dead_;
  if (absl::Now() > deadline_)
    return absl::DeadlineExceededError("the deadline passed between two statements");
  return absl::OkStatus();
}

template <typename Statement>
absl::Status Transaction::Run(const Statement& statement) {
  if (absl::Status status = CheckAlive(); !status.ok()) return status;
  try {
    return statement();
  } catch (const sql::SQLException& error) {
    absl::Status status = FromSqlException(error);
    // After 1213 the session is outside any transaction, so a further statement would commit by itself; after
    // 1205 the earlier statements are still there, so COMMIT would keep half.
    if (const MysqlError kind = KindOf(error); kind != MysqlError::kOther) {
      dead_ = status;
      conflict_ = kind == MysqlError::kConflict;
    }
    return status;
  }
}

absl::StatusOr<int64_t> Transaction::Execute(const Sql& sql) {
  if (reading_) throw std::logic_error("a write inside RunReading");
  int64_t changed = 0;
  const absl::Status status = Run([&] {
    changed = connection_.Execute(sql);
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  return changed;
}

absl::Status Transaction::Query(const Sql& sql, absl::FunctionRef<absl::Status(const Row&)> read) {
  return Run([&] { return connection_.Query(sql, read); });
}

absl::StatusOr<int64_t> Transaction::InsertMany(SqlText insert_into,
                                                const std::vector<std::vector<Parameter>>& rows,
                                                SqlText suffix) {
  if (reading_) throw std::logic_error("a write inside RunReading");
  if (rows.empty()) return 0;
  const size_t columns = rows.front().size();
  if (columns == 0 || columns > kMaxParameters)
    throw std::logic_error("InsertMany: a row without values, or too long");
  // Chunks are powers of two, so that inserts of all sizes share at most nine prepared statements.
  const size_t largest = std::bit_floor(std::min(kMaxInsertRows, kMaxParameters / columns));
  const int64_t max_bytes = std::min(kMaxInsertBytes, connection_.max_packet() / 2);

  int64_t changed = 0;
  std::vector<Parameter> parameters;
  for (size_t begin = 0; begin < rows.size();) {
    size_t fit = 0;
    for (int64_t bytes = 0; begin + fit < rows.size() && fit < largest; ++fit) {
      const std::vector<Parameter>& row = rows[begin + fit];
      if (row.size() != columns) throw std::logic_error("InsertMany: rows of different length");
      for (const Parameter& parameter : row) bytes += SizeOf(parameter);
      if (fit > 0 && bytes > max_bytes) break;
    }
    const size_t count = std::bit_floor(fit);
    std::string text(insert_into.text());
    text.reserve(text.size() + count * (3 * columns + 3) + suffix.text().size());
    parameters.clear();
    parameters.reserve(count * columns);
    for (size_t i = begin; i < begin + count; ++i) {
      text += i == begin ? "(" : ", (";
      for (size_t column = 0; column < columns; ++column) text += column == 0 ? "?" : ", ?";
      text += ')';
      parameters.insert(parameters.end(), rows[i].begin(), rows[i].end());
    }
    text += suffix.text();
    const absl::Status status = Run([&] {
      changed += connection_.Execute(text, parameters);
      return absl::OkStatus();
    });
    if (!status.ok()) return status;
    begin += count;
  }
  return changed;
}

void Transaction::OnCommit(std::function<void()> notify) { on_commit_.push_back(std::move(notify)); }

// One run of a transaction on one connection.
class TransactionRunner {
 public:
  enum class Outcome {
    kDone,     // `status` is for the caller.
    kRerun,    // A conflict, rolled back. `status` says so.
    kDead,     // The connection was dead before anything ran on it.
    kInDoubt,  // Lost in COMMIT.
  };

  TransactionRunner(Pool& pool, absl::Time deadline, const TransactionOptions& options)
      : pool_(pool), deadline_(deadline), options_(options) {}

  Outcome Attempt(absl::FunctionRef<absl::Status(Transaction&)> body) {
    absl::StatusOr<Pool::Lease> lease = pool_.Get(deadline_);
    if (!lease.ok()) return Done(lease.status());
    if (absl::Status begun = Begin(**lease); !begun.ok()) {
      const bool pooled = !(*lease)->fresh();
      lease->Discard();
      status_ = begun;
      return pooled ? Outcome::kDead : Outcome::kDone;
    }
    Transaction tx(**lease, deadline_, /*reading=*/false);
    absl::Status result = Fence([&] { return body(tx); });
    // A body that went on after a conflict or a loss must not be committed.
    if (!tx.dead_.ok()) result = tx.dead_;
    if (result.ok()) result = tx.CheckAlive();
    if (!result.ok()) {
      Rollback(*lease, tx);
      status_ = result;
      return tx.conflict_ ? Outcome::kRerun : Outcome::kDone;
    }
    return Commit(*lease, tx);
  }

  // Asks the probe, on new connections, until it answers or the time is up.
  void Resolve() {
    absl::Duration pause = absl::Milliseconds(10);
    while (options_.committed != nullptr && absl::Now() + pause < deadline_) {
      absl::SleepFor(Jittered(pause));
      pause = std::min(pause * 2, absl::Seconds(1));
      absl::StatusOr<bool> committed = Probe();
      if (!committed.ok()) continue;
      if (*committed) {
        Notify();
      } else {
        status_ = absl::UnavailableError("the database connection was lost; nothing was changed");
      }
      return;
    }
    if (options_.committed != nullptr)
      Log(LogLevel::kError, "the outcome of a commit could not be found out");
    status_ = WithReason(absl::UnknownError("the database connection was lost while committing"),
                         "COMMIT_OUTCOME_UNKNOWN");
  }

  // Reading without a transaction.
  Outcome Read(absl::FunctionRef<absl::Status(Transaction&)> body) {
    absl::StatusOr<Pool::Lease> lease = pool_.Get(deadline_);
    if (!lease.ok()) return Done(lease.status());
    const absl::Time start = absl::Now();
    Transaction tx(**lease, deadline_, /*reading=*/true);
    status_ = Fence([&] { return body(tx); });
    if (tx.dead_.ok() || tx.conflict_) return Outcome::kDone;
    const bool pooled = !(*lease)->fresh();
    lease->Discard();
    if (status_.ok()) status_ = tx.dead_;
    // A connection that died in the pool shows it at once; one that times out has had its chance.
    return pooled && absl::Now() - start < absl::Seconds(1) ? Outcome::kDead : Outcome::kDone;
  }

  const absl::Status& status() const { return status_; }

 private:
  Outcome Done(absl::Status status) {
    status_ = std::move(status);
    return Outcome::kDone;
  }

  absl::Status Begin(Connection& connection) {
    return Fence([&] {
      if (options_.read_committed) connection.Command("SET TRANSACTION ISOLATION LEVEL READ COMMITTED");
      if (options_.read_only) {
        connection.Command("START TRANSACTION READ ONLY");
      } else {
        connection.Command("START TRANSACTION");
      }
      return absl::OkStatus();
    });
  }

  static void Rollback(Pool::Lease& lease, const Transaction& tx) {
    if (!tx.dead_.ok() && !tx.conflict_) return lease.Discard();
    try {
      lease->Command("ROLLBACK");
    } catch (const sql::SQLException& error) {
      Log(LogLevel::kWarning, "rollback failed, connection closed", {{"code", error.getErrorCode()}});
      lease.Discard();
    }
  }

  Outcome Commit(Pool::Lease& lease, Transaction& tx) {
    on_commit_ = std::move(tx.on_commit_);
    lease.Uninterrupted();
    try {
      lease->Command("COMMIT");
    } catch (const sql::SQLException& error) {
      status_ = FromSqlException(error);
      switch (KindOf(error)) {
        case MysqlError::kLost:
          lease.Discard();
          return Outcome::kInDoubt;
        case MysqlError::kConflict:
          Rollback(lease, tx);
          return Outcome::kRerun;
        case MysqlError::kOther:
          // Whatever it was, the session must not carry it on.
          lease.Discard();
          return Outcome::kDone;
      }
    }
    Notify();
    return Outcome::kDone;
  }

  void Notify() {
    status_ = absl::OkStatus();
    for (const std::function<void()>& notify : on_commit_) notify();
  }

  absl::StatusOr<bool> Probe() {
    absl::StatusOr<Pool::Lease> lease = pool_.Get(deadline_);
    if (!lease.ok()) return lease.status();
    if (absl::Status begun = Begin(**lease); !begun.ok()) {
      lease->Discard();
      return begun;
    }
    Transaction tx(**lease, deadline_, /*reading=*/false);
    absl::StatusOr<bool> committed = false;
    const absl::Status status = Fence([&] {
      committed = options_.committed(tx);
      return committed.status();
    });
    Rollback(*lease, tx);
    if (!status.ok()) return status;
    if (!tx.dead_.ok()) return tx.dead_;
    return committed;
  }

  Pool& pool_;
  const absl::Time deadline_;
  const TransactionOptions& options_;
  absl::Status status_;
  std::vector<std::function<void()>> on_commit_;
};

absl::Status RunTransaction(Pool& pool, absl::Time deadline,
                            absl::FunctionRef<absl::Status(Transaction&)> body,
                            const TransactionOptions& options) {
  using Outcome = TransactionRunner::Outcome;
  TransactionRunner runner(pool, deadline, options);
  absl::Duration pause = absl::Milliseconds(2);
  int dead = 0;
  while (true) {
    switch (runner.Attempt(body)) {
      case Outcome::kDone:
        return runner.status();
      case Outcome::kInDoubt:
        runner.Resolve();
        return runner.status();
      case Outcome::kDead:
        // After a restart of the database every pooled connection is dead, so each of them may have to go.
        if (++dead > pool.options().connections) return runner.status();
        break;
      case Outcome::kRerun:
        if (absl::Now() + pause > deadline) return runner.status();
        absl::SleepFor(Jittered(pause));
        pause = std::min(pause * 2, absl::Milliseconds(100));
        break;
    }
  }
}

absl::Status RunQuery(Pool& pool, absl::Time deadline, absl::FunctionRef<absl::Status(Transaction&)> body) {
  const TransactionOptions options;
  TransactionRunner runner(pool, deadline, options);
  for (int dead = 0; dead <= pool.options().connections; ++dead) {
    if (runner.Read(body) == TransactionRunner::Outcome::kDone) break;
  }
  return runner.status();
}

}  // namespace servicekit
