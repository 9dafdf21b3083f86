#ifndef LIFECYCLE_SVC_CLIENTS_CUSTOMER_CLIENT_H_
#define LIFECYCLE_SVC_CLIENTS_CUSTOMER_CLIENT_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <grpcpp/channel.h>

#include "clientele/customer/v1/customer_feed.grpc.pb.h"
#include "clientele/customer/v1/import_service.grpc.pb.h"
#include "lifecycle-svc/operations/environment.h"
#include "servicekit/feed/consumer.h"

namespace clientele::lifecycle {

// customer-svc: asked about customers that are not known yet, and followed by its feed.
class CustomerClient : public CustomerDirectory {
 public:
  explicit CustomerClient(const std::shared_ptr<grpc::Channel>& channel);

  absl::StatusOr<Answer> Resolve(const CallContext& call, const std::vector<Reference>& customers,
                                 const std::vector<Reference>& representatives) override;

  // What FeedConsumer needs to follow it.
  servicekit::FeedConsumer::Options FeedOptions(const Environment& environment, std::function<std::string()> token);

 private:
  std::unique_ptr<customer::v1::CustomerImportService::Stub> references_;
  std::unique_ptr<customer::v1::CustomerFeedService::Stub> feed_;
};

}  // namespace clientele::lifecycle

#endif  // LIFECYCLE_SVC_CLIENTS_CUSTOMER_CLIENT_H_
