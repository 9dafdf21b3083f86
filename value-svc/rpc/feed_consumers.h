#ifndef VALUE_SVC_RPC_FEED_CONSUMERS_H_
#define VALUE_SVC_RPC_FEED_CONSUMERS_H_

#include <functional>
#include <memory>
#include <string>

#include <grpcpp/grpcpp.h>

#include "servicekit/feed/consumer.h"
#include "value-svc/operations/apply_feeds.h"
#include "value-svc/operations/stores.h"

namespace clientele::value {

// Follows what customer-svc and lifecycle-svc tell. `changed` is called when a batch's effect was committed.
std::unique_ptr<servicekit::FeedConsumer> FollowCustomers(servicekit::Pool& pool, Stores& stores,
                                                          ActivityRates rates,
                                                          std::shared_ptr<grpc::Channel> channel,
                                                          std::function<std::string()> token,
                                                          std::function<void()> changed);
std::unique_ptr<servicekit::FeedConsumer> FollowLifecycle(servicekit::Pool& pool, Stores& stores,
                                                          std::shared_ptr<grpc::Channel> channel,
                                                          std::function<std::string()> token,
                                                          std::function<void()> changed);

}  // namespace clientele::value

#endif  // VALUE_SVC_RPC_FEED_CONSUMERS_H_
