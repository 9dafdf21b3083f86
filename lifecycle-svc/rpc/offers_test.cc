#include "lifecycle-svc/rpc/lifecycle_fixture.h"
#include "servicekit/types/error.h"

namespace clientele::lifecycle {
namespace {

using ::testing::ElementsAre;

// What opportunities offer, whom they are up against, and what their steps are taken for.
class OffersTest : public LifecycleFixture {
 protected:
  std::string MakeProduct(const char* name, const char* price) {
    v1::CreateProductRequest request;
    request.mutable_product()->set_display_name(name);
    if (*price != '\0') *request.mutable_product()->mutable_list_price() = Dollars(price);
    *request.mutable_product()->mutable_unit_cost() = Dollars("1");
    const auto product = CreateProduct(request);
    EXPECT_TRUE(product.ok()) << product.status();
    return product->name();
  }
  static v1::Opportunity::Line& AddLine(v1::Opportunity& opportunity, const std::string& product,
                                        int64_t quantity, const char* price = "") {
    v1::Opportunity::Line& line = *opportunity.add_lines();
    line.set_product(product);
    line.set_quantity(quantity);
    if (*price != '\0') *line.mutable_unit_price() = Dollars(price);
    return line;
  }
  // An offer of two pieces at list price and one at 10, 60 together.
  v1::CreateOpportunityRequest Offer(const std::string& customer) {
    v1::CreateOpportunityRequest request;
    request.mutable_opportunity()->set_customer(customer);
    AddLine(*request.mutable_opportunity(), machine_, 2);
    AddLine(*request.mutable_opportunity(), training_, 1, "10").set_description("현장 교육");
    return request;
  }
  static std::vector<std::string> Fields(const absl::Status& status) {
    std::vector<std::string> fields;
    for (const auto& violation : servicekit::GetFieldViolations(status)) fields.push_back(violation.field);
    return fields;
  }
  v1::Order OrderOf(const v1::Opportunity& won) {
    v1::GetOrderRequest get;
    get.set_name(won.order());
    const auto order = GetOrder(get);
    EXPECT_TRUE(order.ok()) << order.status();
    return order.ok() ? *order : v1::Order();
  }

  void SetUp() override {
    LifecycleFixture::SetUp();
    machine_ = MakeProduct("Machine", "25");
    training_ = MakeProduct("Training", "");
  }

