#include "servicekit/feed/publisher.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include <google/protobuf/any.pb.h>

#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "servicekit/access/row_rule.h"
#include "servicekit/telemetry/log.h"
#include "servicekit/types/error.h"
#include "servicekit/types/resource_name.h"
#include "servicekit/types/str_cat.h"

namespace servicekit {
namespace {

using clientele::type::v1::FeedEntry;
using clientele::type::v1::ReadFeedRequest;
using clientele::type::v1::ReadFeedResponse;

// A reader waits for an event of another replica, or for one whose process died before it woke anyone, no
// longer than the slowest poll; its own process's commits wake the sequencer at once.
constexpr absl::Duration kFastestPoll = absl::Milliseconds(50);
constexpr absl::Duration kSlowestPoll = absl::Milliseconds(500);
// Between two batches, so that under load one takes many commits along instead of competing with them for
// each.
constexpr absl::Duration kRest = absl::Milliseconds(5);
// The contract promises a message every 15 s.
constexpr absl::Duration kHeartbeat = absl::Seconds(12);
constexpr absl::Duration kSequenceTimeout = absl::Seconds(30);
// Each batch looks at all that wait, to sort them, so small ones would make a long backlog quadratic.
constexpr int kSequenceBatch = 5000;
constexpr int kReadBatch = 500;
constexpr size_t kReadBytes = 1 << 20;

void SetTime(absl::Time time, google::protobuf::Timestamp* out) {
  const int64_t micros = absl::ToUnixMicros(time);
  int64_t seconds = micros / 1'000'000;
  int64_t fraction = micros % 1'000'000;
  if (fraction < 0) {
    --seconds;
    fraction += 1'000'000;
  }
  out->set_seconds(seconds);
  out->set_nanos(static_cast<int32_t>(fraction * 1000));
}

}  // namespace

struct FeedPublisher::State {
  explicit State(Pool& p) : pool(p) {}

  // One transaction's worth. Returns how many entries got a position.
  absl::StatusOr<int> SequenceBatch();
  absl::StatusOr<int64_t> SequenceAll();
  // Readers learn of a head that was reached here or on another replica.
  void Reached(int64_t position);
  // Cheap look for work, on an idle feed's every poll.
  absl::StatusOr<bool> Pending();
  void Run();
  absl::StatusOr<ReadFeedResponse> ReadBatch(absl::Time deadline, int64_t after);

  Pool& pool;
  std::atomic<int64_t> head = 0;  // The last position known to be given.
  std::thread thread;

