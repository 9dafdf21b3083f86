#include "cli/import/json_lines.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <random>

#include "clientele/customer/v1/import_service.pb.h"
#include "clientele/lifecycle/v1/import_service.pb.h"

namespace clientele::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<SourceRecord> Read(std::string_view text) {
  const std::string path = testing::TempDir() + "/lines.jsonl";
  std::ofstream(path, std::ios::binary) << text;
  auto sources = OpenJsonLines(path);
  EXPECT_TRUE(sources.ok()) << sources.status();
  std::vector<SourceRecord> records;
  for (const auto& source : *sources) {
    SourceRecord record;
    while (source->Next(&record)) {
      EXPECT_EQ(record.origin.kind, &source->kind());
      records.push_back(std::move(record));
    }
  }
  return records;
}
const customer::v1::ImportRecord& Customer(const SourceRecord& record) {
  return static_cast<const customer::v1::ImportRecord&>(*record.record);
}

TEST(JsonLines, KindsComeInTheirOrderWhateverTheFiles) {
  const auto records = Read(
      "{\"row\": \"7\", \"order\": {\"customer\": {\"externalId\": {\"system\": \"crm\", \"id\": \"1\"}}}}\n"
      "\n"
      "{\"contact\": {\"contact\": {\"displayName\": \"홍길동\"}}}\n"
      "{\"customer\": {\"customer\": {\"displayName\": \"한빛\", \"attributes\": {\"size\": {\"choice\": "
      "\"A\"}}}}}");
  ASSERT_EQ(records.size(), 3u);
  EXPECT_EQ(records[0].origin.kind->name, "customer");
  EXPECT_EQ(records[0].origin.line, 4);
  EXPECT_EQ(Customer(records[0]).customer().customer().attributes().at("size").choice(), "A");
  EXPECT_EQ(Customer(records[1]).contact().contact().display_name(), "홍길동");
  const auto& order = static_cast<const lifecycle::v1::ImportRecord&>(*records[2].record).order();
  EXPECT_EQ(order.customer().external_id().id(), "1");
}

TEST(JsonLines, ParentsComeFirst) {
  const auto customer = [](const char* id, const char* parent) {
    return std::string("{\"customer\": {\"customer\": {\"displayName\": \"") + id +
           "\", \"externalIds\": [{\"system\": \"crm\", \"id\": \"" + id +
           "\"}]}, \"parent\": {\"externalId\": {\"system\": \"crm\", \"id\": \"" + parent + "\"}}}}\n";
  };
  // x and y are each other's parent, which is the service's to refuse.
  std::vector<std::string> names;
  for (const auto& record : Read(customer("c", "b") + customer("b", "a") + customer("a", "") +
                                 customer("x", "y") + customer("y", "x"))) {
    names.push_back(Customer(record).customer().customer().display_name());
  }
  ASSERT_EQ(names.size(), 5u);
  names.resize(3);
  EXPECT_THAT(names, ElementsAre("a", "b", "c"));
}

TEST(JsonLines, WhatIsNoRecordIsRejectedAndTheRestIsRead) {
  const auto records = Read(
      "{\"customer\": {\"customer\": {\"displayName\": \"한빛\"}}}\n"
      "{\"customer\": \n"
      "[]\n"
      "{\"customer\": 5}\n"
      "{\"customer\": {}, \"contact\": {}}\n"
      "{\"customer\": {\"nome\": 1}}\n"
      "{'customer': {}}\n"
      "{\"customer\": {\"customer\": {\"displayName\": \"두빛\"}}}\n");
  ASSERT_EQ(records.size(), 8u);
  int good = 0;
  for (const SourceRecord& record : records) {
    if (record.rejection) {
      EXPECT_EQ(record.record, nullptr);
      EXPECT_THAT(record.rejection->reason, HasSubstr("is no"));
    } else {
      ++good;
    }
  }
  EXPECT_EQ(good, 2);
}

TEST(JsonLines, FilesWithoutARecordAreAllRejected) {
  const auto records = Read("a,b,c\n1,2,3\n");
  ASSERT_EQ(records.size(), 2u);
  EXPECT_TRUE(records[0].rejection.has_value());
  EXPECT_TRUE(Read("").empty());
  EXPECT_TRUE(absl::IsNotFound(OpenJsonLines("/nowhere.jsonl").status()));
}

// Bytes of any kind: each line is a record or is rejected with a reason, once.
TEST(JsonLines, WhateverTheBytesEachLineIsAnsweredOnce) {
  const std::string seed =
      "{\"row\": \"1\", \"customer\": {\"customer\": {\"displayName\": \"한빛\", \"employeeCount\": \"12\", "
      "\"attributes\": {\"a\": {\"number\": 1.5}},"
      " \"externalIds\": [{\"system\": \"crm\", \"id\": \"1\"}]}, \"parent\": {\"externalId\": {\"system\": "
      "\"crm\", \"id\": \"2\"}}}}\n"
      "{\"need\": {\"customer\": {\"name\": \"customers/1\"}, \"need\": {\"budget\": {\"currencyCode\": "
      "\"KRW\", \"units\": \"5\"}}}}\n";
  std::mt19937_64 random(11);
  int good = 0;
  for (int round = 0; round < 2000; ++round) {
    std::string text = seed;
    for (size_t changes = 1 + random() % 6; changes > 0; --changes) {
      const size_t at = random() % text.size();
      switch (random() % 4) {
        case 0:
          text[at] = static_cast<char>(random() % 256);
          break;
        case 1:
          text.erase(at, 1 + random() % 8);
          break;
        case 2:
          text.insert(at, text.substr(random() % text.size(), random() % 20));
          break;
        default:
          text.insert(at, 1, "{}[]\",:0\\\n\xC3"[random() % 11]);
      }
      if (text.empty()) text = " ";
    }
    int64_t lines = 0;
    std::stringstream stream(text);
    for (std::string line; std::getline(stream, line);) {
      lines += line.find_first_not_of(" \t\r") != std::string::npos ? 1 : 0;
    }
    const auto records = Read(text);
    EXPECT_EQ(static_cast<int64_t>(records.size()), lines) << text;
    for (const SourceRecord& record : records) {
      EXPECT_NE(record.record == nullptr, record.rejection == std::nullopt) << text;
      if (record.rejection) {
        EXPECT_FALSE(record.rejection->reason.empty());
      } else {
        ++good;
      }
    }
  }
  EXPECT_GT(good, 300);
}

}  // namespace
}  // namespace clientele::cli
