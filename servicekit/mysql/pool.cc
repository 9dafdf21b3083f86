#include "servicekit/mysql/pool.h"

#include <utility>
#include <vector>

#include <cppconn/exception.h>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "servicekit/mysql/connection.h"
#include "servicekit/mysql/transaction.h"

namespace servicekit {
namespace {

// A check costs 28 µs, as much as a small query; half a minute is below every proxy's and server's idle
// limit.
constexpr absl::Duration kCheckAfter = absl::Seconds(30);

}  // namespace

struct Pool::State {
  MysqlOptions options;
  mutable absl::Mutex mutex;
  absl::CondVar returned;
  std::vector<std::unique_ptr<Connection>> idle
      ABSL_GUARDED_BY(mutex);  // The last one returned is used first.
  int open ABSL_GUARDED_BY(mutex) = 0;
  int waiting ABSL_GUARDED_BY(mutex) = 0;

  // One connection fewer, and room for another.
  void Forget() {
    absl::MutexLock lock(&mutex);
    --open;
    returned.Signal();
  }
};

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
  pool_->state_->idle.push_back(std::move(connection_));
  pool_->state_->returned.Signal();
}

void Pool::Lease::Discard() {
  if (connection_ == nullptr) return;
  connection_.reset();
  pool_->state_->Forget();
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
