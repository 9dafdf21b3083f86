#include "servicekit/feed/consumer.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <optional>
#include <thread>
#include <utility>

#include <grpcpp/impl/codegen/proto_utils.h>
#include <grpcpp/support/sync_stream.h>

#include "absl/random/random.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "servicekit/telemetry/log.h"
#include "servicekit/types/str_cat.h"

namespace servicekit {
namespace {

using clientele::type::v1::FeedEntry;
using clientele::type::v1::ReadFeedRequest;
using clientele::type::v1::ReadFeedResponse;

constexpr absl::Duration kShortestPause = absl::Milliseconds(50);
constexpr absl::Duration kLongestPause = absl::Seconds(5);
constexpr absl::Duration kApplyTimeout = absl::Seconds(60);
// Three heartbeats: a peer that says nothing for so long is taken for dead, even if its connection is not
// closed.
constexpr absl::Duration kSilence = absl::Seconds(45);

}  // namespace

struct FeedConsumer::State {
  State(Pool& p, Options o) : pool(p), options(std::move(o)) {}

  void Run();
  void Watch();
  // Follows one stream to its end. `progress` when something was applied, or there was nothing to apply.
  absl::Status Follow(bool* progress);
  absl::StatusOr<int64_t> StoredPosition();
  absl::Status Apply(const ReadFeedResponse& response);
  void Heard(int64_t head_position);

  Pool& pool;
  const Options options;
  std::thread worker, watcher;
  std::atomic<int64_t> position = 0;
  std::atomic<int64_t> head = -1;

