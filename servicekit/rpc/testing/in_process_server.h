#ifndef SERVICEKIT_RPC_TESTING_IN_PROCESS_SERVER_H_
#define SERVICEKIT_RPC_TESTING_IN_PROCESS_SERVER_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <grpcpp/grpcpp.h>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "servicekit/access/principal.h"
#include "servicekit/rpc/executor.h"
#include "servicekit/telemetry/metrics.h"

namespace servicekit {

// Tokens for tests: `TestToken(Role::kManager, …)` is read back by VerifyTestToken, with no keys or
// signatures. The plain words `administrator`, `analyst`, `service`, `manager` and `representative` are
// tokens too.
std::string TestToken(const Principal& principal);
absl::StatusOr<Principal> VerifyTestToken(std::string_view token);

// A context that carries `token` and a deadline of `timeout`.
std::unique_ptr<grpc::ClientContext> TestContext(std::string_view token = "administrator",
                                                 absl::Duration timeout = absl::Seconds(30));

// An executor for tests, and a real server around services that use it, reached by an in-process channel or
// by TCP.
//
//   Executor executor_ = …;  CustomerRpc service_{executor_};  InProcessServer server_{{&service_}};
//   auto stub = v1::CustomerService::NewStub(server_.channel());
class InProcessServer {
 public:
  explicit InProcessServer(const std::vector<grpc::Service*>& services);
  ~InProcessServer();  // Cancels what still runs.

  std::shared_ptr<grpc::Channel> channel();
  const std::string& address() const { return address_; }  // `127.0.0.1:port`, over TCP.
  grpc::Server& server() { return *server_; }

 private:
  std::string address_;
  std::unique_ptr<grpc::Server> server_;
};

// Everything that Serve needs, with test tokens.
struct TestExecutor {
  explicit TestExecutor(Executor::Options options = {.workers = 4, .queue_length = 64});
  Metrics metrics;
  Executor executor;
};

}  // namespace servicekit

#endif  // SERVICEKIT_RPC_TESTING_IN_PROCESS_SERVER_H_
