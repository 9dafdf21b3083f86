#ifndef LIFECYCLE_SVC_RPC_RANDOM_HISTORY_H_
#define LIFECYCLE_SVC_RPC_RANDOM_HISTORY_H_

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "lifecycle-svc/rpc/lifecycle_fixture.h"
#include "lifecycle-svc/rpc/plain_history.h"

// For tests: a random company whose customers are moved by the service's own RPCs, backdated ones and ones of
// the same moment among them, and on demand merged and split again, with orders that are cancelled and
// service work that is finished; and a ledger of what was done, from which each figure can be worked out
// plainly, without the service's rules.
namespace clientele::lifecycle {

class RandomHistory : public LifecycleFixture {
 protected:
  static constexpr int kRepurchaseDays = 2;

  size_t Pick(size_t n) { return random_() % n; }
  absl::Time PastTime() { return now() - absl::Seconds(static_cast<int64_t>(Pick(3000 * 3600))); }

  void MakeCompany(size_t customers) {
    EnforceNothing();
    // One task for each order with a product, so that service work is finished with few calls.
    v1::UpdateDeliveryTemplateRequest work;
    work.mutable_delivery_template()->set_name("deliveryTemplates/general");
    work.mutable_delivery_template()->set_repurchase_days(kRepurchaseDays);
    v1::DeliveryTemplate::Step& task = *work.mutable_delivery_template()->add_tasks();
    task.set_key("deliver");
    task.set_title("deliver");
    task.set_department(type::v1::SERVICE);
    ASSERT_TRUE(UpdateDeliveryTemplate(work).ok());
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
      ledger_.push_back({known,
                         {{Happening::kEntered, known.create_time, 0, known.owner, known.team, ++recorded_}},
                         {},
                         {}});
    }
    ASSERT_TRUE(Hear(batch).ok());
  }

  std::string CustomerName(size_t customer) { return NameOf("customers", ledger_[customer].known.id); }

  // Whom a customer counts as, and all that is theirs.
  size_t SurvivorOf(size_t customer) const {
    for (const Link& link : links_) {
      if (link.merged == customer) return SurvivorOf(link.survivor);
    }
    return customer;
  }
  LedgerCustomer GroupOf(size_t customer) const {
    const size_t survivor = SurvivorOf(customer);
    LedgerCustomer group;
    group.known = ledger_[survivor].known;
    for (size_t i = 0; i < ledger_.size(); ++i) {
      const LedgerCustomer& part = ledger_[i];
      if (SurvivorOf(i) != survivor) continue;
      group.happenings.insert(group.happenings.end(), part.happenings.begin(), part.happenings.end());
      group.products.insert(part.products.begin(), part.products.end());
      group.finished_work.insert(group.finished_work.end(), part.finished_work.begin(),
                                 part.finished_work.end());
    }
    return group;
  }
  // Those who are nobody else's part.
  std::vector<LedgerCustomer> Groups() const {
    std::vector<LedgerCustomer> groups;
    for (size_t i = 0; i < ledger_.size(); ++i) {
      if (SurvivorOf(i) == i) groups.push_back(GroupOf(i));
    }
    return groups;
  }
  const KnownCustomer& KnownOf(const LedgerDeal& deal) const {
    return ledger_[SurvivorOf(deal.customer)].known;
  }

  // A moment at which something happened to the customer already.
  absl::Time SameMoment(size_t customer) {
    const std::vector<Happening> happenings = GroupOf(customer).happenings;
    return happenings[Pick(happenings.size())].time;
  }