  absl::Mutex mutex;
  bool stopping ABSL_GUARDED_BY(mutex) = false;
  bool woken ABSL_GUARDED_BY(mutex) = false;
  int64_t next_reader ABSL_GUARDED_BY(mutex) = 0;
  std::map<int64_t, std::function<void()>> readers ABSL_GUARDED_BY(mutex);
};

// Why the order is right: an entry gets its `seq` when it is inserted. Transactions about one customer hold
// the customer's row lock from before the insert until they have committed, so the later one inserts after
// the earlier one has committed: within a customer, seq order is commit order. Across customers seq order
// says nothing, and an entry with a lower seq may be committed later; it then simply gets a later position.
// That is why readers follow positions: one is given only to committed entries, by one sequencer at a time,
// so whatever is committed later comes later. (An engine whose nodes hand out AUTO_INCREMENT from ranges of
// their own keeps this only as long as a customer's writes go through one node.)
absl::StatusOr<int> FeedPublisher::State::SequenceBatch() {
  int given = 0;
  int64_t last = 0;
  // READ COMMITTED: a plain read sees what is committed now, after the lock was got, and takes no gap locks
  // that the writers of new entries would wait for. It waits for no open transaction either.
  const absl::Status status = RunTransaction(
      pool, absl::Now() + kSequenceTimeout,
      [&](Transaction& tx) -> absl::Status {
        given = 0;
        const absl::StatusOr<int64_t> position =
            tx.QueryOne(Sql("SELECT position FROM feed_sequencer WHERE id = 1 FOR UPDATE"),
                        [](const Row& row) { return row.Int64(0); });
        if (!position.ok()) return position.status();
        last = *position;
        // The index by position finds them; without the hint the optimizer may walk the whole table in order
        // of its primary key instead.
        const absl::StatusOr<std::vector<int64_t>> waiting =
            tx.QueryAll(Sql("SELECT seq FROM feed FORCE INDEX (feed_by_position) WHERE position IS NULL "
                            "ORDER BY seq LIMIT ?",
                            {kSequenceBatch}),
                        [](const Row& row) { return row.Int64(0); });
        if (!waiting.ok()) return waiting.status();
        // One UPDATE for each run of adjacent seqs, all of which are committed.
        for (size_t begin = 0, end = 0; begin < waiting->size(); begin = end) {
          end = begin + 1;
          while (end < waiting->size() && (*waiting)[end] == (*waiting)[end - 1] + 1) ++end;
          const auto count = static_cast<int64_t>(end - begin);
          const absl::StatusOr<int64_t> changed =
              tx.Execute(Sql("UPDATE feed SET position = seq + ? WHERE seq BETWEEN ? AND ?",
                             {last + 1 - (*waiting)[begin], (*waiting)[begin], (*waiting)[end - 1]}));
          if (!changed.ok()) return changed.status();
          if (*changed != count) return absl::InternalError("the feed's entries changed under the sequencer");
          last += count;
          given += static_cast<int>(count);
        }
        if (given == 0) return absl::OkStatus();
        return tx.Execute(Sql("UPDATE feed_sequencer SET position = ? WHERE id = 1", {last})).status();
      },
      {.read_committed = true});
  if (!status.ok()) return status;
  Reached(last);
  return given;
}

absl::StatusOr<int64_t> FeedPublisher::State::SequenceAll() {
  while (true) {
    const absl::StatusOr<int> given = SequenceBatch();
    if (!given.ok()) return given.status();
    if (*given < kSequenceBatch) return head.load();
  }
}

void FeedPublisher::State::Reached(int64_t position) {
  int64_t before = head.load();
  while (before < position && !head.compare_exchange_weak(before, position)) {
  }
  if (before >= position) return;
  std::vector<std::function<void()>> wakes;
  {
    absl::MutexLock lock(&mutex);
    for (const auto& [id, wake] : readers) wakes.push_back(wake);
  }
  // Outside the lock: the last holder of a stream that has ended may let go of its Reader here.
  for (const std::function<void()>& wake : wakes) wake();
}

absl::StatusOr<bool> FeedPublisher::State::Pending() {
  return RunReading(pool, absl::Now() + kSequenceTimeout, [&](Transaction& tx) -> absl::StatusOr<bool> {
    return tx.QueryOne(Sql("SELECT position, EXISTS (SELECT 1 FROM feed WHERE position IS NULL) FROM "
                           "feed_sequencer WHERE id = 1"),
                       [&](const Row& row) {
                         Reached(row.Int64(0));
                         return row.Bool(1);
                       });
  });
}

void FeedPublisher::State::Run() {
  absl::Duration poll = kFastestPoll;
  bool failing = false;
  while (true) {
    bool work = false;
    {
      absl::MutexLock lock(&mutex);
      const auto ready = [this] {
        mutex.AssertHeld();
        return woken || stopping;
      };
      mutex.AwaitWithTimeout(absl::Condition(&ready), poll);
      if (stopping) return;
      work = std::exchange(woken, false);
    }
    absl::Status status;
    if (!work) {
      const absl::StatusOr<bool> pending = Pending();
      status = pending.status();
      work = pending.value_or(false);
    }
    if (work) status = SequenceAll().status();
    poll = work && status.ok() ? kFastestPoll : std::min(poll * 1.5, kSlowestPoll);
    if (!status.ok()) {
      // Once for each outage.
      if (!std::exchange(failing, true)) {
        Log(LogLevel::kError, "the feed's sequencer failed, tries on", {{"status", status.ToString()}});
      }
      // Not faster than the slowest poll, however often commits wake us.
      absl::MutexLock lock(&mutex);
      mutex.AwaitWithTimeout(absl::Condition(&stopping), kSlowestPoll);
      woken = true;
      continue;
    }
    if (std::exchange(failing, false)) Log(LogLevel::kInfo, "the feed's sequencer works again");
    if (work) {
      absl::MutexLock lock(&mutex);
      mutex.AwaitWithTimeout(absl::Condition(&stopping), kRest);
    }
  }
}

absl::StatusOr<ReadFeedResponse> FeedPublisher::State::ReadBatch(absl::Time deadline, int64_t after) {
  return RunReading(pool, deadline, [&](Transaction& tx) -> absl::StatusOr<ReadFeedResponse> {
    ReadFeedResponse response;
    size_t bytes = 0;
    bool full = false;
    const absl::Status status =
        tx.Query(Sql("SELECT position, customer_id, event_time, payload FROM feed WHERE position > ? ORDER "
                     "BY position LIMIT ?",
                     {after, kReadBatch}),
                 [&](const Row& row) -> absl::Status {
                   if (full) return absl::OkStatus();
                   const std::string payload = row.Blob(3);
                   if (response.entries_size() > 0 && bytes + payload.size() > kReadBytes) {
                     full = true;
                     return absl::OkStatus();
                   }
                   bytes += payload.size();
                   FeedEntry* entry = response.add_entries();
                   entry->set_position(row.Int64(0));
                   if (const std::optional<Id> customer = row.OptionalId(1)) {
                     entry->set_customer(NameOf("customers", *customer));
                   }
                   SetTime(row.Time(2), entry->mutable_event_time());
                   if (!entry->mutable_event()->ParseFromString(payload)) {
                     return absl::DataLossError(StrCat("the feed's entry ", row.Int64(0), " cannot be read"));
                   }
                   return absl::OkStatus();
                 });
    if (!status.ok()) return status;
    const int64_t last = response.entries_size() > 0 ? response.entries().rbegin()->position() : 0;
    response.set_head(std::max(head.load(), last));
    return response;
  });
}

FeedPublisher::FeedPublisher(Pool& pool) : state_(std::make_shared<State>(pool)) {}
FeedPublisher::~FeedPublisher() { Stop(); }

FeedEvent::FeedEvent(Id about, absl::Time when, const google::protobuf::Message& event)
    : customer(about), event_time(when), type(event.GetDescriptor()->full_name()) {
  google::protobuf::Any any;
  any.PackFrom(event);
  payload = any.SerializeAsString();
}

absl::Status FeedPublisher::Publish(Transaction& tx, const std::vector<FeedEvent>& events) {
  if (events.empty()) return absl::OkStatus();
  const absl::Time now = absl::Now();
  std::vector<std::vector<Parameter>> rows;
  rows.reserve(events.size());
  for (const FeedEvent& event : events) {
    rows.push_back({event.customer.is_nil() ? std::nullopt : std::optional(event.customer), event.event_time,
                    now, event.type, Bytes{event.payload}});
  }
  const absl::StatusOr<int64_t> inserted =
      tx.InsertMany("INSERT INTO feed (customer_id, event_time, create_time, type, payload) VALUES ", rows);
  if (!inserted.ok()) return inserted.status();
  tx.OnCommit([state = std::weak_ptr<State>(state_)] {
    if (const std::shared_ptr<State> alive = state.lock()) {
      absl::MutexLock lock(&alive->mutex);
      alive->woken = true;
    }
  });
  return absl::OkStatus();
}

absl::StatusOr<int64_t> FeedPublisher::Sequence() { return state_->SequenceAll(); }

void FeedPublisher::Start() {
  {
    absl::MutexLock lock(&state_->mutex);
    state_->stopping = false;
    state_->woken = true;  // What a process that died has left.
  }
  if (!state_->thread.joinable()) state_->thread = std::thread([state = state_.get()] { state->Run(); });
}

void FeedPublisher::Stop() {
  {
    absl::MutexLock lock(&state_->mutex);
    state_->stopping = true;
  }
  if (state_->thread.joinable()) state_->thread.join();
}

grpc::ServerWriteReactor<ReadFeedResponse>* FeedPublisher::Read(Executor& executor,
                                                                grpc::CallbackServerContext* context,
                                                                const ReadFeedRequest* request) {
  const int64_t after = request->after();
  const bool until_end = request->until_end();
  return ServeStream<ReadFeedResponse>(
      executor, context,
      [state = state_, &executor, after, until_end](const CallContext& call, std::function<void()> wake)
          -> absl::StatusOr<StreamNext<ReadFeedResponse>> {
        if (absl::Status status = CheckReadsAll(call.principal); !status.ok()) return status;
        if (after < 0) return InvalidField("after", "must not be negative");
        // Also tells a fresh process where the feed stands.
        const absl::StatusOr<int64_t> end = state->SequenceAll();
        if (!end.ok()) return end.status();

        struct Reader {
          std::shared_ptr<State> state;
          int64_t id;
          int64_t position;
          absl::Time sent = absl::InfinitePast();
          ~Reader() {
            absl::MutexLock lock(&state->mutex);
            state->readers.erase(id);
          }
        };
        auto reader = std::make_shared<Reader>();
        reader->state = state;
        reader->position = after;
        {
          absl::MutexLock lock(&state->mutex);
          reader->id = state->next_reader++;
          state->readers.emplace(reader->id, std::move(wake));
        }
        return [reader, &executor, until_end,
                end = *end](const CallContext& step) -> absl::StatusOr<StreamStep<ReadFeedResponse>> {
          State& feed = *reader->state;
          // The stream may go on for ever; the right to read it does not.
          const absl::StatusOr<Principal> still = executor.VerifyToken(step.token);
          if (!still.ok()) return still.status();
          if (until_end && reader->position >= end) return StreamEnd{};
          ReadFeedResponse response;
          // At the end of the log nothing is asked of the database.
          if (reader->position < feed.head) {
            absl::StatusOr<ReadFeedResponse> batch = feed.ReadBatch(step.deadline, reader->position);
            if (!batch.ok()) return batch.status();
            response = *std::move(batch);
          } else {
            const absl::Duration silent = absl::Now() - reader->sent;
            if (silent < kHeartbeat) return StreamWait{kHeartbeat - silent};
            response.set_head(feed.head);
          }
          if (response.entries_size() > 0) reader->position = response.entries().rbegin()->position();
          reader->sent = absl::Now();
          return response;
        };
      });
}

}  // namespace servicekit
