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

struct Stored {
  int64_t position;
  std::optional<std::string> mark;  // Of the entry there; none before the first.
};

// Tells an entry from another one that stands at the same position of a restored feed. Nothing of the event
// itself, which an erasure may change.
std::string MarkOf(const FeedEntry& entry) {
  return StrCat(entry.customer(), " ", entry.event_time().seconds(), ".", entry.event_time().nanos(), " ",
                entry.event().type_url())
      .substr(0, 255);
}

}  // namespace

struct FeedConsumer::State {
  State(Pool& p, Options o) : pool(p), options(std::move(o)) {}

  void Run();
  void Watch();
  // Follows one stream to its end. `progress` when something was applied, or there was nothing to apply.
  absl::Status Follow(bool* progress);
  absl::StatusOr<Stored> ReadStored();
  absl::Status Apply(const ReadFeedResponse& response);
  void Heard();

  Pool& pool;
  const Options options;
  std::thread worker, watcher;
  std::atomic<int64_t> position = 0;
  std::atomic<int64_t> head = 0;
  std::atomic<bool> following = false;

  absl::Mutex mutex;
  bool stopping ABSL_GUARDED_BY(mutex) = false;
  grpc::ClientContext* reading ABSL_GUARDED_BY(mutex) = nullptr;  // While a stream is open.
  absl::Time heard ABSL_GUARDED_BY(mutex);
  bool applying ABSL_GUARDED_BY(mutex) = false;
};

absl::StatusOr<Stored> FeedConsumer::State::ReadStored() {
  // The row is there before its first lock, so that locking it never means inserting it.
  return RunInTransaction(pool, absl::Now() + kApplyTimeout, [&](Transaction& tx) -> absl::StatusOr<Stored> {
    const Sql read("SELECT position, mark FROM feed_positions WHERE source = ?", {options.source});
    const auto decode = [](const Row& row) { return Stored{row.Int64(0), row.OptionalText(1)}; };
    absl::StatusOr<Stored> stored = tx.QueryOne(read, decode);
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
    return tx
        .Execute(Sql("UPDATE feed_positions SET position = ?, mark = ? WHERE source = ?",
                     {last, MarkOf(*response.entries().rbegin()), options.source}))
        .status();
  });
}

void FeedConsumer::State::Heard() {
  absl::MutexLock lock(&mutex);
  heard = absl::Now();
}

absl::Status FeedConsumer::State::Follow(bool* progress) {
  const absl::StatusOr<Stored> stored = ReadStored();
  if (!stored.ok()) return stored.status();
  position = stored->position;
  // The entry that was applied last comes once more, to be compared.
  int64_t expected = stored->mark.has_value() ? stored->position : stored->position + 1;

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
  request.set_after(expected - 1);
  const std::unique_ptr<ClientReader> stream = options.open(&context, request);
  ReadFeedResponse response;
  absl::Status status;
  while (stream->Read(&response)) {
    Heard();
    if (response.head() < position) {
      status = absl::DataLossError(
          StrCat("the feed ends at ", response.head(), ", we have applied ", position.load()));
      break;
    }
    for (const FeedEntry& entry : response.entries()) {
      if (entry.position() != expected) {
        status = absl::DataLossError(StrCat("position ", expected, " is missing, got ", entry.position()));
        break;
      }
      if (expected == stored->position && MarkOf(entry) != stored->mark) {
        status = absl::DataLossError(StrCat("the entry at ", expected,
                                            " is not the one that was applied: has the feed been restored?"));
        break;
      }
      ++expected;
    }
    if (!status.ok()) break;
    if (expected - 1 > position) {
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
      position = expected - 1;
    }
    head = response.head();
    following = true;
    *progress = true;
  }
  following = false;
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
      following = false;
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
  while (!mutex.AwaitWithTimeout(absl::Condition(&stopping), options.silence / 9)) {
    if (reading != nullptr && !applying && absl::Now() - heard > options.silence) {
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
  return state_->following ? std::max<int64_t>(0, state_->head - state_->position) : -1;
}

void FeedConsumer::ExportLag(Metrics& metrics) const {
  metrics.AddGauge("clientele_feed_lag_entries",
                   "Entries of another service's feed that are not applied yet; -1 while it is not followed",
                   {{"source", state_->options.source}}, [this] { return static_cast<double>(lag()); });
}

}  // namespace servicekit
