#ifndef VALUE_SVC_RPC_FEED_RPC_H_
#define VALUE_SVC_RPC_FEED_RPC_H_

#include "clientele/value/v1/value_feed.grpc.pb.h"
#include "servicekit/feed/publisher.h"

namespace clientele::value {

// ValueFeedService: what others hear of tiers.
class FeedRpc final : public v1::ValueFeedService::CallbackService {
 public:
  FeedRpc(servicekit::Executor& executor, servicekit::FeedPublisher& feed)
      : executor_(executor), feed_(feed) {}

  grpc::ServerWriteReactor<clientele::type::v1::ReadFeedResponse>* ReadFeed(
      grpc::CallbackServerContext* context, const clientele::type::v1::ReadFeedRequest* request) override {
    return feed_.Read(executor_, context, request);
  }

 private:
  servicekit::Executor& executor_;
  servicekit::FeedPublisher& feed_;
};

}  // namespace clientele::value

#endif  // VALUE_SVC_RPC_FEED_RPC_H_
