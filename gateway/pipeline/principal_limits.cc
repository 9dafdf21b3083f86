#include "gateway/pipeline/principal_limits.h"

#include <algorithm>
#include <atomic>
#include <functional>

#include "servicekit/types/error.h"

namespace clientele::gateway {
namespace {

constexpr size_t kMaxIdlePerShard = 4096;

absl::Status Refusal(const char* message, const char* reason, absl::Duration delay) {
  return servicekit::WithRetryDelay(servicekit::WithReason(absl::ResourceExhaustedError(message), reason),
                                    delay);
}

}  // namespace

struct PrincipalLimits::Account {
  std::atomic<int> active = 0;
  // Of the token bucket; guarded by the shard's mutex.
  double left = 0;
  absl::Time counted = absl::InfinitePast();
};

PrincipalLimits::Ticket::~Ticket() {
  if (account_ != nullptr) account_->active.fetch_sub(1, std::memory_order_relaxed);
}

PrincipalLimits::PrincipalLimits(PrincipalLimitOptions options) { Set(options); }
PrincipalLimits::~PrincipalLimits() = default;

void PrincipalLimits::Set(PrincipalLimitOptions options) {
  for (Shard& shard : shards_) {
    const absl::MutexLock lock(&shard.mutex);
    shard.options = options;
  }
  limited_ = options.calls_per_second > 0 || options.concurrent_calls > 0;
}

absl::StatusOr<PrincipalLimits::Ticket> PrincipalLimits::Admit(const std::string& subject, absl::Time now) {
  if (!limited_.load(std::memory_order_relaxed)) return Ticket();
  Shard& shard = shards_[std::hash<std::string>()(subject) % shards_.size()];
  const absl::MutexLock lock(&shard.mutex);
  const PrincipalLimitOptions& options = shard.options;
  if (shard.accounts.size() > kMaxIdlePerShard) Forget(shard, now);
  std::shared_ptr<Account>& account = shard.accounts[subject];
  const double burst = std::max(1.0, options.burst);
  if (account == nullptr) {
    account = std::make_shared<Account>();
    account->left = burst;
    account->counted = now;
  }
  if (options.concurrent_calls > 0 &&
      account->active.load(std::memory_order_relaxed) >= options.concurrent_calls) {
    return Refusal("too many calls of yours are in work at once", "TOO_MANY_CALLS_OF_ONE", absl::Seconds(1));
  }
  if (options.calls_per_second > 0) {
    const double earned = absl::ToDoubleSeconds(now - account->counted) * options.calls_per_second;
    account->left = std::min(burst, account->left + std::max(0.0, earned));
    account->counted = now;
    if (account->left < 1) {
      return Refusal("you call more often than is agreed", "RATE_LIMITED",
                     absl::Seconds((1 - account->left) / options.calls_per_second));
    }
    account->left -= 1;
  }
  account->active.fetch_add(1, std::memory_order_relaxed);
  return Ticket(account);
}

// Those with nothing in work and a full bucket are as if they had never called.
void PrincipalLimits::Forget(Shard& shard, absl::Time now) {
  const PrincipalLimitOptions& options = shard.options;
  const double burst = std::max(1.0, options.burst);
  absl::erase_if(shard.accounts, [&](const auto& entry) {
    const Account& account = *entry.second;
    const double earned = absl::ToDoubleSeconds(now - account.counted) * options.calls_per_second;
    return account.active == 0 && (options.calls_per_second <= 0 || account.left + earned >= burst);
  });
}

}  // namespace clientele::gateway
