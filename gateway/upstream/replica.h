#ifndef GATEWAY_UPSTREAM_REPLICA_H_
#define GATEWAY_UPSTREAM_REPLICA_H_

#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include "absl/time/time.h"

namespace clientele::gateway {

// One process of a service, and how it fares. Thread-safe.
class Replica {
 public:
  enum class Health {
    kReady,
    kUnready,  // It answers, but says that it cannot serve: asked only when nobody else is there.
    kAway,     // It cannot be reached, or does not answer: not asked at all.
  };

  Replica(std::string address, std::shared_ptr<grpc::Channel> channel);

  const std::string& address() const { return address_; }
  grpc::TemplatedGenericStub<grpc::ByteBuffer, grpc::ByteBuffer>& stub() { return stub_; }
  Health health() const { return health_.load(std::memory_order_relaxed); }

  // Calls in work there.
  int active() const { return active_.load(std::memory_order_relaxed); }
  void CallStarted() { active_.fetch_add(1, std::memory_order_relaxed); }
  // `reached` is false when the connection failed: several such calls in a row, and it is kAway at once.
  void CallFinished(bool reached);

  // Asks grpc.health.v1 for the service as a whole. The answer decides on health(); `done` hears it once, on
  // a thread of gRPC's. One unanswered question is forgiven, two in a row are not.
  void CheckHealth(absl::Duration timeout, std::function<void(Health)> done);

 private:
  void Take(const grpc::Status& status, bool serving);

  const std::string address_;
  const std::shared_ptr<grpc::Channel> channel_;
  grpc::TemplatedGenericStub<grpc::ByteBuffer, grpc::ByteBuffer> stub_;
  std::atomic<Health> health_ = Health::kReady;
  std::atomic<int> active_ = 0;
  std::atomic<int> unreached_calls_ = 0;
  std::atomic<int> unanswered_checks_ = 0;
};

}  // namespace clientele::gateway

#endif  // GATEWAY_UPSTREAM_REPLICA_H_
