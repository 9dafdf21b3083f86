#include "servicekit/rpc/executor.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "servicekit/types/error.h"

namespace servicekit {
namespace {

// How much one step counts in the moving average of the service time: it follows a change within some tens of
// calls.
constexpr double kAverageWeight = 1.0 / 32;

std::chrono::system_clock::time_point ToChrono(absl::Time time) {
  // An infinite time overflows inside wait_until.
  return absl::ToChronoTime(std::min(time, absl::Now() + absl::Hours(24)));
}

}  // namespace

struct Executor::State {
  struct Worker {
    std::thread thread;
    std::condition_variable woken;
    bool has_signal = false;
  };

  mutable std::mutex mutex;
  Work* first = nullptr;  // The queue, linked through the works themselves: queueing allocates nothing.
  Work* last = nullptr;
  int64_t queued = 0;
  double average_seconds = 0;  // Of one step on a worker.
  int64_t steps = 0;
  // Sleeping workers, the last to fall asleep at the end: it is woken first, since its caches are warm.
  std::vector<Worker*> idle;
  std::vector<std::unique_ptr<Worker>> workers;
  bool stopping = false;

  std::mutex timer_mutex;
  std::condition_variable timer_changed;
  std::multimap<absl::Time, std::function<void()>> timers;
  bool timer_stopping = false;
  std::thread timer;

  std::atomic<bool> draining = false;

  // Appends and picks who is to be woken; the caller wakes after it let go of the mutex.
  Worker* Append(Work* work) {
    work->next_ = nullptr;
    (last == nullptr ? first : last->next_) = work;
    last = work;
    ++queued;
    if (idle.empty()) return nullptr;
    Worker* worker = idle.back();
    idle.pop_back();
    worker->has_signal = true;
    return worker;
  }

  void Loop(Worker& self) {
    std::unique_lock lock(mutex);
    while (true) {
      while (first == nullptr) {
        if (stopping) return;
        self.has_signal = false;
        idle.push_back(&self);
        self.woken.wait(lock, [&] { return self.has_signal; });
      }
      Work* work = first;
      first = work->next_;
      if (first == nullptr) last = nullptr;
      --queued;
      lock.unlock();
      const absl::Time start = absl::Now();
      work->Run();  // May be destroyed by now.
      const double took = absl::ToDoubleSeconds(absl::Now() - start);
      lock.lock();
      ++steps;
      average_seconds += (std::max(took, 0.0) - average_seconds) *
                         std::max(kAverageWeight, 1.0 / static_cast<double>(steps));
    }
  }

  void RunTimers() {
    std::unique_lock lock(timer_mutex);
    while (!timer_stopping) {
      if (timers.empty()) {
        timer_changed.wait(lock);
        continue;
      }
      const absl::Time next = timers.begin()->first;
      if (absl::Now() < next && !draining) {
        timer_changed.wait_until(lock, ToChrono(next));
        continue;
      }
      const std::function<void()> wake = std::move(timers.begin()->second);
      timers.erase(timers.begin());
      lock.unlock();
      wake();
      lock.lock();
    }
  }
};

Executor::Executor(const Options& options, Verify verify, Metrics& metrics)
    : options_(options), verify_(std::move(verify)), metrics_(metrics), state_(std::make_shared<State>()) {
  const int count = std::max(1, options_.workers);
  state_->idle.reserve(count);
  for (int i = 0; i < count; ++i) {
    state_->workers.push_back(std::make_unique<State::Worker>());
    State::Worker& worker = *state_->workers.back();
    worker.thread = std::thread([this, &worker] { state_->Loop(worker); });
  }
  state_->timer = std::thread([this] { state_->RunTimers(); });
  const std::weak_ptr<State> weak = state_;
  const auto asked = [weak](auto read) {
    return [weak, read]() -> double {
      const std::shared_ptr<State> state = weak.lock();
      if (!state) return 0;
      std::lock_guard lock(state->mutex);
      return static_cast<double>(read(*state));
    };
  };
  metrics_.AddGauge("clientele_queue_length", "Calls that wait for a worker", {},
                    asked([](const State& state) { return state.queued; }));
  metrics_.AddGauge("clientele_workers_busy", "Workers at work", {},
                    asked([](const State& state) { return state.workers.size() - state.idle.size(); }));
  metrics_.AddGauge("clientele_workers", "Workers, busy or not", {},
                    asked([](const State& state) { return state.workers.size(); }));
}

Executor::~Executor() { Stop(); }

absl::Status Executor::Submit(Work* work, absl::Time deadline) {
  State::Worker* woken = nullptr;
  {
    std::lock_guard lock(state_->mutex);
    if (state_->stopping) return absl::UnavailableError("the server is shutting down");
    // With an idle worker there is nothing to wait for, however long the last calls took.
    if (state_->idle.empty() || state_->queued > 0) {
      const absl::Duration wait = absl::Seconds(state_->average_seconds) *
                                  (static_cast<double>(state_->queued + 1) / state_->workers.size());
      if (state_->queued >= options_.queue_length || absl::Now() + wait > deadline) {
        return WithRetryDelay(absl::ResourceExhaustedError("the server is overloaded; try again later"),
                              std::clamp(wait, absl::Milliseconds(100), absl::Seconds(30)));
      }
    }
    woken = state_->Append(work);
  }
  if (woken != nullptr) woken->woken.notify_one();
  return absl::OkStatus();
}

void Executor::Resume(Work* work) {
  State::Worker* woken = nullptr;
  {
    std::lock_guard lock(state_->mutex);
    woken = state_->Append(work);
  }
  if (woken != nullptr) woken->woken.notify_one();
}

void Executor::WakeAt(absl::Time time, std::function<void()> wake) {
  std::lock_guard lock(state_->timer_mutex);
  const auto added = state_->timers.emplace(time, std::move(wake));
  if (added == state_->timers.begin()) state_->timer_changed.notify_one();
}

void Executor::BeginDrain() {
  std::lock_guard lock(state_->timer_mutex);
  state_->draining = true;
  state_->timer_changed.notify_one();
}

bool Executor::draining() const { return state_->draining; }

void Executor::Stop() {
  std::vector<State::Worker*> sleeping;
  {
    std::lock_guard lock(state_->mutex);
    if (state_->stopping) return;
    state_->stopping = true;
    sleeping.swap(state_->idle);
    for (State::Worker* worker : sleeping) worker->has_signal = true;
  }
  for (State::Worker* worker : sleeping) worker->woken.notify_one();
  for (const auto& worker : state_->workers) worker->thread.join();
  {
    std::lock_guard lock(state_->timer_mutex);
    state_->timer_stopping = true;
  }
  state_->timer_changed.notify_one();
  state_->timer.join();
}

Executor::Load Executor::load() const {
  std::lock_guard lock(state_->mutex);
  return {state_->queued, static_cast<int>(state_->workers.size() - state_->idle.size()),
          absl::Seconds(state_->average_seconds)};
}

}  // namespace servicekit
