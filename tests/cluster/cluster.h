#ifndef TESTS_CLUSTER_CLUSTER_H_
#define TESTS_CLUSTER_CLUSTER_H_

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <grpcpp/grpcpp.h>

#include "servicekit/access/principal.h"
#include "servicekit/access/token.h"
#include "servicekit/testing/fault_proxy.h"
#include "tests/cluster/process.h"

namespace clientele::tests {

// The whole system as built, on a database of its own and free ports of loopback: what spans services is
// tested with the real binaries. Everything lives in one temporary folder and ends with this object.
class Cluster {
 public:
  enum class Part { kDatabase, kCustomer, kLifecycle, kValue, kGateway };

  // Starts all parts and waits until the gateway says that all are ready. It serves the console from that
  // folder, if any.
  explicit Cluster(std::string console_folder = "");
  ~Cluster();

  // SIGKILL, and wait for the end.
  void Kill(Part part);
  // Starts a part that was killed; WaitUntilReady() tells when it serves.
  void Start(Part part);
  // SIGTERM; returns the exit code.
  int Terminate(Part part);
  void WaitUntilReady();

  std::string gateway_address() const { return Address(Part::kGateway); }
  // A service's own port, past the gateway.
  std::string Address(Part part) const;
  // What stands between this service and the other services (not the gateway), to break it.
  servicekit::FaultProxy& link(Part part) { return *links_.at(part); }
  std::string database_socket() const { return folder_ + "/mysql/mysqld.sock"; }
  const std::string& folder() const { return folder_; }

  std::string AdministratorToken() const;
  std::string TokenFor(const servicekit::Principal& principal) const;
  std::shared_ptr<grpc::Channel> channel() const;
  // Context with a token (the administrator's by default) and a deadline.
  std::unique_ptr<grpc::ClientContext> Context(absl::Duration timeout = absl::Seconds(20)) const;

  // Runs the `clientele` command line against the gateway.
  int Clientele(const std::vector<std::string>& arguments, std::string* output = nullptr) const;

 private:
  void MakeUsers();
  std::vector<std::string> Command(Part part) const;

  std::string folder_;
  std::string console_folder_;
  std::map<Part, int> ports_;
  std::map<Part, std::unique_ptr<servicekit::FaultProxy>> links_;
  std::map<Part, Process> processes_;
  std::unique_ptr<servicekit::TokenSigner> signer_;
};

// Until `done` returns true; fails the test and returns false after `limit`.
bool Eventually(const std::function<bool()>& done, absl::Duration limit = absl::Seconds(60));

}  // namespace clientele::tests

#endif  // TESTS_CLUSTER_CLUSTER_H_
