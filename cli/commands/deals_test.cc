#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/commands/command_fixture.h"
#include "clientele/lifecycle/v1/delivery_service.grpc.pb.h"
#include "clientele/lifecycle/v1/forecast_service.grpc.pb.h"
#include "clientele/lifecycle/v1/opportunity_service.grpc.pb.h"
#include "clientele/lifecycle/v1/order_service.grpc.pb.h"
#include "clientele/lifecycle/v1/service_project_service.grpc.pb.h"

namespace clientele::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
namespace v1 = lifecycle::v1;

google::type::Money Usd(int64_t units) {
  google::type::Money money;
  money.set_currency_code("USD");
  money.set_units(units);
  return money;
}

struct FakeForecasts : v1::ForecastService::Service {
  grpc::Status GetForecast(grpc::ServerContext*, const v1::GetForecastRequest* request,
                           v1::GetForecastResponse* response) override {
    last = *request;
    response->set_horizon_days(request->horizon_days());
    *response->mutable_forecast()->mutable_conditional_amount() = Usd(4321);
    response->mutable_forecast()->set_unconverted_count(2);
    for (const char* currency : {"EUR", "KRW"}) {
      response->mutable_forecast()->add_unconverted_currencies(currency);
    }
    auto& past = *response->add_past();
    *past.mutable_won_amount() = Usd(200);
    past.set_conditional_ratio(1.25);
    return grpc::Status::OK;
  }
  v1::GetForecastRequest last;
};

struct FakeOrders : v1::OrderService::Service {
  grpc::Status ListOrders(grpc::ServerContext*, const v1::ListOrdersRequest* request,
                          v1::ListOrdersResponse* response) override {
    last = *request;
    auto& order = *response->add_orders();
    order.set_name("orders/1");
    order.set_state(v1::Order::CANCELLED);
    *order.mutable_total() = Usd(77);
    *order.mutable_refund_due() = Usd(55);
    return grpc::Status::OK;
  }
  grpc::Status SummarizeOrders(grpc::ServerContext*, const v1::SummarizeOrdersRequest* request,
                               v1::SummarizeOrdersResponse* response) override {
    EXPECT_EQ(request->filter(), last.filter());
    *response->mutable_base_net_total() = Usd(1234);
    response->set_cancelled_count(3);
    return grpc::Status::OK;
  }
  v1::ListOrdersRequest last;
};

struct FakeProjects : v1::ServiceProjectService::Service {
  grpc::Status ListServiceProjects(grpc::ServerContext*, const v1::ListServiceProjectsRequest*,
                                   v1::ListServiceProjectsResponse* response) override {
    auto& project = *response->add_service_projects();
    project.set_name("serviceProjects/1");
    project.set_display_name("현지화\x1b[31m");
    project.set_task_count(4);
    project.set_finished_task_count(3);
    return grpc::Status::OK;
  }
};

struct FakeOpportunities : v1::OpportunityService::Service {
  grpc::Status SummarizeCompetitors(grpc::ServerContext*, const v1::SummarizeCompetitorsRequest* request,
                                    v1::SummarizeCompetitorsResponse* response) override {
    last = *request;
    for (const char* name : {"대한기계\x1b[31m", "Acme"}) {
      auto& row = *response->add_rows();
      row.set_display_name(name);
      row.set_won_count(3);
      row.set_lost_count(1);
      row.set_win_rate(0.75);
    }
    return grpc::Status::OK;
  }
  v1::SummarizeCompetitorsRequest last;
};

struct FakeDeliveries : v1::DeliveryService::Service {
  grpc::Status CompareDeliveryModels(grpc::ServerContext*, const v1::CompareDeliveryModelsRequest*,
                                     v1::CompareDeliveryModelsResponse* response) override {
    auto& row = *response->add_rows();
    row.set_delivery_model(v1::PROFESSIONAL);
    row.set_matured_count(4);
    row.set_repurchase_share(0.25);
    return grpc::Status::OK;
  }
};

class DealCommands : public CommandTest {
 protected:
  DealCommands() { Serve({&forecasts_, &orders_, &projects_, &deliveries_, &opportunities_}); }

  FakeForecasts forecasts_;
  FakeOrders orders_;
  FakeProjects projects_;
  FakeDeliveries deliveries_;
  FakeOpportunities opportunities_;
};

TEST_F(DealCommands, ForecastStandsBesideWhatPastOnesGotRight) {
  EXPECT_THAT(
      Run({"forecast", "--days", "30", "--past", "2"}),
      AllOf(HasSubstr("within 30 days"), HasSubstr("4,321"), HasSubstr("1.25"), HasSubstr("2 in EUR, KRW")));
  EXPECT_EQ(forecasts_.last.past_count(), 2);
  EXPECT_THAT(Run({"forecast"}, true), HasSubstr("\"horizonDays\": 92"));
}

TEST_F(DealCommands, OrdersWithTheirTotals) {
  EXPECT_THAT(Run({"orders", "--filter", "state = CANCELLED", "--limit", "5"}),
              AllOf(HasSubstr("orders/1"), HasSubstr("Cancelled"), HasSubstr("55"), HasSubstr("1,234"),
                    HasSubstr("3 cancelled")));
  EXPECT_EQ(orders_.last.page_size(), 5);
}

TEST_F(DealCommands, CompetitorsWithHowOftenTheyWereBeaten) {
  EXPECT_THAT(
      Run({"competitors", "--filter", "step = WON", "--limit", "1"}),
      AllOf(HasSubstr("대한기계"), HasSubstr("75 %"), Not(HasSubstr("Acme")), Not(HasSubstr("\x1b"))));
  EXPECT_EQ(opportunities_.last.filter(), "step = WON");
}

TEST_F(DealCommands, ProjectsWithWhatCameOfEachModel) {
  EXPECT_THAT(Run({"projects"}), AllOf(HasSubstr("현지화"), HasSubstr("3/4"), HasSubstr("Professional"),
                                       HasSubstr("25 %"), Not(HasSubstr("\x1b"))));
}

}  // namespace
}  // namespace clientele::cli
