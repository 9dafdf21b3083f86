#ifndef GATEWAY_UPSTREAM_CONCURRENCY_LIMIT_H_
#define GATEWAY_UPSTREAM_CONCURRENCY_LIMIT_H_

#include <algorithm>
#include <atomic>
#include <mutex>

#include "absl/time/time.h"

namespace clientele::gateway {

// How many calls a service takes at once, learnt from how it answers, as TCP learns its window: a little more
// while all goes well and the limit is in use, a tenth less when the service is too busy or too late, at most
// once in a while, since one overload is told by many calls. What is above it is refused here, where refusing
// is cheap, so that the service works on calls whose callers still wait. Thread-safe.
class ConcurrencyLimit {
 public:
  static constexpr double kLeast = 32;
  static constexpr double kMost = 4096;

  bool Start() {
    if (active_.fetch_add(1, std::memory_order_relaxed) < limit_.load(std::memory_order_relaxed)) return true;
    active_.fetch_sub(1, std::memory_order_relaxed);
    return false;
  }

  void Finish(bool overloaded, absl::Time now) {
    const int active = active_.fetch_sub(1, std::memory_order_relaxed);
    const double limit = limit_.load(std::memory_order_relaxed);
    if (!overloaded) {
      if (limit < kMost && active > limit / 2) limit_.store(std::min(kMost, limit + 1 / limit));
      return;
    }
    const std::lock_guard lock(mutex_);
    if (now - lowered_ < kBetweenCuts) return;
    lowered_ = now;
    limit_.store(std::max(kLeast, limit * 0.9));
  }

  int active() const { return active_; }
  double limit() const { return limit_; }

 private:
  static constexpr absl::Duration kBetweenCuts = absl::Milliseconds(200);

  std::atomic<int> active_ = 0;
  std::atomic<double> limit_ = 1024;
  std::mutex mutex_;
  absl::Time lowered_ = absl::InfinitePast();
};

// Retries may add a fifth to the calls, and no more: when everything fails, trying again makes it worse.
// Thread-safe.
class RetryBudget {
 public:
  void CallStarted() {
    const int now = tenths_.load(std::memory_order_relaxed);
    if (now < kMostTenths) tenths_.store(std::min(kMostTenths, now + 2), std::memory_order_relaxed);
  }
  bool TakeRetry() {
    int now = tenths_.load(std::memory_order_relaxed);
    while (now >= 10) {
      if (tenths_.compare_exchange_weak(now, now - 10)) return true;
    }
    return false;
  }

 private:
  static constexpr int kMostTenths = 1000;
  std::atomic<int> tenths_ = 100;  // Tenths of a retry. Losing one to a race between threads does not matter.
};

}  // namespace clientele::gateway

#endif  // GATEWAY_UPSTREAM_CONCURRENCY_LIMIT_H_
