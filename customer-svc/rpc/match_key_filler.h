#ifndef CUSTOMER_SVC_RPC_MATCH_KEY_FILLER_H_
#define CUSTOMER_SVC_RPC_MATCH_KEY_FILLER_H_

#include <thread>

#include "absl/synchronization/notification.h"
#include "customer-svc/rpc/calls.h"

namespace clientele::customer {

// The thread that makes keys of customers from before there were any, once after an upgrade: until it is
// done, duplicates among these are not found. Several replicas may run it; a row lock lets one work at a
// time.
class MatchKeyFiller {
 public:
  explicit MatchKeyFiller(Backend backend) : backend_(backend) {}

  void Start();
  void Stop();

 private:
  void Run();

  Backend backend_;
  absl::Notification stop_;
  std::thread thread_;
};

}  // namespace clientele::customer

#endif  // CUSTOMER_SVC_RPC_MATCH_KEY_FILLER_H_
