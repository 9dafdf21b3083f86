#ifndef LIFECYCLE_SVC_RPC_RANDOM_HISTORY_H_
#define LIFECYCLE_SVC_RPC_RANDOM_HISTORY_H_

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "lifecycle-svc/rpc/lifecycle_fixture.h"

// For tests: a random company whose customers are moved by the service's own RPCs, backdated ones among them,
// and a ledger of what was done, from which each figure can be worked out plainly, without the service's
// rules.
namespace clientele::lifecycle {

// Something that happened to a customer, as it was asked for.
struct Happening {
  enum Kind { kEntered, kOpened, kOrdered, kMoved } kind;
  absl::Time time;
  int to = 0;                        // kMoved: the stage.
  std::optional<Id> representative;  // Whose work it was, and of which team.
  std::optional<Id> team;
};

// A transition, or an order that was none, as plainly worked out.
struct PlainMove {
  absl::Time time;
  int from = 0, to = 0;
  bool transition = false;
  bool later_order = false;  // An order that is not the first.
  std::optional<Id> representative, team;
};

struct Plain {
  int stage = 0, furthest = 0, lost_from = 0, recycled = 0;
  absl::Time entered, since;
  std::vector<PlainMove> moves;
};

// What happened until `as_of`, told in order. Stages are numbers: 1 to 5 the way, 6 LOST, 7 DORMANT.
inline Plain Tell(std::vector<Happening> happenings, absl::Time as_of) {
  std::stable_sort(happenings.begin(), happenings.end(),
                   [](const Happening& a, const Happening& b) { return a.time < b.time; });
  Plain plain;
  int orders = 0, left = 0;
  for (const Happening& happening : happenings) {
    if (happening.time > as_of) break;
    int to = happening.to;
    if (happening.kind == Happening::kEntered) to = plain.stage == 0 ? 1 : plain.stage;
    if (happening.kind == Happening::kOpened) to = 3;
    if (happening.kind == Happening::kOrdered) to = ++orders == 1 ? 4 : 5;
    const bool evidence = happening.kind == Happening::kOpened || happening.kind == Happening::kOrdered;
    if (evidence && plain.stage <= 5 && plain.stage >= to) to = plain.stage;
    PlainMove move;
    move.time = happening.time;
    move.from = plain.stage;
    move.to = to;
    move.transition = to != plain.stage;
    move.later_order = happening.kind == Happening::kOrdered && orders > 1;
    move.representative = happening.representative;
    move.team = happening.team;
    if (move.transition) {
      if (plain.stage == 0) plain.entered = happening.time;
      const bool back = plain.stage >= 6 ? to <= 5 : (plain.stage >= 1 && to <= 5 && to < plain.stage);
      if (back) ++plain.recycled;
      if (to >= 6 && plain.stage <= 5) left = plain.stage;
      if (to <= 5) plain.furthest = std::max(plain.furthest, to);
      plain.stage = to;
      plain.since = happening.time;
      plain.lost_from = to == 6 ? left : 0;
    }
    plain.moves.push_back(move);
  }
  return plain;
}

struct LedgerCustomer {
  KnownCustomer known;
  std::vector<Happening> happenings;
  std::set<Id> products;
};

struct LedgerDeal {
  std::string name;
  size_t customer = 0;
  Id owner, product;
  absl::Time open, close = kForever;
  int outcome = 0;  // 1 won, 2 lost.
  int64_t amount = 0;
};

class RandomHistory : public LifecycleFixture {
 protected:
  size_t Pick(size_t n) { return random_() % n; }
  absl::Time PastTime() { return now() - absl::Seconds(static_cast<int64_t>(Pick(3000 * 3600))); }

  void MakeCompany(size_t customers) {
    EnforceNothing();
    for (int i = 0; i < 4; ++i) teams_.push_back(Id::New(now()));
    for (int i = 0; i < 6; ++i) owners_.push_back(Id::New(now()));
    for (int i = 0; i < 3; ++i) markets_.push_back(Id::New(now()));
    type::v1::ReadFeedResponse batch;
    *batch.add_entries() = Entry(TeamUnder(teams_[0], std::nullopt));
    *batch.add_entries() = Entry(TeamUnder(teams_[1], teams_[0]));
    *batch.add_entries() = Entry(TeamUnder(teams_[2], std::nullopt));
    *batch.add_entries() = Entry(TeamUnder(teams_[3], teams_[1]));
    for (size_t i = 0; i < owners_.size(); ++i) {
      customer::v1::RepresentativeChanged event;
      event.mutable_representative()->set_name(NameOf("representatives", owners_[i]));
      event.mutable_representative()->set_team(NameOf("teams", teams_[i % 4]));
      event.mutable_representative()->set_department(static_cast<type::v1::Department>(1 + i % 3));
      *batch.add_entries() = Entry(event);
    }
    for (int i = 0; i < 3; ++i) {
      v1::CreateProductRequest request;
      request.mutable_product()->set_display_name("product");
      products_.push_back(*servicekit::ParseName("", "products", CreateProduct(request)->name()));
    }
    for (size_t i = 0; i < customers; ++i) {
      KnownCustomer known = AddCustomer(Pick(5) == 0 ? std::nullopt : std::optional(owners_[Pick(6)]),
                                        teams_[Pick(4)], Pick(2) == 0 ? "retail" : "medical");
      known.create_time = PastTime() - absl::Hours(Pick(4000));
      known.target_markets.emplace();
      for (const Id& market : markets_) {
        if (Pick(3) == 0) known.target_markets->push_back(market);
      }
      directory_.customers[Reference(known.id)] = known;
      *batch.add_entries() = Entry(Changed(known));
      ledger_.push_back({known, {{Happening::kEntered, known.create_time, 0, known.owner, known.team}}, {}});
    }
    ASSERT_TRUE(Hear(batch).ok());
  }

