#include <fstream>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "lifecycle-svc/rpc/lifecycle_fixture.h"
#include "servicekit/testing/shared_data.h"

namespace clientele::lifecycle {
namespace {

using type::v1::ImportResult;

// The real data sets that the issue names, at the level of the service.
class RealDataTest : public LifecycleFixture {
 protected:
  std::string CustomerCalled(const std::string& name) {
    const auto [place, added] = customers_.emplace(name, KnownCustomer());
    if (added) {
      place->second = AddCustomer();
      directory_.customers[Reference(ExternalId{"crm", name})] = place->second;
    }
    return name;
  }
  static void Set(type::v1::ExternalId* id, const std::string& text) {
    id->set_system("crm");
    id->set_id(text);
  }
  static google::protobuf::Timestamp Midnight(const std::string& day) {
    absl::CivilDay civil;
    EXPECT_TRUE(absl::ParseCivilTime(day, &civil)) << day;
    return servicekit::ToProto(absl::FromCivil(civil, absl::UTCTimeZone()));
  }
  // Sends everything, a thousand at a time, and counts what became of it.
  std::map<ImportResult::Outcome, int> Send(const std::vector<v1::ImportRecord>& records) {
    std::map<ImportResult::Outcome, int> outcomes;
    for (size_t begin = 0; begin < records.size(); begin += 1000) {
      v1::ImportRecordsRequest request;
      for (size_t i = begin; i < std::min(records.size(), begin + 1000); ++i)
        *request.add_records() = records[i];
      const auto response = Import(request);
      EXPECT_TRUE(response.ok()) << response.status();
      if (!response.ok()) break;
      for (const ImportResult& result : response->results()) ++outcomes[result.outcome()];
    }
    return outcomes;
  }

  std::map<std::string, KnownCustomer> customers_;
};

TEST_F(RealDataTest, TheCrmExportGivesItsPublishedFigures) {
  SHARED_DATA(path, "crm_sales_opportunities/sales_pipeline.csv");
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  std::vector<v1::ImportRecord> records;
  while (std::getline(file, line)) {
    const std::vector<std::string> cells = absl::StrSplit(absl::StripSuffix(line, "\r"), ',');
    ASSERT_EQ(cells.size(), 8u) << line;
    const std::string& account = cells[3];
    if (account.empty()) continue;
    v1::ImportRecord& record = records.emplace_back();
    v1::OpportunityRecord& deal = *record.mutable_opportunity();
    Set(deal.mutable_opportunity()->mutable_external_id(), cells[0]);
    Set(deal.mutable_customer()->mutable_external_id(), CustomerCalled(account));
    if (!cells[5].empty()) *deal.mutable_opportunity()->mutable_open_time() = Midnight(cells[5]);
    if (cells[4] == "Won" || cells[4] == "Lost") {
      deal.mutable_opportunity()->set_step(cells[4] == "Won" ? v1::Opportunity::WON : v1::Opportunity::LOST);
      *deal.mutable_close_time() = Midnight(cells[6]);
      *deal.mutable_opportunity()->mutable_amount() = Dollars(cells[7].c_str());
      if (cells[4] == "Lost") deal.set_lost_reason(v1::Opportunity::NO_DECISION);
    } else {
      deal.mutable_opportunity()->set_step(cells[4] == "Engaging" ? v1::Opportunity::QUALIFICATION
                                                                  : v1::Opportunity::PROSPECTING);
    }
  }
  const int total = static_cast<int>(records.size());
  const absl::Time start = absl::Now();
  EXPECT_EQ(Send(records), (std::map<ImportResult::Outcome, int>{{ImportResult::CREATED, total}}));
  const absl::Time middle = absl::Now();
  EXPECT_EQ(Send(records), (std::map<ImportResult::Outcome, int>{{ImportResult::UNCHANGED, total}}));
  RecordProperty("import_ms", static_cast<int>(absl::ToInt64Milliseconds(middle - start)));
  RecordProperty("again_ms", static_cast<int>(absl::ToInt64Milliseconds(absl::Now() - middle)));
  EXPECT_EQ(customers_.size(), 85u);

  std::map<v1::Opportunity::Step, int64_t> counts;
  const auto summary = SummarizeOpportunities({});
  ASSERT_TRUE(summary.ok());
  for (const auto& row : summary->rows()) counts[row.step()] += row.opportunity_count();
  EXPECT_EQ(counts[v1::Opportunity::WON], 4238);
  EXPECT_EQ(counts[v1::Opportunity::LOST], 2473);
  EXPECT_EQ(SummarizeOrders({})->base_total().units(), 10'005'534);
  const auto funnel = QueryFunnel({});
  EXPECT_EQ(funnel->customer_count(), 85);
  EXPECT_EQ(funnel->stages(4).reached_count(), 85);
}

TEST_F(RealDataTest, CdnowGivesItsPublishedFigures) {
  SHARED_DATA(path, "cdnow/CDNOW_sample.txt");
  std::ifstream file(path);
  std::string line;
  std::vector<v1::ImportRecord> records;
  while (std::getline(file, line)) {
    const std::vector<std::string> cells =
        absl::StrSplit(absl::StripSuffix(line, "\r"), ' ', absl::SkipEmpty());
    if (cells.empty()) continue;
    ASSERT_EQ(cells.size(), 5u) << line;
    v1::OrderRecord& record = *records.emplace_back().mutable_order();
    Set(record.mutable_order()->mutable_external_id(), servicekit::StrCat(records.size()));
    Set(record.mutable_customer()->mutable_external_id(), CustomerCalled(cells[1]));
    const std::string& day = cells[2];
    *record.mutable_order()->mutable_order_time() =
        Midnight(day.substr(0, 4) + "-" + day.substr(4, 2) + "-" + day.substr(6, 2));
    v1::OrderLine& order_line = *record.mutable_order()->add_lines();
    int64_t quantity = 0;
    ASSERT_TRUE(absl::SimpleAtoi(cells[3], &quantity));
    order_line.set_quantity(quantity);
    *order_line.mutable_amount() = Dollars(cells[4].c_str());
  }
  const absl::Time start = absl::Now();
  EXPECT_EQ(Send(records), (std::map<ImportResult::Outcome, int>{{ImportResult::CREATED, 6919}}));
  RecordProperty("import_ms", static_cast<int>(absl::ToInt64Milliseconds(absl::Now() - start)));
  const auto summary = SummarizeOrders({});
  EXPECT_EQ(summary->order_count(), 6919);
  EXPECT_EQ(summary->customer_count(), 2357);
  EXPECT_EQ(summary->base_total().units(), 244'091);
  EXPECT_EQ(summary->base_total().nanos(), 940'000'000);
}

}  // namespace
}  // namespace clientele::lifecycle
