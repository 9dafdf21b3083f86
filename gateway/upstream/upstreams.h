#ifndef GATEWAY_UPSTREAM_UPSTREAMS_H_
#define GATEWAY_UPSTREAM_UPSTREAMS_H_

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gateway/upstream/concurrency_limit.h"
#include "gateway/upstream/replica.h"
#include "gateway/upstream/resolve.h"

namespace clientele::gateway {

// One service behind the gateway: its replicas, and what it can take. Thread-safe.
class Upstream {
 public:
  // `host:port`, `dns:///host:port` or `unix:/path`; a name stands for all its addresses.
  using Connect =
      std::function<std::shared_ptr<grpc::Channel>(const std::string& address, const std::string& host)>;
  // Of what connections are made with, as certificates.
  using Version = std::function<std::string()>;
  // As ResolveTarget.
  using LookUp = std::function<std::vector<ResolvedAddress>(const std::string& target)>;

  // Serves the methods whose full name starts with `prefix` (`clientele.customer.`), by this one channel.
  Upstream(std::string prefix, std::shared_ptr<grpc::Channel> channel);
  // By the processes that `targets` name now and later. When `version` has changed, connections are made
  // anew, and the calls on the former ones come to their end; without it they stay.
  Upstream(std::string prefix, std::vector<std::string> targets, Connect connect, Version version,
           LookUp look_up = ResolveTarget);

  const std::string& prefix() const { return prefix_; }

  // The ready replica with the fewest calls in work, another one than `not_this` where there is one; nullptr
  // when all are away.
  std::shared_ptr<Replica> Pick(const Replica* not_this = nullptr);
  ConcurrencyLimit& limit() { return limit_; }
  RetryBudget& retries() { return retries_; }
  std::vector<std::shared_ptr<Replica>> replicas() const;

  // Looks the names up again, and at the version. A name that cannot be looked up now stands for what it
  // stood for before. Blocks as long as the system's resolver does; one thread at a time.
  void Resolve();

 private:
  const std::string prefix_;
  const std::vector<std::string> targets_;
  std::vector<std::vector<ResolvedAddress>> resolved_;  // What each target stood for when last looked up.
  const Connect connect_;
  const Version version_;
  const LookUp look_up_;
  std::string connected_with_;  // The version of now.
  ConcurrencyLimit limit_;
  RetryBudget retries_;
  mutable std::mutex mutex_;
  std::vector<std::shared_ptr<Replica>> replicas_;
  size_t next_ = 0;
  // Those that are gone, until nothing uses them: gRPC's channels must not end on a thread of gRPC's.
  std::vector<std::shared_ptr<Replica>> leaving_;
};

// Where each method is served, by its proto package.
class Upstreams {
 public:
  Upstreams() = default;
  ~Upstreams();  // StopWatching().

  void Add(std::string prefix, std::shared_ptr<grpc::Channel> channel);
  // Looks the targets up at once.
  void Add(std::string prefix, std::vector<std::string> targets, Upstream::Connect connect,
           Upstream::Version version = nullptr);
  // nullptr when none serves it.
  Upstream* Find(std::string_view full_name);
  std::vector<std::string> prefixes() const;

  // From now on every replica is asked for its health every `period`, and names are looked up again. Those
  // that do not answer get no calls until they do.
  void StartWatching(absl::Duration period);
  void StopWatching();

  // `done` hears the prefixes of those of which no replica is serving; once, on any thread.
  void CheckHealth(absl::Duration timeout, std::function<void(std::vector<std::string> unready)> done);

 private:
  // Calls `look` at once and then every `period`, until StopWatching().
  void Repeat(absl::Duration period, const std::function<void()>& look);
  void CheckReplicas(absl::Duration timeout);

  std::deque<Upstream> upstreams_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  int checks_ = 0;  // Health checks in flight.
  // Apart, since a look-up may take the resolver's time-out, and whoever goes away must be noticed meanwhile.
  std::thread health_checker_;
  std::thread resolver_;
};

}  // namespace clientele::gateway

#endif  // GATEWAY_UPSTREAM_UPSTREAMS_H_
