#ifndef CUSTOMER_SVC_STORE_EVENTS_H_
#define CUSTOMER_SVC_STORE_EVENTS_H_

#include <vector>

#include "absl/status/status.h"
#include "clientele/customer/v1/team_service.pb.h"
#include "customer-svc/domain/contact.h"
#include "customer-svc/domain/customer.h"
#include "customer-svc/domain/interaction.h"
#include "customer-svc/domain/need.h"
#include "customer-svc/domain/team.h"
#include "customer-svc/store/merge_store.h"
#include "customer-svc/store/target_market_store.h"
#include "servicekit/mysql/transaction.h"

namespace servicekit {
class FeedPublisher;
}

namespace clientele::customer {

// What the other services hear of a write: entries of the feed, in the write's own transaction.
class Events {
 public:
  explicit Events(servicekit::FeedPublisher& feed) : feed_(feed) {}

  // `memberships` says which target markets each of them is in now.
  absl::Status Publish(servicekit::Transaction& tx, const std::vector<Customer>& customers,
                       const Memberships& memberships);
  absl::Status Publish(servicekit::Transaction& tx, const std::vector<Interaction>& interactions);
  absl::Status PublishMerge(servicekit::Transaction& tx, const CustomerMerge& merge);
  // For each name that the others may know it by. `deleted`: there is no such customer any more.
  absl::Status PublishErased(servicekit::Transaction& tx, const std::vector<servicekit::Id>& customers,
                             bool deleted, absl::Time now);
  absl::Status PublishSplit(servicekit::Transaction& tx, const CustomerMerge& merge, absl::Time now);
  absl::Status Publish(servicekit::Transaction& tx, const std::vector<Team>& teams, absl::Time now);
  absl::Status Publish(servicekit::Transaction& tx, const std::vector<Representative>& representatives,
                       absl::Time now);
  // No other service keeps anything of these.
  absl::Status Publish(servicekit::Transaction&, const std::vector<Contact>&) { return absl::OkStatus(); }
  absl::Status Publish(servicekit::Transaction&, const std::vector<Need>&) { return absl::OkStatus(); }

 private:
  servicekit::FeedPublisher& feed_;
};

v1::Team ToMessage(const Team& team);
v1::Representative ToMessage(const Representative& representative);

}  // namespace clientele::customer

#endif  // CUSTOMER_SVC_STORE_EVENTS_H_
