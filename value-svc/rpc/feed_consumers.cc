#include "value-svc/rpc/feed_consumers.h"

#include <utility>

#include "clientele/customer/v1/customer_feed.grpc.pb.h"
#include "clientele/lifecycle/v1/lifecycle_feed.grpc.pb.h"

namespace clientele::value {
namespace {

using clientele::type::v1::ReadFeedRequest;
using clientele::type::v1::ReadFeedResponse;
using servicekit::FeedConsumer;

// Both feed services have the same method, on stubs of different types.
template <typename FeedService, typename Apply>
std::unique_ptr<FeedConsumer> Follow(const char* source, servicekit::Pool& pool,
                                     const std::shared_ptr<grpc::Channel>& channel,
                                     std::function<std::string()> token, std::function<void()> changed,
                                     Apply apply) {
  FeedConsumer::Options options;
  options.source = source;
  options.token = std::move(token);
  std::shared_ptr<typename FeedService::Stub> stub = FeedService::NewStub(channel);
  options.open = [stub](grpc::ClientContext* context, const ReadFeedRequest& request) {
    return stub->ReadFeed(context, request);
  };
  options.apply = [apply = std::move(apply), changed = std::move(changed)](Transaction& tx,
                                                                           const ReadFeedResponse& batch) {
    tx.OnCommit(changed);
    return apply(tx, batch);
  };
  return std::make_unique<FeedConsumer>(pool, std::move(options));
}

}  // namespace

std::unique_ptr<FeedConsumer> FollowCustomers(servicekit::Pool& pool, Stores& stores, ActivityRates rates,
                                              std::shared_ptr<grpc::Channel> channel,
                                              std::function<std::string()> token,
                                              std::function<void()> changed) {
  return Follow<clientele::customer::v1::CustomerFeedService>(
      "customer", pool, channel, std::move(token), std::move(changed),
      [&stores, rates = std::move(rates)](Transaction& tx, const ReadFeedResponse& batch) {
        return ApplyCustomerFeed(tx, stores, rates, batch);
      });
}

std::unique_ptr<FeedConsumer> FollowLifecycle(servicekit::Pool& pool, Stores& stores,
                                              std::shared_ptr<grpc::Channel> channel,
                                              std::function<std::string()> token,
                                              std::function<void()> changed) {
  return Follow<clientele::lifecycle::v1::LifecycleFeedService>(
      "lifecycle", pool, channel, std::move(token), std::move(changed),
      [&stores](Transaction& tx, const ReadFeedResponse& batch) {
        return ApplyLifecycleFeed(tx, stores, batch);
      });
}

}  // namespace clientele::value
