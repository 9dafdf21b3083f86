#include "value-svc/operations/write_scores.h"

#include <vector>

#include "clientele/value/v1/value_feed.pb.h"
#include "servicekit/types/resource_name.h"
#include "value-svc/domain/pyramid.h"
#include "value-svc/domain/score.h"

namespace clientele::value {

namespace {

v1::TierChanged Changed(const Score& score, Tier from) {
  v1::TierChanged event;
  event.set_customer(servicekit::NameOf("customers", score.customer));
  event.set_from_tier(static_cast<v1::Tier>(from));
  event.set_to_tier(static_cast<v1::Tier>(score.tier));
  event.set_score_micros(score.score_micros);
  return event;
}

}  // namespace

absl::Status WriteScores(Transaction& tx, Stores& stores, servicekit::FeedPublisher& feed,
                         const ScoringModel& model, absl::Span<const Observations> observations,
                         absl::Time as_of, absl::Time now) {
  if (observations.empty()) return absl::OkStatus();
  std::vector<Id> customers;
  std::vector<Score> scores;
  for (const Observations& customer : observations) {
    Score score = ComputeScore(customer, model, as_of);
    score.tier = TierOf(model.boundaries, customer.active, {score.score_micros, score.customer});
    customers.push_back(customer.customer);
    scores.push_back(score);
  }
  // The lock of the customers' rows makes the feed tell a customer's changes in the order in which they were
  // made.
  if (absl::Status status = stores.customers.Lock(tx, customers); !status.ok()) return status;
  const auto tiers_before = stores.scores.Tiers(tx, customers);
  if (!tiers_before.ok()) return tiers_before.status();
  if (absl::Status status = stores.scores.Put(tx, scores); !status.ok()) return status;

  std::vector<servicekit::FeedEvent> changes;
  for (const Score& score : scores) {
    const auto before = tiers_before->find(score.customer);
    const Tier from = before == tiers_before->end() ? Tier::kNone : before->second;
    if (from != score.tier) changes.emplace_back(score.customer, now, Changed(score, from));
  }
  return feed.Publish(tx, changes);
}

}  // namespace clientele::value
