#ifndef CUSTOMER_SVC_RPC_FEED_SERVICE_H_
#define CUSTOMER_SVC_RPC_FEED_SERVICE_H_

#include "clientele/customer/v1/customer_feed.grpc.pb.h"
#include "servicekit/feed/publisher.h"
#include "servicekit/rpc/executor.h"

namespace clientele::customer {

// CustomerFeedService of the contract.
class FeedService final : public v1::CustomerFeedService::CallbackService {
 public:
  FeedService(servicekit::Executor& executor, servicekit::FeedPublisher& feed)
      : executor_(executor), feed_(feed) {}

  grpc::ServerWriteReactor<type::v1::ReadFeedResponse>* ReadFeed(
      grpc::CallbackServerContext* context, const type::v1::ReadFeedRequest* request) override {
    return feed_.Read(executor_, context, request);
  }

 private:
  servicekit::Executor& executor_;
  servicekit::FeedPublisher& feed_;
};

}  // namespace clientele::customer

#endif  // CUSTOMER_SVC_RPC_FEED_SERVICE_H_
