#include "cli/sample/generate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "cli/import/attributes.h"
#include "cli/import/record_reader.h"
#include "cli/sample/random.h"
#include "clientele/customer/v1/target_market_service.pb.h"
#include "google/protobuf/util/json_util.h"

namespace clientele::cli {
namespace {

const absl::CivilDay kUntil(2026, 7, 1);

// In a folder that is nobody else's, as another checkout's tests may run beside these.
std::string Generate(const std::string& name, int64_t customers, uint64_t seed) {
  const std::string folder = testing::TempDir() + "/sample-" + std::to_string(getpid()) + "-" + name;
  std::filesystem::remove_all(folder);
  const auto rows =
      GenerateSample(folder, {.customers = customers, .seed = seed, .until = kUntil}, [](int64_t) {});
  EXPECT_TRUE(rows.ok()) << rows.status();
  return folder;
}

std::map<std::string, std::string> Bytes(const std::string& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    std::stringstream text;
    text << std::ifstream(entry.path()).rdbuf();
    files[entry.path().filename()] = text.str();
  }
  return files;
}

// Rows by column name.
std::vector<std::map<std::string, std::string>> Table(const std::string& folder, const std::string& file) {
  auto reader = CsvReader::Open(folder + "/" + file, {});
  std::vector<std::map<std::string, std::string>> rows;
  CsvRow header, row;
  (*reader)->Next(&header);
  while ((*reader)->Next(&row)) {
    for (size_t i = 0; i < header.fields.size(); ++i) {
      if (i == 0) rows.emplace_back();
      rows.back()[header.fields[i]] = row.fields.at(i);
    }
  }
  return rows;
}

template <typename Message>
std::vector<Message> Lines(const std::string& folder, const std::string& file) {
  std::vector<Message> messages;
  std::ifstream stream(folder + "/" + file);
  for (std::string line; std::getline(stream, line);) {
    EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(line, &messages.emplace_back()).ok()) << line;
  }
  return messages;
}

TEST(Sample, SameSeedSameBytes) {
  const auto first = Bytes(Generate("a", 300, 7));
  EXPECT_EQ(first, Bytes(Generate("b", 300, 7)));
  EXPECT_NE(first.at("customers.csv"), Bytes(Generate("c", 300, 8)).at("customers.csv"));
}

