#ifndef VALUE_SVC_TESTING_EVENTS_H_
#define VALUE_SVC_TESTING_EVENTS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <google/protobuf/message.h>

#include "absl/time/time.h"
#include "clientele/type/v1/feed.pb.h"
#include "servicekit/types/id.h"

namespace clientele::value {

// Writes another service's feed: each call adds an entry with the next position.
class FeedScript {
 public:
  struct Order {
    servicekit::Id customer;
    int64_t units = 0;
    absl::Time time;
    int64_t cost_units = 0;
    std::optional<servicekit::Id> opportunity;
    std::optional<absl::CivilDay> due;
    // In won, of which the order's total has a thousand for each unit.
    struct Instalment {
      absl::CivilDay due;
      int64_t won = 0;
    };
    std::vector<Instalment> instalments;
  };
  // Returns the order's id.
  servicekit::Id AddOrder(const Order& order);
  void AddPayment(const Order& order, servicekit::Id id, int64_t units, absl::Time time);
  // `step` and probability as in the contract: 1 to 4 are open. `time` is that of the change, as
  // lifecycle-svc tells it.
  void AddOpportunity(servicekit::Id opportunity, servicekit::Id customer, int64_t units, int step,
                      int probability, absl::Time time, std::optional<absl::Time> open_time = std::nullopt);
  void AddReferral(servicekit::Id referrer, servicekit::Id opportunity, int influence_percent,
                   absl::Time time);
  void AddCustomer(servicekit::Id customer, std::optional<servicekit::Id> owner,
                   std::optional<servicekit::Id> team, int64_t version, const std::string& industry = "",
                   const std::vector<servicekit::Id>& target_markets = {});
  void AddTeam(servicekit::Id team, std::optional<servicekit::Id> parent);
  void AddInteraction(servicekit::Id interaction, servicekit::Id customer, const std::string& channel,
                      bool held, absl::Time time);

  // Of the referral that was recorded at `position`.
  void AddReferralCancellation(int64_t position, absl::Time time);
  void AddCancellation(const Order& order, servicekit::Id id, absl::Time time);
  void AddReturn(const Order& order, servicekit::Id id, int64_t units, int64_t cost_units, absl::Time time);
  void AddServiceCost(servicekit::Id task, servicekit::Id customer, int64_t cost_units, absl::Time time);
  // In whole units; none lifts the limit.
  void AddCreditLimit(servicekit::Id customer, std::optional<int64_t> units, absl::Time time);
  void AddMerge(servicekit::Id merge, servicekit::Id survivor, servicekit::Id merged);
  void AddSplit(servicekit::Id merge, servicekit::Id survivor, servicekit::Id restored);
  void AddErasure(servicekit::Id customer, bool deleted = false);
  // `stage` as in the contract: 1 is TARGET, 5 REPURCHASE, 6 LOST.
  void AddJourney(servicekit::Id customer, int stage, absl::Time since);

  const std::vector<clientele::type::v1::FeedEntry>& entries() const { return entries_; }
  // The entries with positions above `after`.
  clientele::type::v1::ReadFeedResponse Batch(int64_t after = 0) const;

 private:
  void Add(servicekit::Id customer, absl::Time time, const google::protobuf::Message& event);
  std::vector<clientele::type::v1::FeedEntry> entries_;
};

}  // namespace clientele::value

#endif  // VALUE_SVC_TESTING_EVENTS_H_