  std::string machine_, training_;
};

TEST_F(OffersTest, TheAmountFollowsFromTheLines) {
  const auto offer = CreateOpportunity(Offer(AddCustomerName()));
  ASSERT_TRUE(offer.ok()) << offer.status();
  EXPECT_EQ(offer->amount().units(), 60);
  EXPECT_EQ(offer->product(), machine_) << "it is worth most";
  ASSERT_EQ(offer->lines_size(), 2);
  EXPECT_EQ(offer->lines(0).description(), "Machine");
  EXPECT_EQ(offer->lines(0).unit_price().units(), 25);
  EXPECT_EQ(offer->lines(0).amount().units(), 50);
  EXPECT_EQ(offer->lines(1).description(), "현장 교육");
  v1::GetOpportunityRequest get;
  get.set_name(offer->name());
  EXPECT_EQ(GetOpportunity(get)->ShortDebugString(), offer->ShortDebugString());

  v1::UpdateOpportunityRequest update;
  update.mutable_opportunity()->set_name(offer->name());
  AddLine(*update.mutable_opportunity(), training_, 3, "7.5");
  auto updated = UpdateOpportunity(update);
  ASSERT_TRUE(updated.ok()) << updated.status();
  EXPECT_EQ(updated->amount().units(), 22);
  EXPECT_EQ(updated->amount().nanos(), 500'000'000);
  EXPECT_EQ(updated->product(), training_) << "what it was about is not offered any more";
  EXPECT_EQ(Database().Count("opportunity_lines"), 1);
  update.mutable_opportunity()->clear_lines();
  *update.mutable_opportunity()->mutable_amount() = Dollars("22");
  EXPECT_THAT(Fields(UpdateOpportunity(update).status()), ElementsAre("opportunity.amount"));
  update.mutable_update_mask()->add_paths("lines");
  updated = UpdateOpportunity(update);
  ASSERT_TRUE(updated.ok()) << updated.status();
  EXPECT_EQ(updated->lines_size(), 0);
  EXPECT_EQ(updated->amount().units(), 22) << "without lines it stays what it was";
  EXPECT_EQ(Database().Count("opportunity_lines"), 0);
}

TEST_F(OffersTest, EverythingThatIsWrongWithLinesIsToldByField) {
  v1::CreateOpportunityRequest request = Offer(AddCustomerName());
  *request.mutable_opportunity()->mutable_amount() = Dollars("59");
  EXPECT_THAT(Fields(CreateOpportunity(request).status()), ElementsAre("opportunity.amount"));
  request.mutable_opportunity()->clear_amount();
  request.mutable_opportunity()->mutable_lines(1)->clear_unit_price();
  EXPECT_THAT(Fields(CreateOpportunity(request).status()), ElementsAre("opportunity.lines[1].unit_price"))
      << "the product has no list price";
  *request.mutable_opportunity()->mutable_lines(1)->mutable_unit_price() = In("EUR", "10");
  EXPECT_THAT(Fields(CreateOpportunity(request).status()),
              ElementsAre("opportunity.lines[1].unit_price.currency_code"));
  request.mutable_opportunity()->mutable_lines(0)->set_quantity(0);
  request.mutable_opportunity()->mutable_lines(1)->clear_product();
  request.mutable_opportunity()->mutable_lines(1)->clear_unit_price();
  v1::Opportunity::Competitor& twice = *request.mutable_opportunity()->add_competitors();
  twice.set_display_name("Acme");
  *request.mutable_opportunity()->add_competitors() = twice;
  EXPECT_THAT(
      Fields(CreateOpportunity(request).status()),
      ::testing::UnorderedElementsAre("opportunity.lines[0].quantity", "opportunity.lines[1].unit_price",
                                      "opportunity.competitors[1].display_name"));
  request = Offer(AddCustomerName());
  request.mutable_opportunity()->mutable_lines(0)->set_product(NameOf("products", Id::New(now())));
  EXPECT_TRUE(absl::IsNotFound(CreateOpportunity(request).status()));
  EXPECT_EQ(Database().Count("opportunities"), 0);
}

TEST_F(OffersTest, WinningMakesAnOrderOfTheLinesThatIsPaidInInstalments) {
  const auto offer = CreateOpportunity(Offer(AddCustomerName()));
  ASSERT_TRUE(offer.ok()) << offer.status();
  v1::WinOpportunityRequest win;
  win.set_name(offer->name());
  *win.mutable_amount() = Dollars("55");
  EXPECT_THAT(Fields(WinOpportunity(win).status()), ElementsAre("amount")) << "the lines say 60";
  win.clear_amount();
  for (const auto& [days, amount] : {std::pair(30, "20"), std::pair(60, "40")}) {
    v1::Order::Instalment& instalment = *win.add_instalments();
    *instalment.mutable_due_date() = servicekit::ToProto(absl::ToCivilDay(now(), absl::UTCTimeZone()) + days);
    *instalment.mutable_amount() = Dollars(amount);
  }
  *win.mutable_instalments(1)->mutable_amount() = Dollars("41");
  EXPECT_THAT(Fields(WinOpportunity(win).status()), ElementsAre("instalments"));
  *win.mutable_instalments(1)->mutable_amount() = In("EUR", "40");
  EXPECT_THAT(Fields(WinOpportunity(win).status()), ElementsAre("instalments[1].amount.currency_code"));
  *win.mutable_instalments(1)->mutable_amount() = Dollars("40");
  EXPECT_EQ(Database().Count("orders"), 0);
  const auto won = WinOpportunity(win);
  ASSERT_TRUE(won.ok()) << won.status();
  const v1::Order order = OrderOf(*won);
  ASSERT_EQ(order.lines_size(), 2);
  EXPECT_EQ(order.lines(0).product(), machine_);
  EXPECT_EQ(order.lines(0).quantity(), 2);
  EXPECT_EQ(order.lines(0).amount().units(), 50);
  EXPECT_EQ(order.lines(0).unit_cost().units(), 1) << "the product's";
  EXPECT_EQ(order.lines(1).description(), "현장 교육");
  EXPECT_EQ(order.total().units(), 60);
  ASSERT_EQ(order.instalments_size(), 2);
  EXPECT_EQ(order.due_date().ShortDebugString(), win.instalments(1).due_date().ShortDebugString());
  EXPECT_EQ(order.next_due_date().ShortDebugString(), win.instalments(0).due_date().ShortDebugString());
}

TEST_F(OffersTest, WhatWasAgreedOnInTheEndReplacesTheOffer) {
  const auto offer = CreateOpportunity(Offer(AddCustomerName()));
  ASSERT_TRUE(offer.ok()) << offer.status();
  v1::WinOpportunityRequest win;
  win.set_name(offer->name());
  v1::Opportunity agreed;
  AddLine(agreed, machine_, 3, "20");
  *win.mutable_lines() = agreed.lines();
  *win.mutable_amount() = Dollars("61");
  EXPECT_THAT(Fields(WinOpportunity(win).status()), ElementsAre("amount"));
  *win.mutable_amount() = Dollars("60");
  const auto won = WinOpportunity(win);
  ASSERT_TRUE(won.ok()) << won.status();
  ASSERT_EQ(won->lines_size(), 1);
  EXPECT_EQ(won->lines(0).quantity(), 3);
  EXPECT_EQ(won->amount().units(), 60);
  EXPECT_EQ(OrderOf(*won).lines(0).quantity(), 3);
  v1::GetOpportunityRequest get;
  get.set_name(offer->name());
  EXPECT_EQ(GetOpportunity(get)->ShortDebugString(), won->ShortDebugString());
}

TEST_F(OffersTest, CompetitorsAreCountedOverWhatTheCallerSees) {
  const Id me = Id::New(now()), team = Id::New(now());
  const std::string mine = NameOf("customers", AddCustomer(me, team).id);
  const std::string others = NameOf("customers", AddCustomer(Id::New(now()), team).id);
  const auto against = [&](const std::string& customer, std::vector<std::string> names) {
    v1::CreateOpportunityRequest request = OpportunityFor(customer);
    for (const std::string& name : names)
      request.mutable_opportunity()->add_competitors()->set_display_name(name);
    const auto made = CreateOpportunity(request);
    EXPECT_TRUE(made.ok()) << made.status();
    return made->name();
  };
  const std::string won = against(mine, {"Acme", "대한기계"}), lost = against(mine, {"Acme"});
  against(mine, {"Acme"});
  against(others, {"Acme"});
  v1::WinOpportunityRequest win;
  win.set_name(won);
  ASSERT_TRUE(WinOpportunity(win).ok());
  v1::LoseOpportunityRequest lose;
  lose.set_name(lost);
  lose.set_lost_reason(v1::Opportunity::PRICE);
  lose.set_lost_to("Newcomer");
  EXPECT_THAT(Fields(LoseOpportunity(lose).status()), ElementsAre("lost_to"));
  lose.set_lost_reason(v1::Opportunity::COMPETITOR);
  const auto closed = LoseOpportunity(lose);
  ASSERT_TRUE(closed.ok()) << closed.status();
  EXPECT_EQ(closed->lost_to(), "Newcomer");
  ASSERT_EQ(closed->competitors_size(), 2);
  v1::GetOpportunityRequest get;
  get.set_name(lost);
  EXPECT_EQ(GetOpportunity(get)->ShortDebugString(), closed->ShortDebugString());

  servicekit::Principal principal;
  principal.subject = NameOf("representatives", me);
  principal.role = servicekit::Role::kRepresentative;
  principal.representative = me;
  const auto own = SummarizeCompetitors({}, servicekit::TestToken(principal));
  ASSERT_TRUE(own.ok()) << own.status();
  ASSERT_EQ(own->rows_size(), 3);
  EXPECT_EQ(own->rows(0).display_name(), "Acme");
  EXPECT_EQ(own->rows(0).open_count(), 1);
  EXPECT_EQ(own->rows(0).won_count(), 1);
  EXPECT_EQ(own->rows(0).lost_count(), 1);
  EXPECT_EQ(own->rows(0).lost_to_count(), 0);
  EXPECT_DOUBLE_EQ(own->rows(0).win_rate(), 0.5);
  const auto all = SummarizeCompetitors({});
  EXPECT_EQ(all->rows(0).open_count(), 2);
  v1::SummarizeCompetitorsRequest filtered;
  filtered.set_filter("lost_to = \"Newcomer\"");
  const auto one = SummarizeCompetitors(filtered);
  ASSERT_EQ(one->rows_size(), 2);
  EXPECT_EQ(one->rows(1).display_name(), "Newcomer");
  EXPECT_EQ(one->rows(1).lost_to_count(), 1);
  v1::ListOpportunitiesRequest list;
  list.set_filter(filtered.filter());
  EXPECT_EQ(ListOpportunities(list)->opportunities_size(), 1);
}

TEST_F(OffersTest, WhatAStepIsTakenForIsDataOfAnAdministrator) {
  const auto steps = ListSalesSteps({});
  ASSERT_TRUE(steps.ok()) << steps.status();
  ASSERT_EQ(steps->sales_steps_size(), 4);
  EXPECT_EQ(steps->sales_steps(2).name(), "salesSteps/proposal");
  EXPECT_EQ(steps->sales_steps(2).probability_percent(), 50);
  const auto before = CreateOpportunity(OpportunityFor(AddCustomerName()));
  v1::UpdateSalesStepRequest update;
  update.mutable_sales_step()->set_name("salesSteps/proposal");
  update.mutable_sales_step()->set_probability_percent(35);
  update.mutable_sales_step()->set_forecast_category(v1::Opportunity::COMMIT);
  update.mutable_sales_step()->set_etag(steps->sales_steps(2).etag());
  EXPECT_TRUE(absl::IsPermissionDenied(UpdateSalesStep(update, "manager").status()));
  const auto updated = UpdateSalesStep(update);
  ASSERT_TRUE(updated.ok()) << updated.status();
  EXPECT_TRUE(absl::IsAborted(UpdateSalesStep(update).status())) << "the etag is stale";

  v1::UpdateOpportunityRequest move;
  move.mutable_opportunity()->set_name(before->name());
  move.mutable_opportunity()->set_step(v1::Opportunity::PROPOSAL);
  const auto moved = UpdateOpportunity(move);
  ASSERT_TRUE(moved.ok()) << moved.status();
  EXPECT_EQ(moved->probability_percent(), 35);
  EXPECT_EQ(moved->forecast_category(), v1::Opportunity::COMMIT);
  v1::CreateOpportunityRequest create = OpportunityFor(AddCustomerName());
  create.mutable_opportunity()->set_step(v1::Opportunity::PROPOSAL);
  create.mutable_opportunity()->set_forecast_category(v1::Opportunity::OMITTED);
  EXPECT_EQ(CreateOpportunity(create)->probability_percent(), 35);
  EXPECT_EQ(CreateOpportunity(create)->forecast_category(), v1::Opportunity::OMITTED);

  update.mutable_sales_step()->clear_etag();
  update.mutable_sales_step()->set_probability_percent(100);
  update.mutable_sales_step()->set_forecast_category(v1::Opportunity::CLOSED);
  EXPECT_THAT(
      Fields(UpdateSalesStep(update).status()),
      ::testing::UnorderedElementsAre("sales_step.probability_percent", "sales_step.forecast_category"));
  update.mutable_sales_step()->set_name("salesSteps/won");
  EXPECT_THAT(Fields(UpdateSalesStep(update).status()), ElementsAre("sales_step.name"));
  EXPECT_EQ(Database().Count("history WHERE resource = 'salesSteps/proposal'"), 1);
}

TEST_F(OffersTest, SlicesByProductFindLinesAndForgetCancelledOrders) {
  ASSERT_TRUE(CreateOpportunity(Offer(AddCustomerName())).ok());
  v1::CreateOrderRequest request = OrderFor(AddCustomerName());
  request.mutable_order()->mutable_lines(0)->set_product(training_);
  const auto order = CreateOrder(request);
  ASSERT_TRUE(order.ok()) << order.status();
  v1::QueryFunnelRequest funnel;
  funnel.set_product(training_);
  EXPECT_EQ(QueryFunnel(funnel)->customer_count(), 2);
  v1::CancelOrderRequest cancel;
  cancel.set_name(order->name());
  cancel.set_reason("x");
  ASSERT_TRUE(CancelOrder(cancel).ok());
  EXPECT_EQ(QueryFunnel(funnel)->customer_count(), 1);
}

TEST_F(OffersTest, VelocityCountsWhatWasKept) {
  const std::string customer = AddCustomerName();
  const auto win = [&](const char* amount) {
    const auto opened = CreateOpportunity(OpportunityFor(customer, amount));
    clock_.Advance(absl::Hours(24));
    v1::WinOpportunityRequest request;
    request.set_name(opened->name());
    const auto won = WinOpportunity(request);
    EXPECT_TRUE(won.ok()) << won.status();
    return won->order();
  };
  const std::string kept = win("100");
  const std::string cancelled = win("40");
  EXPECT_EQ(QueryVelocity({})->rows(0).won_amount().units(), 140);
  v1::CancelOrderRequest cancel;
  cancel.set_name(cancelled);
  cancel.set_reason("x");
  ASSERT_TRUE(CancelOrder(cancel).ok());
  const auto velocity = QueryVelocity({});
  EXPECT_EQ(velocity->rows(0).won_amount().units(), 100);
  EXPECT_EQ(velocity->rows(0).won_count(), 2) << "it was won all the same";
  v1::CreateOrderReturnRequest back;
  back.set_parent(kept);
  back.mutable_order_return()->add_lines()->set_line(1);
  back.mutable_order_return()->mutable_lines(0)->set_quantity(1);
  ASSERT_TRUE(CreateOrderReturn(back).ok());
  EXPECT_EQ(QueryVelocity({})->rows(0).won_amount().units(), 0) << "all of it came back";
}

}  // namespace
}  // namespace clientele::lifecycle
