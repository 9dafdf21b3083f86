#include "cli/import/record_reader.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <set>

#include "clientele/customer/v1/import_service.pb.h"
#include "clientele/lifecycle/v1/import_service.pb.h"
#include "servicekit/testing/shared_data.h"

namespace clientele::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using CustomerRecord = customer::v1::ImportRecord;
using LifecycleRecord = lifecycle::v1::ImportRecord;

std::vector<SourceRecord> ReadAll(const std::string& folder, const absl::StatusOr<Mapping>& mapping) {
  std::vector<SourceRecord> all;
  EXPECT_TRUE(mapping.ok()) << mapping.status();
  if (!mapping.ok()) return all;
  for (const RecordMapping& record : mapping->records) {
    auto reader = RecordReader::Open(folder, mapping->path, record);
    EXPECT_TRUE(reader.ok()) << reader.status();
    if (!reader.ok()) continue;
    SourceRecord next;
    while ((*reader)->Next(&next)) all.push_back(std::move(next));
  }
  return all;
}

template <typename T>
const T& As(const SourceRecord& source) {
  return dynamic_cast<const T&>(*source.record);
}

class DefaultColumns : public testing::Test {
 protected:
  DefaultColumns() : folder_(testing::TempDir() + "/default_columns") {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }
  void File(const std::string& name, std::string_view text) { std::ofstream(folder_ + "/" + name) << text; }
  std::vector<SourceRecord> Read() { return ReadAll(folder_, MappingFor(folder_, "")); }

  const std::string folder_;
};

TEST_F(DefaultColumns, CellsBecomeFields) {
  File("customers.csv",
       "external_id,name,type,annual_revenue,currency,email,phone,tags,owner,locality\n"
       "C1,한빛전자,organization,\"1,234.50\",KRW,a@b.kr,+82 2 123,vip; 서울,R1,서울\n");
  const auto records = Read();
  ASSERT_EQ(records.size(), 1u);
  ASSERT_FALSE(records[0].rejection.has_value()) << records[0].rejection->reason;
  CustomerRecord expected;
  ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(R"(
    customer {
      customer {
        display_name: "한빛전자" type: ORGANIZATION
        annual_revenue { currency_code: "KRW" units: 1234 nanos: 500000000 }
        addresses { locality: "서울" }
        contact_points { kind: EMAIL value: "a@b.kr" }
        contact_points { kind: PHONE value: "+82 2 123" }
        tags: "vip" tags: "서울"
        external_ids { system: "csv" id: "C1" }
      }
      owner { external_id { system: "csv" id: "R1" } }
    })",
                                                            &expected));
  EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(*records[0].record, expected))
      << records[0].record->ShortDebugString();
}

TEST_F(DefaultColumns, WrongCellsAreRejectedWithFieldAndReason) {
  File("opportunities.csv",
       "external_id,customer,step,amount,currency,open_time,probability_percent\n"
       "1,C1,Winning,,,,\n2,,WON,,,,\n3,C1,WON,12x,USD,,\n4,C1,WON,12,,,\n5,C1,WON,,,31.01.2026,\n6,C1,WON,,,"
       ",half\n7,C1\n"
       "8,C1,won,0.5,USD,2026-01-31 09:30,70\n");
  const auto records = Read();
  ASSERT_EQ(records.size(), 8u);
  const std::vector<std::pair<std::string, std::string>> expected = {{"step", "PROSPECTING, QUALIFICATION"},
                                                                     {"customer", "is empty"},
                                                                     {"amount", "not a decimal"},
                                                                     {"amount", "no currency"},
                                                                     {"open_time", "`format`"},
                                                                     {"probability_percent", "whole number"},
                                                                     {"", "has 2 columns"}};
  for (size_t i = 0; i < expected.size(); ++i) {
    ASSERT_TRUE(records[i].rejection.has_value()) << i;
    EXPECT_EQ(records[i].rejection->field, expected[i].first);
    EXPECT_THAT(records[i].rejection->reason, HasSubstr(expected[i].second));
    EXPECT_EQ(records[i].origin.line, static_cast<int64_t>(i) + 2);
  }
  EXPECT_EQ(As<LifecycleRecord>(records[7]).opportunity().opportunity().open_time().seconds(), 1769851800);
}