  std::string CustomerName(size_t customer) { return NameOf("customers", ledger_[customer].known.id); }

  // One random thing; also things that are refused.
  void Happen() {
    clock_.Advance(absl::Seconds(1 + static_cast<int64_t>(Pick(3600))));
    const size_t customer = Pick(ledger_.size());
    // An administrator records it, or a representative.
    const std::optional<Id> by = Pick(2) == 0 ? std::nullopt : ledger_[customer].known.owner;
    std::string token = "administrator";
    by_ = by;
    if (by.has_value()) {
      servicekit::Principal principal;
      principal.subject = NameOf("representatives", *by);
      principal.role = servicekit::Role::kRepresentative;
      principal.representative = by;
      principal.teams = {TeamOf(*by)};
      token = servicekit::TestToken(principal);
    }
    const absl::Time time = Pick(2) == 0 ? now() : PastTime();
    switch (Pick(6)) {
      case 0:
        return Order(customer, time, token);
      case 1:
        return Open(customer, time, token);
      case 2:
        by_ = std::nullopt;
        return Close();
      default:
        return MoveTo(customer, time, 1 + static_cast<int>(Pick(7)), token);
    }
  }

  void Remember(size_t customer, Happening::Kind kind, absl::Time time, int to = 0) {
    const KnownCustomer& known = ledger_[customer].known;
    ledger_[customer].happenings.push_back(
        {kind, time, to, known.owner, by_.has_value() ? std::optional(TeamOf(*by_)) : known.team});
  }

  void Order(size_t customer, absl::Time time, const std::string& token) {
    auto request = OrderFor(CustomerName(customer));
    *request.mutable_order()->mutable_order_time() = servicekit::ToProto(time);
    if (Pick(2) == 0) {
      const Id product = products_[Pick(3)];
      request.mutable_order()->mutable_lines(0)->set_product(NameOf("products", product));
      ledger_[customer].products.insert(product);
    }
    const auto order = CreateOrder(request, token);
    ASSERT_TRUE(order.ok()) << order.status();
    Remember(customer, Happening::kOrdered, time);
  }

