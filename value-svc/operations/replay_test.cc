#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "value-svc/operations/scoring_fixture.h"

namespace clientele::value {
namespace {

// All that a few customers do in two years, told by both feeds.
class Story {
 public:
  explicit Story(uint64_t seed) : random_(seed) {
    for (int i = 0; i < 12; ++i) customers.push_back(Id::New(kNow));
    for (int i = 0; i < 8; ++i) opportunities_.push_back(Id::New(kNow));
    for (Id customer : customers) {
      customer_feed.AddCustomer(customer, std::nullopt, std::nullopt, 1 + Below(3));
      customer_feed.AddCustomer(customer, std::nullopt, std::nullopt, 1 + Below(3));
    }
    for (int i = 0; i < 60; ++i) Happen();
  }

  FeedScript lifecycle_feed, customer_feed;
  std::vector<Id> customers;

 private:
  int64_t Below(int64_t limit) { return static_cast<int64_t>(random_() % static_cast<uint64_t>(limit)); }
  Id Any(const std::vector<Id>& ids) { return ids[random_() % ids.size()]; }
  absl::Time Sometime() { return kNow - absl::Hours(1 + Below(24 * 700)); }

  void Happen() {
    const Id customer = Any(customers);
    switch (Below(9)) {
      case 0:
      case 1:
      case 2: {
        FeedScript::Order order = {
            .customer = customer, .units = 1 + Below(5000), .time = Sometime(), .cost_units = Below(900)};
        if (Below(2)) order.due = absl::ToCivilDay(order.time, absl::UTCTimeZone()) + 30;
        if (Below(3) == 0) {
          const absl::CivilDay day = absl::ToCivilDay(order.time, absl::UTCTimeZone());
          order.instalments = {{day + 10, 1 + Below(999)}, {day + 40, 1 + Below(999)}, {day + 70, 7}};
        }
        if (Below(3) == 0) order.opportunity = Any(opportunities_);
        const Id id = lifecycle_feed.AddOrder(order);
        if (Below(2)) lifecycle_feed.AddPayment(order, id, order.units / 2, order.time + 40 * kDay);
        if (Below(4) == 0) lifecycle_feed.AddReturn(order, id, order.units / 3, 10, order.time + 9 * kDay);
        if (Below(6) == 0) lifecycle_feed.AddCancellation(order, id, order.time + 12 * kDay);
        return;
      }
      case 3:
        return lifecycle_feed.AddOpportunity(Any(opportunities_), customer, Below(9000),
                                             static_cast<int>(1 + Below(6)), 50, Sometime());
      case 4: {
        lifecycle_feed.AddReferral(customer, Any(opportunities_), static_cast<int>(1 + Below(99)),
                                   Sometime());
        const int64_t position = static_cast<int64_t>(lifecycle_feed.entries().size());
        if (Below(3) == 0) lifecycle_feed.AddReferralCancellation(position, Sometime());
        return;
      }
      case 7:
        return lifecycle_feed.AddCreditLimit(
            customer, Below(4) == 0 ? std::nullopt : std::optional(1 + Below(20'000)), Sometime());
      case 5:
        if (tasks_.size() < 4) tasks_.emplace_back(Id::New(kNow), customer);
        return AddCostOf(tasks_[random_() % tasks_.size()]);
      case 6: {
        if (interactions_.size() < 5) interactions_.emplace_back(Id::New(kNow), customer);
        const auto& [interaction, of] = interactions_[random_() % interactions_.size()];
        return customer_feed.AddInteraction(interaction, of, "CALL", Below(2) == 1, Sometime());
      }
      default:
        return MergeOrSplit(customer);
    }
  }

  void AddCostOf(const std::pair<Id, Id>& task) {
    lifecycle_feed.AddServiceCost(task.first, task.second, Below(500), Sometime());
  }

  // As customer-svc would: only who counts as itself is merged, and into one that does.
  void MergeOrSplit(Id customer) {
    if (!merges_.empty() && Below(2)) {
      const Merge undone = merges_[random_() % merges_.size()];
      std::erase_if(merges_, [&](const Merge& merge) { return merge.id == undone.id; });
      return customer_feed.AddSplit(undone.id, undone.survivor, undone.merged);
    }
    const auto survivors = ResolveSurvivors(customers, merges_);
    const Id survivor = survivors.at(Any(customers));
    if (survivors.at(customer) != customer || survivor == customer) return;
    merges_.push_back({Id::New(kNow), survivor, customer});
    customer_feed.AddMerge(merges_.back().id, survivor, customer);
  }

  std::mt19937_64 random_;
  std::vector<Id> opportunities_;
  std::vector<std::pair<Id, Id>> tasks_, interactions_;
  std::vector<Merge> merges_;
};

class ReplayTest : public ScoringTest {
 protected:
  // A model to score with, so that scores are compared, too; its reference is some other customers.
  void PublishModel() {
    FeedScript script;
    Populate(20, script);
    ApplyLifecycle(script.Batch());
    // Runs of three days, each with the tiers of the one before, which facts of the story come late for.
    for (int days_ago : {300, 100, 0}) RunToEnd({.as_of = kNow - days_ago * kDay});
    for (const char* table : {"facts", "customers", "scores", "rescore_queue", "fact_clocks", "run_scores"}) {
      database_.Execute(std::string("DELETE FROM ") + table);
    }
  }

  void Forget() {
    for (const char* table :
         {"facts", "customers", "scores", "rescore_queue", "fact_clocks", "customer_merges"}) {
      database_.Execute(std::string("DELETE FROM ") + table);
    }
  }

  using Dump = std::vector<std::vector<std::string>>;
  template <size_t N>
  Dump Rows(const char (&)[N], const Sql& sql, size_t columns) {
    return Read([&](Transaction& tx) {
      return tx.QueryAll(sql, [&](const Row& row) {
        std::vector<std::string> values;
        for (size_t i = 0; i < columns; ++i) values.push_back(row.IsNull(i) ? "NULL" : row.Text(i));
        return values;
      });
    });
  }
  // Everything that follows from facts.
  std::map<std::string, Dump> Tables() {
    std::map<std::string, Dump> tables;
    tables["facts"] = Rows("facts", Sql(R"sql(
        SELECT HEX(customer_id), HEX(origin_id), HEX(id), CONCAT(event_time), CONCAT(counted), CONCAT(amount),
               CONCAT(cost), HEX(source_id), CONCAT(position), HEX(dues)
          FROM facts ORDER BY customer_id, event_time, id)sql"),
                           10);
    tables["customers"] = Rows("customers", Sql(R"sql(
        SELECT HEX(id), HEX(survivor_id), CONCAT(version) FROM customers ORDER BY id)sql"),
                               3);
    tables["clocks"] = Rows("clocks", Sql(R"sql(
        SELECT CONCAT(feed), CONCAT(latest_event_time), base_currency FROM fact_clocks ORDER BY feed)sql"),
                            3);
    tables["scores"] = Rows("scores", Sql(R"sql(
        SELECT HEX(customer_id), CONCAT(as_of_time), CONCAT(tier), CONCAT(score_micros), CONCAT(revenue),
               CONCAT(profit), CONCAT(cost_to_serve), CONCAT(demonstration_effect_raw), CONCAT(due_order_count),
               CONCAT(days_beyond_terms_micros)
          FROM scores ORDER BY customer_id)sql"),
                            10);
    tables["run_scores"] = Rows("run_scores", Sql(R"sql(
        SELECT HEX(run_id), HEX(customer_id), CONCAT(tier), CONCAT(pending_tier), CONCAT(score_micros),
               CONCAT(revenue), CONCAT(profit)
          FROM run_scores ORDER BY run_id, customer_id)sql"),
                                7);
    return tables;
  }
};

// A piece of one of the two feeds.
struct Piece {
  bool of_customers;
  ReadFeedResponse batch;
};

TEST_F(ReplayTest, FactsInAnyOrderGiveIdenticalTables) {
  PublishModel();
  std::mt19937_64 random(3);
  for (uint64_t seed = 1; seed <= 4; ++seed) {
    const Story story(seed);
    Forget();
    ApplyCustomers(story.customer_feed.Batch());
    ApplyLifecycle(story.lifecycle_feed.Batch());
    WorkToEnd();
    const auto expected = Tables();
    EXPECT_GT(expected.at("scores").size(), 3u);
    EXPECT_GT(expected.at("run_scores").size(), 9u);
    for (int round = 0; round < 3; ++round) {
      Forget();
      std::vector<Piece> pieces;
      const auto cut = [&](const FeedScript& feed, bool of_customers) {
        std::vector<clientele::type::v1::FeedEntry> entries = feed.entries();
        std::shuffle(entries.begin(), entries.end(), random);
        // Some are delivered twice.
        for (int i = 0; i < 10; ++i) entries.push_back(entries[random() % entries.size()]);
        for (const auto& entry : entries) {
          if (pieces.empty() || pieces.back().of_customers != of_customers || random() % 3 == 0)
            pieces.push_back({of_customers, {}});
          *pieces.back().batch.add_entries() = entry;
        }
      };
      cut(story.lifecycle_feed, false);
      cut(story.customer_feed, true);
      std::shuffle(pieces.begin(), pieces.end(), random);
      for (const Piece& piece : pieces) {
        piece.of_customers ? ApplyCustomers(piece.batch) : ApplyLifecycle(piece.batch);
        if (random() % 5 == 0) WorkToEnd();  // Scores of a half-told story are mended by what comes later.
      }
      WorkToEnd();
      const auto found = Tables();
      for (const auto& [table, rows] : expected)
        EXPECT_EQ(found.at(table), rows) << table << ", seed " << seed;
    }
  }
}

TEST_F(ReplayTest, FactsOfAnAliasCountAsTheSurvivorsAndASplitGivesThemBack) {
  const Id survivor = NewCustomer(), alias = NewCustomer(), merge = Id::New(kNow);
  FeedScript orders, customers;
  orders.AddOrder({.customer = survivor, .units = 100, .time = kNow - 9 * kDay});
  orders.AddOrder({.customer = alias, .units = 20, .time = kNow - 8 * kDay});
  customers.AddMerge(merge, survivor, alias);
  customers.AddSplit(merge, survivor, alias);
  ApplyLifecycle(orders.Batch());
  RunToEnd();
  EXPECT_EQ(ScoreOf(survivor).revenue, Units(100));

  ReadFeedResponse merged = customers.Batch();
  merged.mutable_entries()->RemoveLast();
  ApplyCustomers(merged);
  orders.AddOrder({.customer = alias, .units = 3, .time = kNow - 7 * kDay});  // In between, under the alias.
  ApplyLifecycle(orders.Batch(2));
  WorkToEnd();
  EXPECT_EQ(ScoreOf(survivor).revenue, Units(123));
  EXPECT_EQ(database_.Count("scores"), 1);
  EXPECT_EQ(Read([&](Transaction& tx) { return stores_.customers.FindReadable(tx, administrator_, alias); }),
            survivor);

  ApplyCustomers(customers.Batch(1));
  WorkToEnd();
  EXPECT_EQ(ScoreOf(survivor).revenue, Units(100));
  EXPECT_EQ(ScoreOf(alias).revenue, Units(23));
}

// While customers are one, the feed names the survivor; a split announces nothing anew.
TEST_F(ReplayTest, ASplitGivesBackDealsWithWhatBecameOfThemMeanwhile) {
  const Id survivor = NewCustomer(), alias = NewCustomer(), merge = Id::New(kNow);
  const Id opportunity = Id::New(kNow), task = Id::New(kNow);
  FeedScript deals, customers;
  FeedScript::Order old = {.customer = alias, .units = 100, .time = kNow - 90 * kDay};
  const Id old_id = deals.AddOrder(old);
  deals.AddOpportunity(opportunity, alias, 500, 1, 10, kNow - 80 * kDay);
  deals.AddServiceCost(task, alias, 40, kNow - 70 * kDay);
  customers.AddMerge(merge, survivor, alias);
  customers.AddSplit(merge, survivor, alias);
  ApplyLifecycle(deals.Batch());
  RunToEnd();
  ReadFeedResponse merged = customers.Batch();
  merged.mutable_entries()->RemoveLast();
  ApplyCustomers(merged);

  const int64_t before = static_cast<int64_t>(deals.entries().size());
  old.customer = survivor;
  deals.AddPayment(old, old_id, 60, kNow - 50 * kDay);
  deals.AddReturn(old, old_id, 30, 10, kNow - 45 * kDay);
  deals.AddOpportunity(opportunity, survivor, 700, 5, 100, kNow - 40 * kDay);
  deals.AddOrder({.customer = survivor, .units = 700, .time = kNow - 40 * kDay, .opportunity = opportunity});
  deals.AddServiceCost(task, survivor, 90, kNow - 30 * kDay);
  // Of nobody but the survivor.
  deals.AddOrder({.customer = survivor, .units = 5, .time = kNow - 20 * kDay});
  ReadFeedResponse first = deals.Batch();
  first.mutable_entries()->DeleteSubrange(static_cast<int>(before),
                                          first.entries_size() - static_cast<int>(before));
  // The split may be heard of before what was done in between.
  for (const bool split_first : {false, true}) {
    Forget();
    ApplyLifecycle(first);
    ApplyCustomers(merged);
    if (split_first) ApplyCustomers(customers.Batch(1));
    ApplyLifecycle(deals.Batch(before));
    WorkToEnd();
    if (!split_first) {
      EXPECT_EQ(ScoreOf(survivor).revenue, Units(100 - 30 + 700 + 5));
      ApplyCustomers(customers.Batch(1));
      WorkToEnd();
    }
    EXPECT_EQ(ScoreOf(survivor).revenue, Units(5)) << split_first;
    EXPECT_EQ(ScoreOf(survivor).cost_to_serve, Units(0));
    EXPECT_EQ(ScoreOf(alias).revenue, Units(100 - 30 + 700)) << split_first;
    EXPECT_EQ(ScoreOf(alias).cost_to_serve, Units(90));
    EXPECT_EQ(ScoreOf(alias).open_opportunity_count, 0);
  }
}

TEST_F(ReplayTest, AMergeOfAMergedCustomerTakesAllOfThemAlong) {
  const Id a = NewCustomer(), b = NewCustomer(), c = NewCustomer();
  const Id first = Id::New(kNow), second = Id::New(kNow);
  FeedScript orders, customers;
  for (Id customer : {a, b, c}) orders.AddOrder({.customer = customer, .units = 10, .time = kNow - kDay});
  ApplyLifecycle(orders.Batch());
  customers.AddMerge(first, b, a);
  customers.AddMerge(second, c, b);
  customers.AddSplit(second, c, b);
  RunToEnd();
  ReadFeedResponse merges = customers.Batch();
  merges.mutable_entries()->RemoveLast();
  ApplyCustomers(merges);
  WorkToEnd();
  EXPECT_EQ(ScoreOf(c).revenue, Units(30));
  ApplyCustomers(customers.Batch(2));
  WorkToEnd();
  EXPECT_EQ(ScoreOf(b).revenue, Units(20));
  EXPECT_EQ(ScoreOf(c).revenue, Units(10));
}

TEST_F(ReplayTest, ErasureLeavesFigures) {
  const Id customer = NewCustomer();
  FeedScript orders, customers;
  orders.AddOrder({.customer = customer, .units = 100, .time = kNow - kDay});
  ApplyLifecycle(orders.Batch());
  customers.AddCustomer(customer, std::nullopt, std::nullopt, 1);
  customers.AddErasure(customer);
  ApplyCustomers(customers.Batch());
  RunToEnd();
  EXPECT_EQ(ScoreOf(customer).revenue, Units(100));
  EXPECT_EQ(Sums().at(FactKind::kOrderPlaced).count, 1);
}

TEST_F(ReplayTest, SumsAsOfADayCountWhatWasTheNewestThen) {
  const Id customer = NewCustomer(), opportunity = Id::New(kNow), task = Id::New(kNow);
  FeedScript script;
  script.AddOpportunity(opportunity, customer, 500, 1, 10, kNow - 30 * kDay);
  script.AddOpportunity(opportunity, customer, 700, 5, 100, kNow - 10 * kDay);
  script.AddServiceCost(task, customer, 40, kNow - 30 * kDay);
  script.AddServiceCost(task, customer, 90, kNow - 5 * kDay);
  const FeedScript::Order order = {.customer = customer, .units = 100, .time = kNow - 30 * kDay};
  script.AddCancellation(order, script.AddOrder(order), kNow - 2 * kDay);
  ApplyLifecycle(script.Batch());
  const auto sums = [&](std::optional<absl::Time> as_of) {
    std::map<FactKind, FactStore::Sum> by_kind;
    for (const auto& sum :
         Read([&](Transaction& tx) { return stores_.facts.Summarize(tx, administrator_, as_of); })) {
      by_kind.emplace(sum.kind, sum);
    }
    return by_kind;
  };
  auto then = sums(kNow - 20 * kDay), now = sums(std::nullopt);
  EXPECT_EQ(then.at(FactKind::kOpportunityChanged).amount, Units(500));
  EXPECT_EQ(then.at(FactKind::kServiceCostLogged).cost, Units(40));
  EXPECT_EQ(then.count(FactKind::kOrderCancelled), 0u);
  EXPECT_EQ(now.at(FactKind::kOpportunityChanged).amount, Units(700));
  EXPECT_EQ(now.at(FactKind::kServiceCostLogged).cost, Units(90));
  EXPECT_EQ(now.at(FactKind::kOrderCancelled).amount, Units(100));
  // As of now both ways of asking agree.
  auto asked = sums(kNow);
  ASSERT_EQ(asked.size(), now.size());
  for (const auto& [kind, sum] : now) EXPECT_EQ(asked.at(kind).amount, sum.amount);
}

}  // namespace
}  // namespace clientele::value