  absl::Mutex mutex;
  bool stopping ABSL_GUARDED_BY(mutex) = false;
  grpc::ClientContext* reading ABSL_GUARDED_BY(mutex) = nullptr;  // While a stream is open.
  absl::Time heard ABSL_GUARDED_BY(mutex);
  bool applying ABSL_GUARDED_BY(mutex) = false;
};

absl::StatusOr<int64_t> FeedConsumer::State::StoredPosition() {
  // The row is there before its first lock, so that locking it never means inserting it.
  return RunInTransaction(pool, absl::Now() + kApplyTimeout, [&](Transaction& tx) -> absl::StatusOr<int64_t> {
    const Sql read("SELECT position FROM feed_positions WHERE source = ?", {options.source});
    const auto decode = [](const Row& row) { return row.Int64(0); };
    absl::StatusOr<int64_t> stored = tx.QueryOne(read, decode);
    if (!absl::IsNotFound(stored.status())) return stored;
    const absl::StatusOr<int64_t> inserted =
        tx.Execute(Sql("INSERT INTO feed_positions (source, position) VALUES (?, 0) "
                       "ON DUPLICATE KEY UPDATE position = position",
                       {options.source}));
    if (!inserted.ok()) return inserted.status();
    return tx.QueryOne(read + Sql(" FOR UPDATE"), decode);
  });
}

absl::Status FeedConsumer::State::Apply(const ReadFeedResponse& response) {
  const int64_t last = response.entries().rbegin()->position();
  return RunTransaction(pool, absl::Now() + kApplyTimeout, [&](Transaction& tx) -> absl::Status {
    const absl::StatusOr<int64_t> stored =
        tx.QueryOne(Sql("SELECT position FROM feed_positions WHERE source = ? FOR UPDATE", {options.source}),
                    [](const Row& row) { return row.Int64(0); });
    if (!stored.ok()) return stored.status();
    // Another replica was faster, or our own COMMIT had succeeded though its answer was lost.
    if (*stored >= last) return absl::OkStatus();
    const int64_t first = response.entries(0).position();
    if (*stored + 1 < first) {
      return absl::OutOfRangeError(
          StrCat("the stored position is ", *stored, ", the entries begin at ", first));
    }
    ReadFeedResponse rest;
    if (*stored >= first) {
      rest = response;
      rest.mutable_entries()->DeleteSubrange(0, static_cast<int>(*stored + 1 - first));
    }
    if (absl::Status status = options.apply(tx, *stored >= first ? rest : response); !status.ok())
      return status;
    return tx.Execute(Sql("UPDATE feed_positions SET position = ? WHERE source = ?", {last, options.source}))
        .status();
  });
}

void FeedConsumer::State::Heard(int64_t head_position) {
  head = head_position;
  absl::MutexLock lock(&mutex);
  heard = absl::Now();
}

absl::Status FeedConsumer::State::Follow(bool* progress) {
  const absl::StatusOr<int64_t> stored = StoredPosition();
  if (!stored.ok()) return stored.status();
  position = *stored;

  grpc::ClientContext context;
  // Waits for a channel that is still connecting, rather than failing at once.
  context.set_wait_for_ready(true);
  if (options.token != nullptr) context.AddMetadata("authorization", StrCat("Bearer ", options.token()));
  {
    absl::MutexLock lock(&mutex);
    if (stopping) return absl::CancelledError("stopping");
    heard = absl::Now();
    reading = &context;
  }
  ReadFeedRequest request;
  request.set_after(*stored);
  const std::unique_ptr<ClientReader> stream = options.open(&context, request);
  ReadFeedResponse response;
  absl::Status status;
  while (stream->Read(&response)) {
    Heard(response.head());
    if (response.head() < position) {
      status = absl::DataLossError(
          StrCat("the feed ends at ", response.head(), ", we have applied ", position.load()));
      break;
    }
    if (response.entries().empty()) {
      *progress = true;
      continue;
    }
    int64_t expected = position + 1;
    for (const FeedEntry& entry : response.entries()) {
      if (entry.position() != expected++) {
        status =
            absl::DataLossError(StrCat("position ", expected - 1, " is missing, got ", entry.position()));
        break;
      }
    }
    if (!status.ok()) break;
    {
      absl::MutexLock lock(&mutex);
      applying = true;
    }
    status = Apply(response);
    {
      absl::MutexLock lock(&mutex);
      applying = false;
      heard = absl::Now();
    }
    if (!status.ok()) break;
    position = response.entries().rbegin()->position();
    *progress = true;
  }
  if (!status.ok()) context.TryCancel();
  const grpc::Status ended = stream->Finish();
  absl::MutexLock lock(&mutex);
  reading = nullptr;
  applying = false;
  if (!status.ok()) return status;
  return absl::Status(static_cast<absl::StatusCode>(ended.error_code()), ended.error_message());
}

void FeedConsumer::State::Run() {
  absl::BitGen random;
  absl::Duration pause = kShortestPause;
  while (true) {
    bool progress = false;
    absl::Status status;
    try {
      status = Follow(&progress);
    } catch (const std::exception& error) {
      status = absl::InternalError(error.what());
      absl::MutexLock lock(&mutex);
      reading = nullptr;
      applying = false;
    }
    pause = progress ? kShortestPause : std::min(pause * 2, kLongestPause);
    absl::MutexLock lock(&mutex);
    if (stopping) return;
    // A server that drains, or one that restarts, is everyday; the rest stops the feed until someone looks.
    const bool everyday =
        status.ok() || absl::IsUnavailable(status) || absl::IsCancelled(status) || absl::IsAborted(status);
    Log(everyday ? LogLevel::kInfo : LogLevel::kError, "feed interrupted, will continue",
        {{"source", options.source}, {"position", position.load()}, {"status", status.ToString()}});
    mutex.AwaitWithTimeout(absl::Condition(&stopping), pause * absl::Uniform(random, 0.5, 1.0));
    if (stopping) return;
  }
}

void FeedConsumer::State::Watch() {
  absl::MutexLock lock(&mutex);
  while (!mutex.AwaitWithTimeout(absl::Condition(&stopping), absl::Seconds(5))) {
    if (reading != nullptr && !applying && absl::Now() - heard > kSilence) {
      Log(LogLevel::kWarning, "feed silent, will reconnect", {{"source", options.source}});
      reading->TryCancel();
      heard = absl::Now();
    }
  }
}

FeedConsumer::FeedConsumer(Pool& pool, Options options)
    : state_(std::make_unique<State>(pool, std::move(options))) {}
FeedConsumer::~FeedConsumer() { Stop(); }

void FeedConsumer::Start() {
  State* const state = state_.get();
  {
    absl::MutexLock lock(&state->mutex);
    state->stopping = false;
  }
  state->worker = std::thread([state] { state->Run(); });
  state->watcher = std::thread([state] { state->Watch(); });
}

void FeedConsumer::Stop() {
  {
    absl::MutexLock lock(&state_->mutex);
    state_->stopping = true;
    if (state_->reading != nullptr) state_->reading->TryCancel();
  }
  if (state_->worker.joinable()) state_->worker.join();
  if (state_->watcher.joinable()) state_->watcher.join();
}

int64_t FeedConsumer::position() const { return state_->position; }

int64_t FeedConsumer::lag() const {
  const int64_t head = state_->head;
  return head < 0 ? -1 : std::max<int64_t>(0, head - state_->position);
}

void FeedConsumer::ExportLag(Metrics& metrics) const {
  metrics.AddGauge("clientele_feed_lag_entries", "Entries of another service's feed that are not applied yet",
                   {{"source", state_->options.source}}, [this] { return static_cast<double>(lag()); });
}

}  // namespace servicekit