  void Open(size_t customer, absl::Time time, const std::string& token) {
    LedgerDeal deal;
    deal.customer = customer;
    deal.owner = owners_[Pick(6)];
    deal.product = products_[Pick(3)];
    deal.open = time;
    deal.amount = 1 + static_cast<int64_t>(Pick(10'000));
    auto request = OpportunityFor(CustomerName(customer), std::to_string(deal.amount).c_str());
    request.mutable_opportunity()->set_owner(NameOf("representatives", deal.owner));
    request.mutable_opportunity()->set_product(NameOf("products", deal.product));
    *request.mutable_opportunity()->mutable_open_time() = servicekit::ToProto(time);
    const auto opened = CreateOpportunity(request, token);
    ASSERT_TRUE(opened.ok()) << opened.status();
    deal.name = opened->name();
    deals_.push_back(deal);
    ledger_[customer].products.insert(deal.product);
    Remember(customer, Happening::kOpened, time);
  }

  void Close() {
    if (deals_.empty()) return;
    LedgerDeal& deal = deals_[Pick(deals_.size())];
    if (deal.outcome != 0) return;
    const absl::Time time = std::max(deal.open, PastTime());
    if (Pick(3) == 0) {
      v1::LoseOpportunityRequest request;
      request.set_name(deal.name);
      request.set_lost_reason(v1::Opportunity::PRICE);
      *request.mutable_close_time() = servicekit::ToProto(time);
      const auto lost = LoseOpportunity(request);
      ASSERT_TRUE(lost.ok()) << lost.status();
      deal.outcome = 2;
    } else {
      v1::WinOpportunityRequest request;
      request.set_name(deal.name);
      *request.mutable_close_time() = servicekit::ToProto(time);
      const auto won = WinOpportunity(request);
      ASSERT_TRUE(won.ok()) << won.status();
      deal.outcome = 1;
      Remember(deal.customer, Happening::kOrdered, time);
    }
    deal.close = time;
  }

  void MoveTo(size_t customer, absl::Time time, int stage, const std::string& token) {
    v1::TransitionJourneyRequest request;
    request.set_name(CustomerName(customer) + "/journey");
    request.set_stage(static_cast<type::v1::Stage>(stage));
    request.set_reason("because");
    *request.mutable_event_time() = servicekit::ToProto(time);
    const auto moved = TransitionJourney(request, token);
    if (moved.ok()) {
      Remember(customer, Happening::kMoved, time, stage);
    } else {
      // Refused exactly when it was no move then.
      ASSERT_TRUE(absl::IsFailedPrecondition(moved.status())) << moved.status();
      const Plain then = Tell(ledger_[customer].happenings, time);
      ASSERT_TRUE(then.stage == stage || (then.stage == 0 && stage >= 6));
    }
  }

  // Who may see what: an administrator, managers, representatives.
  struct Viewer {
    std::string token = "administrator";
    std::optional<Id> manages;
    std::optional<Id> owner, pool;
  };
  std::vector<Viewer> Viewers() {
    std::vector<Viewer> viewers = {{}};
    for (size_t i = 0; i < 2; ++i) {
      servicekit::Principal principal;
      principal.subject = "users/manager";
      principal.role = servicekit::Role::kManager;
      principal.teams = {teams_[i]};
      viewers.push_back({servicekit::TestToken(principal), teams_[i], {}, {}});
      principal.role = servicekit::Role::kRepresentative;
      principal.representative = owners_[i];
      principal.subject = NameOf("representatives", owners_[i]);
      viewers.push_back({servicekit::TestToken(principal), {}, owners_[i], teams_[i]});
    }
    return viewers;
  }
  bool IsUnder(std::optional<Id> team, Id top) const {
    if (!team.has_value()) return false;
    std::map<Id, Id> parents = {{teams_[1], teams_[0]}, {teams_[3], teams_[1]}};
    for (Id at = *team;; at = parents[at]) {
      if (at == top) return true;
      if (!parents.contains(at)) return false;
    }
  }
  bool Sees(const Viewer& viewer, const KnownCustomer& customer) const {
    if (viewer.manages.has_value()) return IsUnder(customer.team, *viewer.manages);
    if (!viewer.owner.has_value()) return true;
    return customer.owner == viewer.owner || (!customer.owner.has_value() && customer.team == viewer.pool);
  }
  Id TeamOf(Id representative) const {
    const auto found = std::find(owners_.begin(), owners_.end(), representative);
    return teams_[static_cast<size_t>(found - owners_.begin()) % 4];
  }

  // A random slice, put into a request, and whether a customer is in it.
  struct Slice {
    std::optional<Id> owner, team, market, product;
    std::string industry;
  };
  Slice RandomSlice() {
    Slice slice;
    if (Pick(4) == 0) slice.owner = owners_[Pick(6)];
    if (Pick(4) == 0) slice.team = teams_[Pick(4)];
    if (Pick(4) == 0) slice.market = markets_[Pick(3)];
    if (Pick(4) == 0) slice.product = products_[Pick(3)];
    if (Pick(4) == 0) slice.industry = Pick(2) == 0 ? "retail" : "medical";
    return slice;
  }
  template <typename Request>
  static void Set(const Slice& slice, Request& request) {
    if (slice.owner.has_value()) request.set_owner(NameOf("representatives", *slice.owner));
    if (slice.team.has_value()) request.set_team(NameOf("teams", *slice.team));
    if (slice.market.has_value()) request.set_target_market(NameOf("targetMarkets", *slice.market));
    if (slice.product.has_value()) request.set_product(NameOf("products", *slice.product));
    request.set_industry(slice.industry);
  }
  bool InMarket(const Slice& slice, const KnownCustomer& known) const {
    if (!slice.industry.empty() && known.industry != slice.industry) return false;
    return !slice.market.has_value() ||
           std::count(known.target_markets->begin(), known.target_markets->end(), *slice.market) > 0;
  }
  bool IsIn(const Slice& slice, const LedgerCustomer& customer) const {
    const KnownCustomer& known = customer.known;
    if (slice.owner.has_value() && known.owner != slice.owner) return false;
    if (slice.team.has_value() && !IsUnder(known.team, *slice.team)) return false;
    if (slice.product.has_value() && !customer.products.contains(*slice.product)) return false;
    return InMarket(slice, known);
  }

  // All pages of a list, a few rows of it at a time or all.
  template <typename Request, typename List, typename Rows>
  auto AllPages(Request request, const std::string& token, List list, Rows rows) {
    std::vector<std::decay_t<decltype(rows(*list(request, token))[0])>> all;
    request.set_page_size(Pick(2) == 0 ? 7 : 1000);
    do {
      const auto page = list(request, token);
      EXPECT_TRUE(page.ok()) << page.status();
      if (!page.ok()) break;
      for (const auto& row : rows(*page)) all.push_back(row);
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return all;
  }

  std::mt19937 random_{20261125};
  std::optional<Id> by_;  // The representative who records the present happening; nullopt: an administrator.
  std::vector<Id> teams_, owners_, markets_, products_;
  std::vector<LedgerCustomer> ledger_;
  std::vector<LedgerDeal> deals_;
};

}  // namespace clientele::lifecycle

#endif  // LIFECYCLE_SVC_RPC_RANDOM_HISTORY_H_
