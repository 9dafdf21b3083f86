#ifndef LIFECYCLE_SVC_CLIENTS_CUSTOMER_CLIENT_H_
#define LIFECYCLE_SVC_CLIENTS_CUSTOMER_CLIENT_H_

#include <memory>
#include <vector>

#include <grpcpp/channel.h>

#include "clientele/customer/v1/completeness_service.grpc.pb.h"
#include "clientele/customer/v1/customer_feed.grpc.pb.h"
#include "clientele/customer/v1/customer_service.grpc.pb.h"
#include "clientele/customer/v1/import_service.grpc.pb.h"
#include "lifecycle-svc/operations/customer_directory.h"

namespace clientele::lifecycle {

// customer-svc: asked about customers, and followed by its feed.
class CustomerClient : public CustomerDirectory {
 public:
  explicit CustomerClient(const std::shared_ptr<grpc::Channel>& channel);

  absl::StatusOr<Answer> Resolve(const CallContext& call, const std::vector<Reference>& customers,
                                 const std::vector<Reference>& representatives) override;

  absl::StatusOr<absl::flat_hash_map<Id, Completeness>> CheckCompleteness(const CallContext& call,
                                                                          const std::vector<Id>& customers,
                                                                          Stage stage) override;
  absl::Status Supply(const CallContext& call,
                      const customer::v1::SupplyInformationRequest& request) override;

  absl::Status Release(const CallContext& call, Id customer, int64_t version) override;

  // The stream of its feed, for FeedConsumer.
  std::unique_ptr<grpc::ClientReader<type::v1::ReadFeedResponse>> OpenFeed(
      grpc::ClientContext* context, const type::v1::ReadFeedRequest& request) {
    return feed_->ReadFeed(context, request);
  }

 private:
  std::unique_ptr<customer::v1::CustomerImportService::Stub> references_;
  std::unique_ptr<customer::v1::CompletenessService::Stub> completeness_;
  std::unique_ptr<customer::v1::CustomerService::Stub> customers_;
  std::unique_ptr<customer::v1::CustomerFeedService::Stub> feed_;
};

}  // namespace clientele::lifecycle

#endif  // LIFECYCLE_SVC_CLIENTS_CUSTOMER_CLIENT_H_