// Pins the generator itself: these must not change with compiler, library or machine.
TEST(Sample, RandomIsPinned) {
  Random random(42, 7);
  EXPECT_EQ(random.Next(), 3435873275195064707u);
  Random exponential(42, 7), pareto(42, 7);
  EXPECT_EQ(exponential.Exponential(1000), 1680);
  EXPECT_EQ(exponential.Exponential(1000), 2917);
  EXPECT_EQ(pareto.Pareto(200), 5);
  EXPECT_EQ(pareto.Pareto(200), 18);
  int64_t sum = 0, large = 0;
  for (int i = 0; i < 100'000; ++i) {
    sum += random.Exponential(1000);
    large += random.Pareto(200) >= 100;
  }
  EXPECT_NEAR(static_cast<double>(sum) / 100'000, 999.5, 12);
  EXPECT_NEAR(static_cast<double>(large) / 100'000, 0.01, 0.0015);
}

TEST(Sample, EveryRowIsARecordAndEveryReferenceLeadsSomewhere) {
  const std::string folder = Generate("whole", 1500, 1);
  auto mapping = MappingFor(folder, "");
  ASSERT_TRUE(mapping.ok()) << mapping.status();
  customer::v1::ListAttributesResponse defined;
  for (const auto& attribute : Lines<customer::v1::Attribute>(folder, "attributes.jsonl")) {
    *defined.add_attributes() = attribute;
  }
  mapping->SetAttributes(TypesOf(defined));
  EXPECT_EQ(mapping->records.size(), Kinds().size());
  for (const RecordMapping& record : mapping->records) {
    auto reader = RecordReader::Open(folder, "", record);
    ASSERT_TRUE(reader.ok()) << reader.status();
    SourceRecord next;
    while ((*reader)->Next(&next)) {
      EXPECT_FALSE(next.rejection.has_value()) << next.origin.file << ":" << next.origin.line << " "
                                               << next.rejection->field << " " << next.rejection->reason;
    }
  }

  std::map<std::string, std::set<std::string>> ids;
  for (const Kind& kind : Kinds()) {
    for (const auto& row : Table(folder, std::string(kind.file))) {
      if (row.contains("external_id")) ids[std::string(kind.name)].insert(row.at("external_id"));
    }
  }
  const std::map<std::string, std::string> refers = {{"owner", "representative"},
                                                     {"representative", "representative"},
                                                     {"assignee", "representative"},
                                                     {"customer", "customer"},
                                                     {"referrer", "customer"},
                                                     {"product", "product"},
                                                     {"order", "order"},
                                                     {"opportunity", "opportunity"},
                                                     {"team", "team"},
                                                     {"parent", "team"}};
  for (const Kind& kind : Kinds()) {
    for (const auto& row : Table(folder, std::string(kind.file))) {
      for (const auto& [column, text] : row) {
        const auto target = refers.find(column);
        if (target == refers.end() || text.empty()) continue;
        EXPECT_EQ(ids[target->second].count(text), 1u) << kind.file << " " << column << " " << text;
      }
    }
  }
}

TEST(Sample, DefinesItsAttributesAndTargetMarkets) {
  const std::string folder = Generate("defined", 1500, 1);
  std::map<std::string, std::set<std::string>> values;
  for (const auto& row : Table(folder, "customers.csv")) {
    for (const char* id : {"size_class", "newsletter", "erp_in_use"}) {
      values[id].insert(row.at(std::string("attributes.") + id));
    }
  }
  const auto attributes = Lines<customer::v1::Attribute>(folder, "attributes.jsonl");
  ASSERT_EQ(attributes.size(), 3u);
  EXPECT_EQ(attributes[0].name(), "attributes/size_class");
  // Every choice is somebody's, and nobody has another one.
  std::set<std::string> choices(attributes[0].choices().begin(), attributes[0].choices().end());
  choices.insert("");
  EXPECT_EQ(values.at("size_class"), choices);
  EXPECT_EQ(values.at("newsletter"), (std::set<std::string>{"false", "true"}));
  const auto markets = Lines<customer::v1::TargetMarket>(folder, "target_markets.jsonl");
  ASSERT_EQ(markets.size(), 3u);
  std::set<std::string> industries;
  for (const auto& row : Table(folder, "customers.csv")) industries.insert(row.at("industry"));
  for (const char* industry : {"machinery", "retail", "logistics"}) {
    EXPECT_TRUE(industries.contains(industry)) << industry;
  }
  for (const auto& market : markets) EXPECT_GT(market.estimated_size(), 0) << market.display_name();
}

TEST(Sample, IsBelievable) {
  const std::string folder = Generate("believable", 3000, 1);
  std::set<std::string> buyers, repeaters, registrations;
  std::map<std::string, int> steps;
  for (const auto& row : Table(folder, "opportunities.csv")) {
    ++steps[row.at("step")];
    if (row.at("step") == "WON") buyers.insert(row.at("customer"));
    if (!row.at("close_time").empty()) {
      EXPECT_LE(row.at("open_time"), row.at("close_time"));
    }
    EXPECT_LT(row.at("open_time"), "2026-07-01");
  }
  std::map<std::string, std::string> order_times;
  std::set<std::string> paid, cancelled;
  for (const auto& row : Table(folder, "orders.csv"))
    order_times[row.at("external_id")] = row.at("order_time");
  for (const auto& row : Table(folder, "payments.csv")) paid.insert(row.at("order"));
  for (const auto& row : Table(folder, "order_cancellations.csv")) {
    EXPECT_LT(order_times.at(row.at("order")), row.at("cancel_time"));
    EXPECT_LT(row.at("cancel_time"), "2026-07-01");
    EXPECT_EQ(paid.count(row.at("order")), 0u);
    EXPECT_TRUE(cancelled.insert(row.at("order")).second);
  }
  for (const auto& row : Table(folder, "order_returns.csv")) {
    EXPECT_LT(order_times.at(row.at("order")), row.at("return_time"));
    EXPECT_EQ(cancelled.count(row.at("order")), 0u);
  }
  EXPECT_GT(cancelled.size(), order_times.size() / 100);
  EXPECT_LT(cancelled.size(), order_times.size() / 30);
  // Work follows orders and won deals, some of it late, some of it still going on; who was served late is
  // less content.
  std::map<std::string, std::map<std::string, std::string>> projects;
  std::map<std::string, int> models, states;
  for (const auto& row : Table(folder, "service_projects.csv")) {
    EXPECT_LT(row.at("finish_time"), "2026-07-01");
    EXPECT_EQ(cancelled.count(row.at("order")), 0u);
    EXPECT_EQ(row.at("task_state") == "DONE", !row.at("finish_time").empty());
    if (row.at("state") == "COMPLETED") {
      EXPECT_EQ(row.at("task_state"), "DONE");
      EXPECT_GT(row.at("complete_time"), row.at("finish_time"));
    }
    projects[row.at("external_id")] = row;
  }
  double on_time_content = 0, late_content = 0;
  int on_time = 0, late = 0;
  for (const auto& [id, last] : projects) {
    ++models[last.at("delivery_model")];
    ++states[last.at("state")];
    if (last.at("satisfaction").empty()) continue;
    const bool in_time = last.at("complete_time").substr(0, 10) <= last.at("task_due_date");
    (in_time ? on_time : late) += 1;
    (in_time ? on_time_content : late_content) += last.at("satisfaction")[0] - '0';
  }
  EXPECT_EQ(models.size(), 3u);
  EXPECT_GT(states["OPEN"], 10);
  EXPECT_GT(states["COMPLETED"], states["OPEN"]);
  EXPECT_GT(late, 10);
  EXPECT_GT(on_time, late);
  EXPECT_GT(on_time_content / on_time, late_content / late + 0.5);
  std::map<std::string, int> refunds;
  int64_t limits = 0;
  for (const auto& row : Table(folder, "credit_limits.csv")) {
    EXPECT_GE(std::stoll(row.at("amount")), 1000);
    ++limits;
  }
  EXPECT_GT(limits, 0);
  for (const auto& row : Table(folder, "refunds.csv")) {
    EXPECT_EQ(paid.count(row.at("order")), 1u);
    EXPECT_EQ(++refunds[row.at("order")], 1);
  }
  EXPECT_GT(refunds.size(), 5u);
  std::set<std::string> currencies;
  for (const auto& row : Table(folder, "orders.csv")) {
    repeaters.insert(row.at("customer"));
    currencies.insert(row.at("currency"));
    EXPECT_EQ(buyers.count(row.at("customer")), 1u);
    EXPECT_LT(row.at("order_time"), "2026-07-01");
  }
  EXPECT_THAT(currencies, testing::ElementsAre("EUR", "KRW", "USD"));
  EXPECT_GT(buyers.size(), 450u);
  EXPECT_LT(buyers.size(), 1200u);
  EXPECT_GT(repeaters.size(), buyers.size() / 3);
  EXPECT_LT(repeaters.size(), buyers.size());
  EXPECT_EQ(steps.size(), 6u);
  EXPECT_GT(steps["LOST"], steps["WON"] / 3);
  std::map<std::string, std::string> last_move;
  for (const auto& row : Table(folder, "transitions.csv")) {
    std::string& last = last_move[row.at("customer")];
    if (last.empty()) {
      EXPECT_EQ(row.at("stage"), "TARGET");
    }
    EXPECT_LT(last, row.at("event_time"));
    last = row.at("event_time");
  }
  for (const auto& row : Table(folder, "opportunities.csv")) {
    EXPECT_EQ(last_move.count(row.at("customer")), 1u);
  }
  for (const auto& row : Table(folder, "customers.csv")) {
    if (row.at("type") == "ORGANIZATION") {
      EXPECT_TRUE(registrations.insert(row.at("registration_number")).second);
    }
  }
}

}  // namespace
}  // namespace clientele::cli
