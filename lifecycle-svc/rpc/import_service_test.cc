#include "lifecycle-svc/rpc/lifecycle_fixture.h"
#include "servicekit/types/error.h"

namespace clientele::lifecycle {
namespace {

using ::testing::ElementsAre;
using type::v1::ImportResult;

// Service work, refunds and offers that are told of by imports.
class ImportServiceTest : public LifecycleFixture {
 protected:
  static void Set(type::v1::ExternalId* id, const std::string& text) {
    id->set_system("erp");
    id->set_id(text);
  }
  static void Set(type::v1::Reference* reference, const std::string& text) {
    Set(reference->mutable_external_id(), text);
  }
  google::protobuf::Timestamp Ago(int days) { return servicekit::ToProto(now() - absl::Hours(24 * days)); }

  // A product that is delivered by a process, and an order of it 40 days ago.
  v1::ImportRecordsRequest Order(const std::string& id = "O-1") {
    v1::ImportRecordsRequest request;
    v1::Product& product = *request.add_records()->mutable_product()->mutable_product();
    Set(product.mutable_external_id(), "P");
    product.set_display_name("Product");
    product.set_value_level(v1::LOW);
    product.set_standardization_level(v1::HIGH);
    v1::OrderRecord& order = *request.add_records()->mutable_order();
    Set(order.mutable_order()->mutable_external_id(), id);
    order.mutable_customer()->set_name(customer_);
    Set(order.add_products(), "P");
    v1::OrderLine& line = *order.mutable_order()->add_lines();
    line.set_quantity(1);
    *line.mutable_amount() = Dollars("100");
    *order.mutable_order()->mutable_order_time() = Ago(40);
    return request;
  }
  // Its service project: shipped after 2 days at a cost of 5, and asked after 10 days.
  v1::ServiceProjectRecord Project(const std::string& order = "O-1") {
    v1::ServiceProjectRecord record;
    Set(record.mutable_external_id(), order + "-S");
    Set(record.mutable_order(), order);
    record.set_delivery_model(v1::PROCESS);
    record.set_display_name("납품");
    record.set_state(v1::ServiceProject::COMPLETED);
    *record.mutable_complete_time() = Ago(30);
    record.set_satisfaction(4);
    for (const auto& [title, days] : {std::pair("Ship", 38), std::pair("Ask", 30)}) {
      v1::ServiceProjectRecord::Task& task = *record.add_tasks();
      task.set_title(title);
      task.set_state(v1::ServiceTask::DONE);
      *task.mutable_finish_time() = Ago(days);
      *task.mutable_due_date() =
          servicekit::ToProto(absl::ToCivilDay(now() - absl::Hours(24 * (days - 1)), absl::UTCTimeZone()));
      task.set_planned_minutes(30);
    }
    record.mutable_tasks(0)->set_logged_minutes(45);
    *record.mutable_tasks(0)->mutable_cost() = Dollars("5");
    record.mutable_tasks(1)->add_depends_on(1);
    return record;
  }
  ImportResult Told(const v1::ServiceProjectRecord& record) {
    v1::ImportRecordsRequest request;
    *request.add_records()->mutable_service_project() = record;
    const auto response = Import(request);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() ? response->results(0) : ImportResult();
  }
  std::vector<ImportResult::Outcome> Outcomes(const v1::ImportRecordsRequest& request) {
    const auto response = Import(request);
    EXPECT_TRUE(response.ok()) << response.status();
    std::vector<ImportResult::Outcome> outcomes;
    for (const ImportResult& result : response->results()) {
      outcomes.push_back(result.outcome());
      if (result.outcome() == ImportResult::REJECTED) ADD_FAILURE() << result.ShortDebugString();
    }
    return outcomes;
  }
  void ExpectRefused(const v1::ServiceProjectRecord& record, const std::string& field) {
    const ImportResult result = Told(record);
    EXPECT_EQ(result.outcome(), ImportResult::REJECTED) << result.ShortDebugString();
    EXPECT_THAT(result.error().ShortDebugString(), ::testing::HasSubstr(field)) << field;
  }