TEST_F(DefaultColumns, ParentsComeFirstWhateverTheOrder) {
  File("teams.csv", "external_id,name,parent\nC,C,B\nB,B,A\nA,A,\nX,X,Y\nY,Y,X\n");
  std::vector<std::string> order;
  for (const auto& record : Read()) order.push_back(As<CustomerRecord>(record).team().team().display_name());
  EXPECT_THAT(order, ElementsAre("A", "B", "X", "Y", "C"));
}

TEST_F(DefaultColumns, RowsOfOneOrderAreItsLines) {
  File("orders.csv",
       "external_id,customer,product,quantity,amount,currency\nO1,C1,,1,5,USD\nO1,C1,P2,2,6,USD\nO2,C1,P1,1,"
       "7,USD\n");
  const auto records = Read();
  ASSERT_EQ(records.size(), 2u);
  const auto& first = As<LifecycleRecord>(records[0]).order();
  EXPECT_EQ(first.order().lines_size(), 2);
  ASSERT_EQ(first.products_size(), 2);
  EXPECT_EQ(first.products(0).reference_case(), type::v1::Reference::REFERENCE_NOT_SET);
  EXPECT_EQ(first.products(1).external_id().id(), "P2");
  EXPECT_EQ(As<LifecycleRecord>(records[1]).order().order().lines_size(), 1);
}

TEST_F(DefaultColumns, RowsOfOneReturnAreItsLines) {
  File("order_returns.csv",
       "external_id,order,return_time,line,quantity\n"
       "R1,O1,2026-01-05,1,2\nR1,O1,2026-01-05,3,1\nR2,O2,2026-01-06,1,1\n");
  const auto records = Read();
  ASSERT_EQ(records.size(), 2u);
  const auto& first = As<LifecycleRecord>(records[0]).order_return();
  ASSERT_EQ(first.order_return().lines_size(), 2);
  EXPECT_EQ(first.order_return().lines(1).line(), 3);
  EXPECT_EQ(As<LifecycleRecord>(records[1]).order_return().order_return().lines_size(), 1);
}

TEST_F(DefaultColumns, RowsOfOneOpportunityAreItsLinesAndCompetitors) {
  File("opportunities.csv",
       "external_id,customer,step,line_product,line_quantity,line_unit_price,currency,competitor,lost_to\n"
       "D1,C1,LOST,,2,5,USD,Acme,Acme\nD1,C1,LOST,,,,USD,Umbrella,\nD1,C1,LOST,P2,1,7,USD,,\nD2,C1,"
       "PROSPECTING,,,,"
       "USD,,\n");
  const auto records = Read();
  ASSERT_EQ(records.size(), 2u);
  ASSERT_FALSE(records[0].rejection.has_value()) << records[0].rejection->reason;
  const auto& first = As<LifecycleRecord>(records[0]).opportunity();
  ASSERT_EQ(first.opportunity().lines_size(), 2);
  EXPECT_EQ(first.opportunity().lines(1).unit_price().units(), 7);
  ASSERT_EQ(first.line_products_size(), 2);
  EXPECT_EQ(first.line_products(1).external_id().id(), "P2");
  ASSERT_EQ(first.opportunity().competitors_size(), 2);
  EXPECT_EQ(first.opportunity().competitors(1).display_name(), "Umbrella");
  EXPECT_EQ(first.lost_to(), "Acme");
  const auto& second = As<LifecycleRecord>(records[1]).opportunity();
  EXPECT_EQ(second.opportunity().lines_size() + second.opportunity().competitors_size(), 0);
}

TEST_F(DefaultColumns, TasksNameThoseThatComeBefore) {
  File("service_projects.csv",
       "external_id,order,delivery_model,task,depends_on\nS1,O1,PROCESS,a,\nS1,O1,PROCESS,b,1\nS1,O1,PROCESS,"
       "c,1; "
       "2\nS2,O2,PROCESS,a,x\n");
  const auto records = Read();
  ASSERT_EQ(records.size(), 2u);
  ASSERT_FALSE(records[0].rejection.has_value()) << records[0].rejection->reason;
  const auto& tasks = As<LifecycleRecord>(records[0]).service_project().tasks();
  ASSERT_EQ(tasks.size(), 3);
  EXPECT_THAT(tasks[1].depends_on(), ElementsAre(1));
  EXPECT_THAT(tasks[2].depends_on(), ElementsAre(1, 2));
  ASSERT_TRUE(records[1].rejection.has_value());
  EXPECT_EQ(records[1].rejection->field, "depends_on");
}

