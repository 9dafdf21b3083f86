#ifndef GATEWAY_PIPELINE_PRINCIPAL_LIMITS_H_
#define GATEWAY_PIPELINE_PRINCIPAL_LIMITS_H_

#include <array>
#include <atomic>
#include <memory>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace clientele::gateway {

struct PrincipalLimitOptions {
  double calls_per_second = 0;  // On the long run; 0 is any number.
  double burst = 0;             // At once, after a pause; at least one.
  int concurrent_calls = 0;     // In work, streams included; 0 is any number.
};

// How much one principal may ask for, so that nobody takes what others need. Thread-safe.
class PrincipalLimits {
  struct Account;

 public:
  // Stands for one call in work, until it is destroyed.
  class Ticket {
   public:
    Ticket() = default;
    Ticket(Ticket&& other) noexcept : account_(std::move(other.account_)) {}
    Ticket& operator=(Ticket&& other) noexcept {
      std::swap(account_, other.account_);
      return *this;
    }
    ~Ticket();

   private:
    friend class PrincipalLimits;
    explicit Ticket(std::shared_ptr<Account> account) : account_(std::move(account)) {}
    std::shared_ptr<Account> account_;
  };

  explicit PrincipalLimits(PrincipalLimitOptions options);
  ~PrincipalLimits();

  // From the next call on. What is in work stays.
  void Set(PrincipalLimitOptions options);

  // RESOURCE_EXHAUSTED with the reason RATE_LIMITED or TOO_MANY_CALLS_OF_ONE, and the time after which
  // another try makes sense.
  absl::StatusOr<Ticket> Admit(const std::string& subject, absl::Time now);

 private:
  // Principals are spread over shards, so that loops seldom wait for each other.
  struct Shard {
    absl::Mutex mutex;
    PrincipalLimitOptions options ABSL_GUARDED_BY(mutex);
    absl::flat_hash_map<std::string, std::shared_ptr<Account>> accounts ABSL_GUARDED_BY(mutex);
  };

  void Forget(Shard& shard, absl::Time now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(shard.mutex);

  std::atomic<bool> limited_ = false;  // Whether there are any limits.
  std::array<Shard, 16> shards_;
};

}  // namespace clientele::gateway

#endif  // GATEWAY_PIPELINE_PRINCIPAL_LIMITS_H_