  // One random thing; also things that are refused.
  void Happen() {
    clock_.Advance(absl::Seconds(1 + static_cast<int64_t>(Pick(3600))));
    if (whole_ && Pick(6) == 0) {
      by_ = std::nullopt;
      switch (Pick(5)) {
        case 0:
          return Cancel();
        case 1:
          return Merge();
        case 2:
          return SplitAgain();
        case 3:
          return ChangeDeal();
        default:
          return FinishWork();
      }
    }
    const size_t customer = Pick(ledger_.size());
    // An administrator records it, or a representative.
    const std::optional<Id> by = Pick(2) == 0 ? std::nullopt : ledger_[SurvivorOf(customer)].known.owner;
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
    absl::Time time = Pick(2) == 0 ? now() : PastTime();
    if (whole_ && Pick(6) == 0) time = SameMoment(customer);
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

  int64_t Remember(size_t customer, Happening::Kind kind, absl::Time time, int to = 0) {
    const KnownCustomer& known = ledger_[SurvivorOf(customer)].known;
    ledger_[customer].happenings.push_back({kind, time, to, known.owner,
                                            by_.has_value() ? std::optional(TeamOf(*by_)) : known.team,
                                            ++recorded_});
    return recorded_;
  }

  void Order(size_t customer, absl::Time time, const std::string& token) {
    auto request = OrderFor(CustomerName(customer));
    *request.mutable_order()->mutable_order_time() = servicekit::ToProto(time);
    std::optional<Id> product;
    if (Pick(2) == 0) {
      product = products_[Pick(3)];
      request.mutable_order()->mutable_lines(0)->set_product(NameOf("products", *product));
    }
    const auto order = CreateOrder(request, token);
    ASSERT_TRUE(order.ok()) << order.status();
    const int64_t number = Remember(customer, Happening::kOrdered, time);
    if (product.has_value()) ledger_[customer].products[number] = *product;
    orders_made_.push_back({order->name(), customer, number, std::nullopt, false});
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
    deal.steps.push_back({time, deal.amount, 10});
    const int64_t number = Remember(customer, Happening::kOpened, time);
    ledger_[customer].products[number] = deal.product;
    deals_.push_back(std::move(deal));
  }

  // Another amount, and another step.
  void ChangeDeal() {
    if (deals_.empty()) return;
    LedgerDeal& deal = deals_[Pick(deals_.size())];
    if (deal.outcome != 0) return;
    v1::UpdateOpportunityRequest request;
    request.mutable_opportunity()->set_name(deal.name);
    request.mutable_opportunity()->set_step(v1::Opportunity::PROPOSAL);
    deal.amount += 1;
    *request.mutable_opportunity()->mutable_amount() = Dollars(std::to_string(deal.amount).c_str());
    const auto changed = UpdateOpportunity(request);
    ASSERT_TRUE(changed.ok()) << changed.status();
    deal.steps.push_back({now(), deal.amount, 50});
  }

  void Cancel() {
    if (orders_made_.empty()) return;
    LedgerOrder& order = orders_made_[Pick(orders_made_.size())];
    if (order.cancelled) return;
    v1::CancelOrderRequest request;
    request.set_name(order.name);
    request.set_reason("because");
    const auto cancelled = CancelOrder(request);
    ASSERT_TRUE(cancelled.ok()) << cancelled.status();
    order.cancelled = true;
    std::erase_if(ledger_[order.customer].happenings,
                  [&](const Happening& happening) { return happening.number == order.number; });
    ledger_[order.customer].products.erase(order.number);
    if (order.deal.has_value()) deals_[*order.deal].kept = 0;
  }

  void FinishWork() {
    if (orders_made_.empty()) return;
    const LedgerOrder& order = orders_made_[Pick(orders_made_.size())];
    v1::ListServiceProjectsRequest list;
    list.set_filter(servicekit::StrCat("state = OPEN AND order = \"", order.name, "\""));
    const auto projects = ListServiceProjects(list);
    ASSERT_TRUE(projects.ok()) << projects.status();
    if (projects->service_projects().empty()) return;
    const std::string& name = projects->service_projects(0).name();
    v1::ListServiceTasksRequest tasks;
    tasks.set_parent(name);
    v1::UpdateServiceTaskRequest done;
    done.mutable_service_task()->set_name(ListServiceTasks(tasks)->service_tasks(0).name());
    done.mutable_service_task()->set_state(v1::ServiceTask::DONE);
    ASSERT_TRUE(UpdateServiceTask(done).ok());
    v1::CompleteServiceProjectRequest complete;
    complete.set_name(name);
    ASSERT_TRUE(CompleteServiceProject(complete).ok());
    ledger_[order.customer].finished_work.push_back(now());
  }

  void Merge() {
    const size_t survivor = SurvivorOf(Pick(ledger_.size())), merged = SurvivorOf(Pick(ledger_.size()));
    // At most a third, so that there is something left to slice.
    if (survivor == merged || links_.size() >= ledger_.size() / 3) return;
    links_.push_back({Id::New(now()), survivor, merged});
    ASSERT_TRUE(
        HearOne(Merged(links_.back().merge, ledger_[survivor].known.id, ledger_[merged].known.id)).ok());
  }

  void SplitAgain() {
    if (links_.empty()) return;
    const size_t i = Pick(links_.size());
    const Link link = links_[i];
    links_.erase(links_.begin() + static_cast<std::ptrdiff_t>(i));
    ASSERT_TRUE(
        HearOne(Split(link.merge, ledger_[link.survivor].known.id, ledger_[link.merged].known.id)).ok());
  }

  void Close() {
    if (deals_.empty()) return;
    const size_t place = Pick(deals_.size());
    LedgerDeal& deal = deals_[place];
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
      deal.kept = deal.amount;
      const int64_t number = Remember(deal.customer, Happening::kOrdered, time);
      ledger_[deal.customer].products[number] = deal.product;
      orders_made_.push_back({won->order(), deal.customer, number, place, false});
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
      const Plain then = Tell(GroupOf(customer).happenings, time);
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
    const auto is_it = [&](const auto& entry) { return entry.second == *slice.product; };
    if (slice.product.has_value() &&
        std::none_of(customer.products.begin(), customer.products.end(), is_it)) {
      return false;
    }
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

  struct Link {
    Id merge;
    size_t survivor, merged;
  };

  bool whole_ = false;  // With merges, splits, cancellations, finished work and changes of deals.
  int64_t recorded_ = 0;
  std::vector<Link> links_;
  std::vector<LedgerOrder> orders_made_;
  std::mt19937 random_{20261125};
  std::optional<Id> by_;  // The representative who records the present happening; nullopt: an administrator.
  std::vector<Id> teams_, owners_, markets_, products_;
  std::vector<LedgerCustomer> ledger_;
  std::vector<LedgerDeal> deals_;
};

}  // namespace clientele::lifecycle

#endif  // LIFECYCLE_SVC_RPC_RANDOM_HISTORY_H_