// The real data sets lie beside the project, not in it.
class RealData : public testing::Test {
 protected:
  void Read(const std::string& name) {
    SHARED_DATA(folder, name);
    records_ =
        ReadAll(folder, LoadMapping(std::string(CLIENTELE_SOURCE_DIR) + "/cli/mappings/" + name + ".yaml"));
    for (const auto& record : records_) {
      ++(record.rejection.has_value() ? rejected_ : usable_)[std::string(record.origin.kind->name)];
    }
  }
  std::vector<SourceRecord> records_;
  std::map<std::string, int> usable_, rejected_;
};

TEST_F(RealData, CrmSalesOpportunities) {
  Read("crm_sales_opportunities");
  if (IsSkipped() || HasFatalFailure()) return;
  EXPECT_EQ(
      usable_,
      (std::map<std::string, int>{
          {"team", 9}, {"representative", 41}, {"customer", 85}, {"product", 7}, {"opportunity", 7375}}));
  EXPECT_EQ(rejected_, (std::map<std::string, int>{{"opportunity", 1425}}));
  int won = 0, lost = 0;
  int64_t won_value = 0;
  std::set<std::string> products, customers;
  for (const auto& source : records_) {
    if (source.record == nullptr) continue;
    if (source.origin.kind->name == "customer") {
      const auto& record = As<CustomerRecord>(source).customer();
      if (record.has_parent()) {
        EXPECT_EQ(customers.count(record.parent().external_id().id()), 1u);
      }
      customers.insert(record.customer().external_ids(0).id());
    }
    if (source.origin.kind->name == "product") {
      products.insert(As<LifecycleRecord>(source).product().product().external_id().id());
    }
    if (source.origin.kind->name != "opportunity") continue;
    const auto& record = As<LifecycleRecord>(source).opportunity();
    EXPECT_EQ(products.count(record.product().external_id().id()), 1u);
    EXPECT_EQ(customers.count(record.customer().external_id().id()), 1u);
    if (record.opportunity().step() == lifecycle::v1::Opportunity::WON) {
      ++won;
      won_value += record.opportunity().amount().units();
      EXPECT_TRUE(record.has_close_time());
      EXPECT_EQ(record.lost_reason(), lifecycle::v1::Opportunity::LOST_REASON_UNSPECIFIED);
    }
    if (record.opportunity().step() == lifecycle::v1::Opportunity::LOST) {
      ++lost;
      EXPECT_EQ(record.lost_reason(), lifecycle::v1::Opportunity::OTHER);
      EXPECT_FALSE(record.opportunity().has_amount());
    }
  }
  EXPECT_EQ(won, 4238);
  EXPECT_EQ(lost, 2473);
  EXPECT_EQ(won_value, 10'005'534);
}

TEST_F(RealData, Cdnow) {
  Read("cdnow");
  if (IsSkipped() || HasFatalFailure()) return;
  EXPECT_EQ(usable_, (std::map<std::string, int>{{"customer", 2357}, {"order", 6919}}));
  EXPECT_TRUE(rejected_.empty());
  int64_t micros = 0;
  int zeros = 0;
  std::set<std::string> ids;
  for (const auto& source : records_) {
    if (source.origin.kind->name != "order") continue;
    const auto& order = As<LifecycleRecord>(source).order().order();
    const auto& amount = order.lines(0).amount();
    micros += amount.units() * 1'000'000 + amount.nanos() / 1000;
    zeros += amount.units() == 0 && amount.nanos() == 0;
    ids.insert(order.external_id().id());
  }
  EXPECT_EQ(micros, 244'091'940'000);
  EXPECT_EQ(zeros, 8);
  EXPECT_EQ(ids.size(), 6919u);
}

}  // namespace
}  // namespace clientele::cli
