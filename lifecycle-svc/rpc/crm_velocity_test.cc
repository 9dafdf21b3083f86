#include <cmath>

#include "lifecycle-svc/rpc/lifecycle_fixture.h"
#include "servicekit/testing/csv_table.h"
#include "servicekit/testing/shared_data.h"

namespace clientele::lifecycle {
namespace {

using servicekit::CsvTable;

// The CRM data: what the service reports of it, by representative, manager, product and sector, equals a
// plain computation over the CSV.
class CrmVelocityTest : public LifecycleFixture {
 protected:
  struct Sum {
    int64_t won = 0, lost = 0, open = 0, value = 0, days = 0;
  };

  static absl::CivilDay Day(const std::string& text) {
    absl::CivilDay day;
    EXPECT_TRUE(absl::ParseCivilTime(text, &day)) << text;
    return day;
  }
  static google::protobuf::Timestamp Midnight(const std::string& text) {
    return servicekit::ToProto(absl::FromCivil(Day(text), absl::UTCTimeZone()));
  }
  static void Set(type::v1::ExternalId* id, const std::string& text) {
    id->set_system("crm");
    id->set_id(text);
  }
  // What the export calls it in another place.
  static std::string ProductCalled(const std::string& name) { return name == "GTXPro" ? "GTX Pro" : name; }

  // Teams are the managers' and sectors the customers'; both are told by customer-svc.
  void TellOfCompany(const CsvTable& accounts, const CsvTable& teams) {
    type::v1::ReadFeedResponse batch;
    for (size_t i = 0; i < accounts.size(); ++i) {
      KnownCustomer known = AddCustomer(std::nullopt, std::nullopt, accounts.Text(i, "sector"));
      known.create_time = absl::FromCivil(absl::CivilDay(2016, 1, 1), absl::UTCTimeZone());
      directory_.customers[Reference(ExternalId{"crm", accounts.Text(i, "account")})] = known;
      sector_[accounts.Text(i, "account")] = accounts.Text(i, "sector");
      *batch.add_entries() = Entry(Changed(known));
    }
    for (size_t i = 0; i < teams.size(); ++i) {
      const std::string& manager = teams.Text(i, "manager");
      if (!team_.contains(manager)) {
        team_[manager] = Id::New(now());
        *batch.add_entries() = Entry(TeamUnder(team_[manager], std::nullopt));
      }
      const std::string& agent = teams.Text(i, "sales_agent");
      manager_[agent] = manager;
      agent_[agent] = Id::New(now());
      directory_.representatives[Reference(ExternalId{"crm", agent})] = agent_[agent];
      customer::v1::RepresentativeChanged event;
      event.mutable_representative()->set_name(NameOf("representatives", agent_[agent]));
      event.mutable_representative()->set_team(NameOf("teams", team_[manager]));
      event.mutable_representative()->set_department(type::v1::SALES);
      *batch.add_entries() = Entry(event);
    }
    ASSERT_TRUE(Hear(batch).ok());
  }

  void Send(const v1::ImportRecordsRequest& request) {
    const auto response = Import(request);
    ASSERT_TRUE(response.ok()) << response.status();
    for (const auto& result : response->results()) {
      ASSERT_EQ(result.outcome(), type::v1::ImportResult::CREATED) << result.ShortDebugString();
    }
  }

  void ImportDeals(const CsvTable& products, const CsvTable& deals) {
    v1::ImportRecordsRequest request;
    for (size_t i = 0; i < products.size(); ++i) {
      v1::Product& product = *request.add_records()->mutable_product()->mutable_product();
      Set(product.mutable_external_id(), products.Text(i, "product"));
      product.set_display_name(products.Text(i, "product"));
    }
    Send(request);
    for (const auto listed = ListProducts({}); const v1::Product& product : listed->products()) {
      product_[product.display_name()] = product.name();
    }
    request.clear_records();
    for (size_t i = 0; i < deals.size(); ++i) {
      if (deals.Text(i, "account").empty()) continue;  // Nobody's deals, all of them open.
      v1::OpportunityRecord& record = *request.add_records()->mutable_opportunity();
      v1::Opportunity& opportunity = *record.mutable_opportunity();
      Set(opportunity.mutable_external_id(), deals.Text(i, "opportunity_id"));
      Set(record.mutable_customer()->mutable_external_id(), deals.Text(i, "account"));
      Set(record.mutable_owner()->mutable_external_id(), deals.Text(i, "sales_agent"));
      Set(record.mutable_product()->mutable_external_id(), ProductCalled(deals.Text(i, "product")));
      if (!deals.Text(i, "engage_date").empty()) {
        *opportunity.mutable_open_time() = Midnight(deals.Text(i, "engage_date"));
      }
      const std::string& stage = deals.Text(i, "deal_stage");
      if (stage == "Won" || stage == "Lost") {
        opportunity.set_step(stage == "Won" ? v1::Opportunity::WON : v1::Opportunity::LOST);
        *record.mutable_close_time() = Midnight(deals.Text(i, "close_date"));
        *opportunity.mutable_amount() = Dollars(deals.Text(i, "close_value").c_str());
        if (stage == "Lost") record.set_lost_reason(v1::Opportunity::NO_DECISION);
      }
      if (request.records_size() == 1000) {
        Send(request);
        request.clear_records();
      }
    }
    Send(request);
  }