  void SetUp() override {
    LifecycleFixture::SetUp();
    customer_ = AddCustomerName();
  }
  std::string customer_;
};

TEST_F(ImportServiceTest, AFinishedProjectIsTakenAsItWent) {
  v1::ImportRecordsRequest request = Order();
  *request.add_records()->mutable_service_project() = Project();
  EXPECT_THAT(Outcomes(request),
              ElementsAre(ImportResult::CREATED, ImportResult::CREATED, ImportResult::CREATED));
  EXPECT_THAT(Outcomes(request),
              ElementsAre(ImportResult::UNCHANGED, ImportResult::UNCHANGED, ImportResult::UNCHANGED));
  const auto projects = ListServiceProjects({});
  ASSERT_EQ(projects->service_projects_size(), 1);
  const v1::ServiceProject& project = projects->service_projects(0);
  EXPECT_EQ(project.state(), v1::ServiceProject::COMPLETED);
  EXPECT_EQ(project.external_id().id(), "O-1-S");
  EXPECT_EQ(project.base_total().units(), 100);
  EXPECT_EQ(project.base_cost().units(), 5);
  EXPECT_EQ(project.logged_minutes(), 45);
  EXPECT_EQ(*servicekit::FromProto("", project.open_time()), now() - absl::Hours(24 * 40))
      << "the order's time";
  const auto compared = CompareDeliveryModels({});
  EXPECT_EQ(compared->rows(2).completed_count(), 1);
  EXPECT_EQ(compared->rows(2).on_time_count(), 1);
  EXPECT_DOUBLE_EQ(compared->rows(2).average_days(), 10);
  EXPECT_DOUBLE_EQ(compared->rows(2).average_satisfaction(), 4);
  EXPECT_EQ(ListFollowUps({})->follow_ups_size(), 0) << "it tells of the past";
  EXPECT_EQ(Database().Count("service_work"), 1);
  EXPECT_THAT(FeedTypes(), ::testing::UnorderedElementsAre("OrderPlaced", "ServiceProjectChanged",
                                                           "ServiceCostLogged", "JourneyChanged"));
  v1::ServiceProjectRecord other = Project();
  other.set_satisfaction(5);
  ExpectRefused(other, "RECORD_DIFFERS");
}

TEST_F(ImportServiceTest, AnOpenProjectIsMovedOn) {
  ASSERT_EQ(Outcomes(Order()).size(), 2u);
  v1::ServiceProjectRecord record = Project();
  record.clear_state();
  record.clear_complete_time();
  record.clear_satisfaction();
  record.mutable_tasks(1)->clear_state();
  record.mutable_tasks(1)->clear_finish_time();
  EXPECT_EQ(Told(record).outcome(), ImportResult::CREATED);
  EXPECT_EQ(Told(record).outcome(), ImportResult::UNCHANGED);
  record.mutable_tasks(1)->set_logged_minutes(10);
  record.mutable_tasks(1)->set_state(v1::ServiceTask::IN_PROGRESS);
  EXPECT_EQ(Told(record).outcome(), ImportResult::UPDATED);
  record.mutable_tasks(0)->set_logged_minutes(44);
  ExpectRefused(record, "service_project.tasks[0].logged_minutes");
  v1::ServiceProjectRecord done = Project();
  done.mutable_tasks(1)->set_logged_minutes(15);
  done.add_tasks()->set_title("Extra");
  done.mutable_tasks(2)->set_state(v1::ServiceTask::SKIPPED);
  *done.mutable_tasks(2)->mutable_finish_time() = Ago(31);
  EXPECT_EQ(Told(done).outcome(), ImportResult::UPDATED);
  const auto project = ListServiceProjects({})->service_projects(0);
  EXPECT_EQ(project.state(), v1::ServiceProject::COMPLETED);
  EXPECT_EQ(project.logged_minutes(), 60);
  EXPECT_EQ(project.task_count(), 3);
  EXPECT_EQ(Database().Count("service_work"), 3) << "what was new each time";
}

TEST_F(ImportServiceTest, WhatCannotHaveBeenIsRefusedByField) {
  v1::ImportRecordsRequest request = Order();
  v1::ImportRecord& rate = *request.add_records();
  rate.mutable_exchange_rate()->set_currency_code("EUR");
  *rate.mutable_exchange_rate()->mutable_start_date() = servicekit::ToProto(absl::CivilDay(2000, 1, 1));
  rate.mutable_exchange_rate()->set_rate("1.25");
  ASSERT_EQ(Outcomes(request).size(), 3u);
  v1::ServiceProjectRecord record = Project();
  record.clear_delivery_model();
  ExpectRefused(record, "service_project.delivery_model");
  record = Project();
  record.mutable_tasks(1)->set_state(v1::ServiceTask::TO_DO);
  record.mutable_tasks(1)->clear_finish_time();
  ExpectRefused(record, "service_project.state");
  record = Project();
  record.mutable_tasks(0)->clear_finish_time();
  ExpectRefused(record, "service_project.tasks[0].finish_time");
  record = Project();
  *record.mutable_tasks(0)->mutable_finish_time() = Ago(41);
  ExpectRefused(record, "service_project.tasks[0].finish_time");
  record = Project();
  *record.mutable_complete_time() = Ago(31);
  ExpectRefused(record, "service_project.complete_time");
  record = Project();
  record.mutable_tasks(0)->add_depends_on(2);
  ExpectRefused(record, "service_project.tasks.depends_on");
  record = Project();
  record.mutable_tasks(0)->add_depends_on(3);
  ExpectRefused(record, "service_project.tasks[0].depends_on[0]");
  record = Project();
  record.set_cancel_reason("no");
  ExpectRefused(record, "service_project.cancel_reason");
  record = Project();
  Set(record.add_assignees(), "nobody");
  ExpectRefused(record, "service_project.assignees");
  Set(record.add_assignees(), "nobody");
  ExpectRefused(record, "service_project.assignees[0]");
  record = Project();
  Set(record.mutable_order(), "O-2");
  ExpectRefused(record, "service_project.order");
  record = Project();
  Set(record.mutable_customer(), customer_);
  ExpectRefused(record, "service_project.customer");
  record.mutable_customer()->set_name(customer_);
  ExpectRefused(record, "service_project.open_time");
  EXPECT_EQ(Database().Count("service_projects"), 0);

  record = Project();
  *record.mutable_tasks(0)->mutable_cost() = In("EUR", "4");
  EXPECT_EQ(Told(record).outcome(), ImportResult::CREATED);
  EXPECT_EQ(ListServiceProjects({})->service_projects(0).base_cost().units(), 5);
  record = Project();
  Set(record.mutable_external_id(), "another");
  ExpectRefused(record, "PROJECT_EXISTS");
}

TEST_F(ImportServiceTest, RefundsAndCancelledWorkComeAlong) {
  v1::ImportRecordsRequest request = Order();
  v1::PaymentRecord& payment = *request.add_records()->mutable_payment();
  Set(payment.mutable_payment()->mutable_external_id(), "pay");
  Set(payment.mutable_order(), "O-1");
  *payment.mutable_payment()->mutable_amount() = Dollars("100");
  *payment.mutable_payment()->mutable_pay_time() = Ago(39);
  v1::OrderCancellationRecord& cancel = *request.add_records()->mutable_order_cancellation();
  Set(cancel.mutable_order(), "O-1");
  *cancel.mutable_cancel_time() = Ago(38);
  cancel.set_reason("x");
  v1::RefundRecord& refund = *request.add_records()->mutable_refund();
  Set(refund.mutable_refund()->mutable_external_id(), "back");
  Set(refund.mutable_order(), "O-1");
  *refund.mutable_refund()->mutable_amount() = Dollars("60");
  *refund.mutable_refund()->mutable_refund_time() = Ago(37);
  EXPECT_EQ(Outcomes(request).back(), ImportResult::CREATED);
  EXPECT_EQ(Outcomes(request).back(), ImportResult::UNCHANGED);
  EXPECT_EQ(SummarizeOrders({})->base_refunded().units(), 60);
  *refund.mutable_refund()->mutable_amount() = Dollars("61");
  EXPECT_EQ(Import(request)->results(4).outcome(), ImportResult::REJECTED) << "it differs";
  ExpectRefused(Project(), "ORDER_CANCELLED");
  v1::ServiceProjectRecord given_up = Project();
  given_up.set_state(v1::ServiceProject::CANCELLED);
  given_up.clear_complete_time();
  given_up.clear_satisfaction();
  given_up.set_cancel_reason("the order was cancelled");
  EXPECT_EQ(Told(given_up).outcome(), ImportResult::CREATED);
  EXPECT_EQ(CompareDeliveryModels({})->rows(2).cancelled_count(), 1);
}

TEST_F(ImportServiceTest, OffersComeWithLinesAndCompetitors) {
  v1::ImportRecordsRequest request;
  v1::Product& product = *request.add_records()->mutable_product()->mutable_product();
  Set(product.mutable_external_id(), "P");
  product.set_display_name("Product");
  *product.mutable_list_price() = Dollars("7");
  for (const auto step : {v1::Opportunity::WON, v1::Opportunity::LOST}) {
    v1::OpportunityRecord& deal = *request.add_records()->mutable_opportunity();
    Set(deal.mutable_opportunity()->mutable_external_id(), v1::Opportunity::Step_Name(step));
    deal.mutable_customer()->set_name(customer_);
    deal.mutable_opportunity()->set_step(step);
    *deal.mutable_close_time() = Ago(3);
    deal.mutable_opportunity()->add_lines()->set_quantity(3);
    Set(deal.add_line_products(), "P");
    deal.mutable_opportunity()->add_competitors()->set_display_name("Acme");
    if (step == v1::Opportunity::WON) continue;
    deal.set_lost_reason(v1::Opportunity::COMPETITOR);
    deal.set_lost_to("Newcomer");
  }
  EXPECT_THAT(Outcomes(request),
              ElementsAre(ImportResult::CREATED, ImportResult::CREATED, ImportResult::CREATED));
  EXPECT_THAT(Outcomes(request),
              ElementsAre(ImportResult::UNCHANGED, ImportResult::UNCHANGED, ImportResult::UNCHANGED));
  EXPECT_EQ(ListOrders({})->orders(0).total().units(), 21);
  EXPECT_EQ(ListOrders({})->orders(0).lines(0).quantity(), 3);
  EXPECT_EQ(SummarizeCompetitors({})->rows_size(), 2);
  request.mutable_records(1)->mutable_opportunity()->mutable_opportunity()->mutable_lines(0)->set_quantity(4);
  EXPECT_EQ(Import(request)->results(1).outcome(), ImportResult::REJECTED);
  request.mutable_records(2)->mutable_opportunity()->mutable_opportunity()->mutable_external_id()->set_id(
      "x");
  request.mutable_records(2)->mutable_opportunity()->add_line_products();
  const auto refused = Import(request)->results(2);
  EXPECT_THAT(refused.error().ShortDebugString(), ::testing::HasSubstr("opportunity.line_products"));
}

}  // namespace
}  // namespace clientele::lifecycle
