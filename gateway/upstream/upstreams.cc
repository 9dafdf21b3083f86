#include "gateway/upstream/upstreams.h"

#include <algorithm>
#include <utility>

#include "absl/time/clock.h"

namespace clientele::gateway {

Upstream::Upstream(std::string prefix, std::shared_ptr<grpc::Channel> channel) : prefix_(std::move(prefix)) {
  replicas_.push_back(std::make_shared<Replica>("", std::move(channel)));
}

Upstream::Upstream(std::string prefix, std::vector<std::string> targets, Connect connect, Version version,
                   LookUp look_up)
    : prefix_(std::move(prefix)),
      targets_(std::move(targets)),
      resolved_(targets_.size()),
      connect_(std::move(connect)),
      version_(std::move(version)),
      look_up_(std::move(look_up)) {
  Resolve();
}

std::shared_ptr<Replica> Upstream::Pick(const Replica* not_this) {
  const std::lock_guard lock(mutex_);
  // Ready before unready, another before the same, then the least busy; of equals each in turn.
  const auto rank = [&](const Replica& replica) {
    return std::tuple(replica.health() != Replica::Health::kReady, &replica == not_this, replica.active());
  };
  std::shared_ptr<Replica> best;
  ++next_;
  for (size_t i = 0; i < replicas_.size(); ++i) {
    const std::shared_ptr<Replica>& replica = replicas_[(next_ + i) % replicas_.size()];
    if (replica->health() == Replica::Health::kAway) continue;
    if (best == nullptr || rank(*replica) < rank(*best)) best = replica;
  }
  return best;
}

std::vector<std::shared_ptr<Replica>> Upstream::replicas() const {
  const std::lock_guard lock(mutex_);
  return replicas_;
}

void Upstream::Resolve() {
  if (targets_.empty()) return;
  for (size_t i = 0; i < targets_.size(); ++i) {
    std::vector<ResolvedAddress> found = look_up_(targets_[i]);
    if (!found.empty()) resolved_[i] = std::move(found);
  }
  const std::string version = version_ ? version_() : std::string();
  const bool anew = version != std::exchange(connected_with_, version);
  const std::lock_guard lock(mutex_);
  const auto at = [](const auto& replicas, const std::string& address) {
    return std::find_if(replicas.begin(), replicas.end(),
                        [&](const auto& replica) { return replica->address() == address; });
  };
  std::vector<std::shared_ptr<Replica>> now;
  for (const std::vector<ResolvedAddress>& addresses : resolved_) {
    for (const ResolvedAddress& address : addresses) {
      if (at(now, address.address) != now.end()) continue;  // Two names of one process.
      const auto known = at(replicas_, address.address);
      if (known != replicas_.end() && !anew) {
        now.push_back(*known);
      } else {
        now.push_back(std::make_shared<Replica>(address.address, connect_(address.address, address.host)));
      }
    }
  }
  for (const auto& replica : replicas_) {
    if (std::find(now.begin(), now.end(), replica) == now.end()) leaving_.push_back(replica);
  }
  replicas_ = std::move(now);
  std::erase_if(leaving_, [](const auto& replica) { return replica.use_count() == 1; });
}

Upstreams::~Upstreams() { StopWatching(); }

void Upstreams::Add(std::string prefix, std::shared_ptr<grpc::Channel> channel) {
  upstreams_.emplace_back(std::move(prefix), std::move(channel));
}

void Upstreams::Add(std::string prefix, std::vector<std::string> targets, Upstream::Connect connect,
                    Upstream::Version version) {
  upstreams_.emplace_back(std::move(prefix), std::move(targets), std::move(connect), std::move(version));
}

Upstream* Upstreams::Find(std::string_view full_name) {
  for (Upstream& upstream : upstreams_) {
    if (full_name.starts_with(upstream.prefix())) return &upstream;
  }
  return nullptr;
}

std::vector<std::string> Upstreams::prefixes() const {
  std::vector<std::string> result;
  for (const Upstream& upstream : upstreams_) result.push_back(upstream.prefix());
  return result;
}

void Upstreams::StartWatching(absl::Duration period) {
  constexpr int kResolveEvery = 5;
  health_checker_ =
      std::thread([this, period] { Repeat(period, [this, period] { CheckReplicas(period); }); });
  resolver_ = std::thread([this, period] {
    Repeat(kResolveEvery * period, [this] {
      for (Upstream& upstream : upstreams_) upstream.Resolve();
    });
  });
}

void Upstreams::StopWatching() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  for (std::thread* thread : {&health_checker_, &resolver_}) {
    if (thread->joinable()) thread->join();
  }
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return checks_ == 0; });
}

void Upstreams::Repeat(absl::Duration period, const std::function<void()>& look) {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    lock.unlock();
    look();
    lock.lock();
    changed_.wait_for(lock, absl::ToChronoMilliseconds(period), [this] { return stopping_; });
  }
}

void Upstreams::CheckReplicas(absl::Duration timeout) {
  for (Upstream& upstream : upstreams_) {
    for (const std::shared_ptr<Replica>& replica : upstream.replicas()) {
      {
        const std::lock_guard counted(mutex_);
        ++checks_;
      }
      replica->CheckHealth(timeout, [this, replica](Replica::Health) {
        const std::lock_guard counted(mutex_);
        --checks_;
        changed_.notify_all();
      });
    }
  }
}

void Upstreams::CheckHealth(absl::Duration timeout, std::function<void(std::vector<std::string>)> done) {
  struct Checks {
    std::mutex mutex;
    size_t left = 0;
    std::vector<std::string> unready;
    std::vector<std::string> ready;
    std::function<void(std::vector<std::string>)> done;
  };
  auto checks = std::make_shared<Checks>();
  checks->done = std::move(done);
  std::vector<std::pair<std::string, std::shared_ptr<Replica>>> all;
  for (Upstream& upstream : upstreams_) {
    const auto replicas = upstream.replicas();
    if (replicas.empty()) checks->unready.push_back(upstream.prefix());
    for (const auto& replica : replicas) all.emplace_back(upstream.prefix(), replica);
  }
  checks->left = all.size();
  if (all.empty()) return checks->done(std::move(checks->unready));
  for (const auto& [prefix, replica] : all) {
    replica->CheckHealth(timeout, [checks, prefix = prefix, replica = replica](Replica::Health health) {
      {
        const std::lock_guard lock(checks->mutex);
        (health == Replica::Health::kReady ? checks->ready : checks->unready).push_back(prefix);
        if (--checks->left > 0) return;
      }
      // One replica that serves is enough.
      std::vector<std::string> result;
      for (const std::string& name : checks->unready) {
        const auto has = [&name](const std::vector<std::string>& list) {
          return std::find(list.begin(), list.end(), name) != list.end();
        };
        if (!has(checks->ready) && !has(result)) result.push_back(name);
      }
      checks->done(std::move(result));
    });
  }
}

}  // namespace clientele::gateway
