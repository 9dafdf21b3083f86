#ifndef GATEWAY_UPSTREAM_UPSTREAMS_H_
#define GATEWAY_UPSTREAM_UPSTREAMS_H_

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include "absl/time/time.h"

namespace clientele::gateway {

// One service behind the gateway.
class Upstream {
 public:
  // Serves the methods whose full name starts with `prefix` (`clientele.customer.`).
  Upstream(std::string prefix, std::shared_ptr<grpc::Channel> channel);

  const std::string& prefix() const { return prefix_; }
  grpc::TemplatedGenericStub<grpc::ByteBuffer, grpc::ByteBuffer>& stub() { return stub_; }

  // Asks grpc.health.v1 for the service as a whole, and tells whether it answered SERVING within `timeout`.
  // `done` is called once, on a thread of gRPC's.
  void CheckHealth(absl::Duration timeout, std::function<void(bool serving)> done);

 private:
  const std::string prefix_;
  const std::shared_ptr<grpc::Channel> channel_;
  grpc::TemplatedGenericStub<grpc::ByteBuffer, grpc::ByteBuffer> stub_;
};

// Where each method is served, by its proto package.
class Upstreams {
 public:
  void Add(std::string prefix, std::shared_ptr<grpc::Channel> channel);
  // nullptr when none serves it.
  Upstream* Find(std::string_view full_name);
  std::vector<std::string> prefixes() const;

  // `done` hears the prefixes of those that are not serving; once, on any thread.
  void CheckHealth(absl::Duration timeout, std::function<void(std::vector<std::string> unready)> done);

 private:
  std::deque<Upstream> upstreams_;
};

}  // namespace clientele::gateway

#endif  // GATEWAY_UPSTREAM_UPSTREAMS_H_
