#include "servicekit/mysql/pool.h"

#include <thread>
#include <utility>
#include <vector>

#include <cppconn/exception.h>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "servicekit/mysql/connection.h"
#include "servicekit/mysql/error.h"
#include "servicekit/mysql/transaction.h"
#include "servicekit/telemetry/log.h"
#include "servicekit/types/str_cat.h"

namespace servicekit {
namespace {

// A check costs 28 µs, as much as a small query; half a minute is below every proxy's and server's idle
// limit.
constexpr absl::Duration kCheckAfter = absl::Seconds(30);
// Statements that end by themselves in time are left alone.
constexpr absl::Duration kGrace = absl::Seconds(1);
constexpr absl::Duration kLookEvery = absl::Milliseconds(500);

}  // namespace

struct Pool::State {
  MysqlOptions options;
  mutable absl::Mutex mutex;
  absl::CondVar returned;
  std::vector<std::unique_ptr<Connection>> idle
      ABSL_GUARDED_BY(mutex);  // The last one returned is used first.
  int open ABSL_GUARDED_BY(mutex) = 0;
  int waiting ABSL_GUARDED_BY(mutex) = 0;

  struct Watch {
    absl::Time due;
    bool killing = false;  // Whoever gives it back waits, or the next one's statement would be hit.
  };
  absl::flat_hash_map<const Connection*, Watch> leased ABSL_GUARDED_BY(mutex);
  absl::CondVar killed;
  bool stopping ABSL_GUARDED_BY(mutex) = false;
  std::thread watchdog;  // From the first lease on.

  ~State() {
    {
      absl::MutexLock lock(&mutex);
      stopping = true;
    }
    if (watchdog.joinable()) watchdog.join();
  }

  void Watchdog();
  void Kill(int64_t session);
  void BeginWatch(const Connection* connection, absl::Time due) {
    absl::MutexLock lock(&mutex);
    leased[connection] = {due + kGrace};
    if (!watchdog.joinable()) watchdog = std::thread([this] { Watchdog(); });
  }
  void EndWatch(const Connection* connection) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex) {
    while (leased[connection].killing) killed.Wait(&mutex);
    leased.erase(connection);
  }

  // One connection fewer, and room for another.
  void Forget() {
    absl::MutexLock lock(&mutex);
    --open;
    returned.Signal();
  }
};

void Pool::State::Watchdog() {
  absl::MutexLock lock(&mutex);
  while (!mutex.AwaitWithTimeout(absl::Condition(&stopping), kLookEvery)) {
    const absl::Time now = absl::Now();
    std::vector<std::pair<const Connection*, int64_t>> overdue;
    for (auto& [connection, watch] : leased) {
      if (watch.due > now) continue;
      watch = {absl::InfiniteFuture(), true};
      overdue.emplace_back(connection, connection->session());
    }
    for (const auto& [connection, session] : overdue) {
      mutex.Unlock();
      Kill(session);
      mutex.Lock();
      leased[connection].killing = false;
      killed.SignalAll();
    }
  }
}

void Pool::State::Kill(int64_t session) {
  MysqlOptions brief = options;
  brief.connect_timeout = brief.read_timeout = absl::Seconds(1);
  const auto connection = Connection::Open(brief, absl::Now() + brief.connect_timeout);
  absl::Status status = connection.status();
  if (status.ok()) {
    try {
      (*connection)->RunFreeText(StrCat("KILL QUERY ", session));
    } catch (const sql::SQLException& error) {
      status = FromSqlException(error);
    }
  }
  Log(LogLevel::kWarning, "a statement outlived its caller's deadline, ended it",
      {{"status", status.ToString()}});
}

Pool::Pool(MysqlOptions options) : state_(std::make_unique<State>()) { state_->options = std::move(options); }
Pool::~Pool() = default;

absl::StatusOr<Pool::Lease> Pool::Get(absl::Time deadline) {
  while (true) {
    std::unique_ptr<Connection> connection;
    {
      absl::MutexLock lock(&state_->mutex);
      ++state_->waiting;
      bool in_time = true;
      while (in_time && state_->idle.empty() && state_->open >= state_->options.connections) {
        in_time = !state_->returned.WaitWithDeadline(&state_->mutex, deadline);
      }
      --state_->waiting;
      if (!state_->idle.empty()) {
        connection = std::move(state_->idle.back());
        state_->idle.pop_back();
      } else if (state_->open < state_->options.connections) {
        ++state_->open;
      } else {
        return absl::DeadlineExceededError("no database connection became free in time");
      }
    }
    if (connection != nullptr) {
      if (absl::Now() - connection->idle_since_ < kCheckAfter || connection->IsValid()) {
        state_->BeginWatch(connection.get(), deadline);
        return Lease(this, std::move(connection));
      }
      connection.reset();
      state_->Forget();
      continue;
    }
    absl::StatusOr<std::unique_ptr<Connection>> opened = Connection::Open(state_->options, deadline);
    if (!opened.ok()) {
      state_->Forget();
      return opened.status();
    }
    state_->BeginWatch(opened->get(), deadline);
    return Lease(this, *std::move(opened));
  }
}

const MysqlOptions& Pool::options() const { return state_->options; }

Pool::Usage Pool::usage() const {
  absl::MutexLock lock(&state_->mutex);
  return {.open = state_->open,
          .busy = state_->open - static_cast<int>(state_->idle.size()),
          .waiting = state_->waiting};
}

Pool::Lease::Lease(Pool* pool, std::unique_ptr<Connection> connection)
    : pool_(pool), connection_(std::move(connection)) {}
Pool::Lease::Lease(Lease&&) noexcept = default;

Pool::Lease::~Lease() {
  if (connection_ == nullptr) return;
  connection_->fresh_ = false;
  connection_->idle_since_ = absl::Now();
  absl::MutexLock lock(&pool_->state_->mutex);
  pool_->state_->EndWatch(connection_.get());
  pool_->state_->idle.push_back(std::move(connection_));
  pool_->state_->returned.Signal();
}

void Pool::Lease::Discard() {
  if (connection_ == nullptr) return;
  {
    absl::MutexLock lock(&pool_->state_->mutex);
    pool_->state_->EndWatch(connection_.get());
  }
  connection_.reset();
  pool_->state_->Forget();
}

void Pool::Lease::Uninterrupted() {
  State& state = *pool_->state_;
  absl::MutexLock lock(&state.mutex);
  State::Watch& watch = state.leased[connection_.get()];
  while (watch.killing) state.killed.Wait(&state.mutex);
  watch.due = absl::InfiniteFuture();
}

absl::Status CheckMigrations(Pool& pool, absl::Time deadline, const std::vector<std::string>& migrations) {
  const absl::StatusOr<std::vector<std::string>> done = RunReading(pool, deadline, [](Transaction& tx) {
    return tx.QueryAll(Sql("SELECT version FROM schema_migrations"),
                       [](const Row& row) { return row.Text(0); });
  });
  if (!done.ok()) return done.status();
  const absl::flat_hash_set<std::string> there(done->begin(), done->end());
  std::vector<std::string> missing;
  for (const std::string& version : migrations) {
    if (!there.contains(version)) missing.push_back(version);
  }
  if (missing.empty()) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat("the schema lacks migrations that this program needs: ", absl::StrJoin(missing, ", ")));
}

}  // namespace servicekit