  // The plain computation, by what `group` says of a deal.
  static std::map<std::string, Sum> Plainly(const CsvTable& deals,
                                            const std::function<std::string(size_t)>& group) {
    std::map<std::string, Sum> sums;
    for (size_t i = 0; i < deals.size(); ++i) {
      if (deals.Text(i, "account").empty()) continue;
      Sum& sum = sums[group(i)];
      const std::string& stage = deals.Text(i, "deal_stage");
      if (stage == "Won") {
        ++sum.won;
        sum.value += std::llround(deals.Number(i, "close_value"));
        sum.days += Day(deals.Text(i, "close_date")) - Day(deals.Text(i, "engage_date"));
      } else if (stage == "Lost") {
        ++sum.lost;
      } else {
        ++sum.open;
      }
    }
    return sums;
  }

  void ExpectVelocity(v1::QueryVelocityRequest::GroupBy by, const std::map<std::string, Sum>& sums) {
    v1::QueryVelocityRequest request;
    request.set_group_by(by);
    const auto velocity = QueryVelocity(request);
    ASSERT_TRUE(velocity.ok()) << velocity.status();
    ASSERT_EQ(static_cast<size_t>(velocity->rows_size()), sums.size());
    for (const auto& row : velocity->rows()) {
      ASSERT_TRUE(sums.contains(row.group())) << row.group();
      const Sum& sum = sums.at(row.group());
      EXPECT_EQ(row.won_count(), sum.won);
      EXPECT_EQ(row.lost_count(), sum.lost);
      EXPECT_EQ(row.open_count(), sum.open);
      EXPECT_EQ(row.won_amount().units(), sum.value);
      const double won = static_cast<double>(sum.won);
      EXPECT_NEAR(row.win_rate(), won / static_cast<double>(sum.won + sum.lost), 1e-12);
      EXPECT_NEAR(row.cycle_days(), static_cast<double>(sum.days) / won, 1e-9);
    }
  }

  std::map<std::string, std::string> sector_, manager_, product_;
  std::map<std::string, Id> team_, agent_;
};

TEST_F(CrmVelocityTest, EveryGroupEqualsAPlainComputationOverTheCsv) {
  SHARED_DATA(folder, "crm_sales_opportunities");
  const CsvTable accounts(folder + "/accounts.csv"), products(folder + "/products.csv"),
      teams(folder + "/sales_teams.csv"), deals(folder + "/sales_pipeline.csv");
  TellOfCompany(accounts, teams);
  ImportDeals(products, deals);
  if (HasFatalFailure()) return;

  const auto all = Plainly(deals, [](size_t) { return ""; });
  EXPECT_EQ(all.at("").won, 4238);
  EXPECT_EQ(all.at("").lost, 2473);
  ExpectVelocity(v1::QueryVelocityRequest::GROUP_BY_UNSPECIFIED, all);
  ExpectVelocity(v1::QueryVelocityRequest::OWNER, Plainly(deals, [&](size_t i) {
                   return NameOf("representatives", agent_.at(deals.Text(i, "sales_agent")));
                 }));
  ExpectVelocity(v1::QueryVelocityRequest::TEAM, Plainly(deals, [&](size_t i) {
                   return NameOf("teams", team_.at(manager_.at(deals.Text(i, "sales_agent"))));
                 }));
  ExpectVelocity(v1::QueryVelocityRequest::PRODUCT, Plainly(deals, [&](size_t i) {
                   return product_.at(ProductCalled(deals.Text(i, "product")));
                 }));
  ExpectVelocity(v1::QueryVelocityRequest::INDUSTRY,
                 Plainly(deals, [&](size_t i) { return sector_.at(deals.Text(i, "account")); }));

  // A row is what the slice of it gives.
  v1::QueryVelocityRequest slice;
  const auto& [manager, team] = *team_.begin();
  slice.set_team(NameOf("teams", team));
  slice.set_industry("medical");
  const auto sliced = Plainly(deals, [&](size_t i) {
    return manager_.at(deals.Text(i, "sales_agent")) == manager &&
                   sector_.at(deals.Text(i, "account")) == "medical"
               ? "in"
               : "out";
  });
  EXPECT_EQ(QueryVelocity(slice)->rows(0).won_count(), sliced.at("in").won);
  EXPECT_EQ(QueryVelocity(slice)->rows(0).won_amount().units(), sliced.at("in").value);
}

}  // namespace
}  // namespace clientele::lifecycle
