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
  event.set_to_tier(static_cast<v1::Tier>(score.tier.tier));
  event.set_score_micros(score.score_micros);
  return event;
}

}  // namespace

std::vector<Score> ScoreWithTiers(Scorer& scorer, const ScoringModel& model,
                                  absl::Span<const Observations> observations,
                                  const RunScoreStore::States& before, absl::Time as_of) {
  std::vector<Score> scores;
  scores.reserve(observations.size());
  for (const Observations& customer : observations) {
    Score& score = scores.emplace_back(scorer.ScoreOf(customer, as_of));
    const auto found = before.find(customer.customer);
    score.tier = NextTier(found == before.end() ? TierState() : found->second, model.boundaries,
                          model.hysteresis, customer.active, {score.score_micros, score.customer});
  }
  return scores;
}

absl::Status WriteInForce(Transaction& tx, Stores& stores, servicekit::FeedPublisher& feed,
                          absl::Span<const Score> scores, absl::Time now) {
  if (scores.empty()) return absl::OkStatus();
  std::vector<Id> customers;
  for (const Score& score : scores) customers.push_back(score.customer);
  // The lock of the customers' rows makes the feed tell a customer's changes in the order in which they were
  // made.
  const auto there = stores.customers.LockThere(tx, customers);
  if (!there.ok()) return there.status();
  if (there->size() < scores.size()) {
    // Some were let go of after they were looked at.
    std::vector<Score> left(scores.begin(), scores.end());
    std::erase_if(left, [&](const Score& score) { return !there->contains(score.customer); });
    return WriteInForce(tx, stores, feed, left, now);
  }
  const auto tiers_before = stores.scores.Tiers(tx, customers);
  if (!tiers_before.ok()) return tiers_before.status();
  if (absl::Status status = stores.scores.Put(tx, scores); !status.ok()) return status;

  std::vector<servicekit::FeedEvent> changes;
  for (const Score& score : scores) {
    const auto before = tiers_before->find(score.customer);
    const Tier from = before == tiers_before->end() ? Tier::kNone : before->second;
    if (from != score.tier.tier) changes.emplace_back(score.customer, now, Changed(score, from));
  }
  return feed.Publish(tx, changes);
}

absl::Status WriteRun(Transaction& tx, Stores& stores, Id run, absl::Span<const Observations> observations,
                      absl::Span<const Score> scores) {
  std::vector<Score> known;
  std::vector<Id> unknown;
  known.reserve(scores.size());
  for (size_t i = 0; i < scores.size(); ++i) {
    if (observations[i].known) {
      known.push_back(scores[i]);
    } else {
      unknown.push_back(scores[i].customer);
    }
  }
  if (absl::Status status = stores.run_scores.Put(tx, run, known); !status.ok()) return status;
  return stores.run_scores.Remove(tx, run, unknown);
}

}  // namespace clientele::value
