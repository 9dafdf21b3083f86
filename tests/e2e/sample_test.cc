// The sample company in, through the command line: nothing of it is refused, and every report has something
// to show.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "clientele/lifecycle/v1/delivery_service.grpc.pb.h"
#include "clientele/lifecycle/v1/department_service.grpc.pb.h"
#include "clientele/lifecycle/v1/order_service.grpc.pb.h"
#include "clientele/value/v1/fact_service.grpc.pb.h"
#include "tests/cluster/cluster.h"

namespace clientele::tests {
namespace {

int64_t MicrosOf(const google::type::Money& money) {
  return money.units() * 1'000'000 + money.nanos() / 1000;
}

TEST(SampleCompany, IsTakenWholeAndHasDeliveryFiguresToShow) {
  Cluster cluster;
  const std::string folder = cluster.folder() + "/sample";
  std::string output;
  ASSERT_EQ(cluster.Clientele({"sample", "--customers", "400", folder}, &output), 0) << output;
  output.clear();
  ASSERT_EQ(
      cluster.Clientele(
          {"import", folder, "--rejects", cluster.folder() + "/rejects.csv", "--output", "json"}, &output),
      0)
      << output;
  const nlohmann::json report = nlohmann::json::parse(output.substr(output.find('{')), nullptr, false);
  ASSERT_FALSE(report.is_discarded()) << output;
  for (const auto& [kind, counts] : report.at("records").items()) {
    EXPECT_EQ(counts.at("rejected"), 0) << kind << "\n" << output;
  }

  lifecycle::v1::CompareDeliveryModelsResponse models;
  ASSERT_TRUE(lifecycle::v1::DeliveryService::NewStub(cluster.channel())
                  ->CompareDeliveryModels(cluster.Context().get(), {}, &models)
                  .ok());
  int64_t cost = 0, completed = 0, matured = 0, followed = 0, rated = 0;
  for (const auto& row : models.rows()) {
    EXPECT_GT(row.project_count(), 0) << row.ShortDebugString();
    EXPECT_GT(MicrosOf(row.base_total()), 0) << row.ShortDebugString();
    cost += MicrosOf(row.base_cost());
    completed += row.completed_count();
    matured += row.matured_count();
    followed += row.repurchase_count();
    rated += row.satisfaction_count();
  }
  EXPECT_EQ(report.at("records").at("service_project").at("created"),
            models.rows(0).project_count() + models.rows(1).project_count() + models.rows(2).project_count());
  EXPECT_GT(completed, 50);
  EXPECT_GT(matured, followed);
  EXPECT_GT(followed, 0);
  EXPECT_GT(rated, 0);

  lifecycle::v1::QueryDepartmentsResponse departments;
  ASSERT_TRUE(lifecycle::v1::DepartmentService::NewStub(cluster.channel())
                  ->QueryDepartments(cluster.Context().get(), {}, &departments)
                  .ok());
  int64_t served = 0, repurchases = 0;
  for (const auto& row : departments.rows()) {
    served += row.served_repurchase_count();
    repurchases += row.repurchase_count();
  }
  EXPECT_GT(served, 0);
  EXPECT_GT(repurchases, served);

  // What the work cost counts in value-svc.
  int64_t told = 0;
  EXPECT_TRUE(Eventually([&] {
    value::v1::SummarizeFactsResponse facts;
    if (!value::v1::FactService::NewStub(cluster.channel())
             ->SummarizeFacts(cluster.Context().get(), {}, &facts)
             .ok()) {
      return false;
    }
    for (const auto& row : facts.rows()) {
      if (row.kind() == value::v1::Fact::SERVICE_COST_LOGGED) told = MicrosOf(row.cost());
    }
    return told == cost;
  })) << told
      << " of " << cost;
}

}  // namespace
}  // namespace clientele::tests
