#ifndef LIFECYCLE_SVC_CLIENTS_CUSTOMER_CLIENT_H_
#define LIFECYCLE_SVC_CLIENTS_CUSTOMER_CLIENT_H_

#include <memory>
#include <vector>

#include <grpcpp/channel.h>

#include "clientele/customer/v1/customer_feed.grpc.pb.h"
#include "clientele/customer/v1/import_service.grpc.pb.h"
#include "lifecycle-svc/operations/customer_directory.h"

namespace clientele::lifecycle {

// customer-svc: asked about customers that are not known yet, and followed by its feed.
class CustomerClient : public CustomerDirectory {
 public:
  explicit CustomerClient(const std::shared_ptr<grpc::Channel>& channel);

  absl::StatusOr<Answer> Resolve(const CallContext& call, const std::vector<Reference>& customers,
                                 const std::vector<Reference>& representatives) override;

  // The stream of its feed, for FeedConsumer.
  std::unique_ptr<grpc::ClientReader<type::v1::ReadFeedResponse>> OpenFeed(
      grpc::ClientContext* context, const type::v1::ReadFeedRequest& request) {
    return feed_->ReadFeed(context, request);
  }

 private:
  std::unique_ptr<customer::v1::CustomerImportService::Stub> references_;
  std::unique_ptr<customer::v1::CustomerFeedService::Stub> feed_;
};

}  // namespace clientele::lifecycle

#endif  // LIFECYCLE_SVC_CLIENTS_CUSTOMER_CLIENT_H_
