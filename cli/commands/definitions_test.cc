#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "cli/commands/command_fixture.h"
#include "clientele/customer/v1/attribute_service.grpc.pb.h"
#include "clientele/customer/v1/import_service.grpc.pb.h"
#include "clientele/customer/v1/target_market_service.grpc.pb.h"

namespace clientele::cli {
namespace {

namespace v1 = customer::v1;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

// Keeps what it is told, as the service does.
struct FakeAttributes : v1::AttributeService::Service {
  grpc::Status CreateAttribute(grpc::ServerContext*, const v1::CreateAttributeRequest* request,
                               v1::Attribute* response) override {
    v1::Attribute& attribute = *all.add_attributes();
    attribute = request->attribute();
    attribute.set_name("attributes/" + request->attribute_id());
    *response = attribute;
    return grpc::Status::OK;
  }
  grpc::Status ListAttributes(grpc::ServerContext*, const v1::ListAttributesRequest*,
                              v1::ListAttributesResponse* response) override {
    *response = all;
    return grpc::Status::OK;
  }
  grpc::Status GetAttribute(grpc::ServerContext*, const v1::GetAttributeRequest* request,
                            v1::Attribute* response) override {
    for (const v1::Attribute& attribute : all.attributes()) {
      if (attribute.name() != request->name()) continue;
      *response = attribute;
      response->set_etag("\"7\"");
      return grpc::Status::OK;
    }
    return {grpc::NOT_FOUND, "no such attribute"};
  }
  grpc::Status UpdateAttribute(grpc::ServerContext*, const v1::UpdateAttributeRequest* request,
                               v1::Attribute* response) override {
    updated = *request;
    *response = request->attribute();
    return grpc::Status::OK;
  }
  grpc::Status DeleteAttribute(grpc::ServerContext*, const v1::DeleteAttributeRequest* request,
                               v1::DeleteAttributeResponse*) override {
    deleted = *request;
    return grpc::Status::OK;
  }
  v1::ListAttributesResponse all;
  v1::UpdateAttributeRequest updated;
  v1::DeleteAttributeRequest deleted;
};

struct FakeMarkets : v1::TargetMarketService::Service {
  grpc::Status CreateTargetMarket(grpc::ServerContext*, const v1::CreateTargetMarketRequest* request,
                                  v1::TargetMarket* response) override {
    v1::TargetMarket& market = *all.add_target_markets();
    market = request->target_market();
    market.set_name("targetMarkets/" + std::to_string(all.target_markets_size()));
    market.set_etag("\"1\"");
    market.set_member_count(1234);
    market.set_coverage(0.25);
    *response = market;
    return grpc::Status::OK;
  }
  grpc::Status ListTargetMarkets(grpc::ServerContext*, const v1::ListTargetMarketsRequest*,
                                 v1::ListTargetMarketsResponse* response) override {
    *response = all;
    return grpc::Status::OK;
  }
  grpc::Status UpdateTargetMarket(grpc::ServerContext*, const v1::UpdateTargetMarketRequest* request,
                                  v1::TargetMarket* response) override {
    updated = *request;
    *response = request->target_market();
    return grpc::Status::OK;
  }
  grpc::Status DeleteTargetMarket(grpc::ServerContext*, const v1::DeleteTargetMarketRequest* request,
                                  v1::DeleteTargetMarketResponse*) override {
    deleted = *request;
    return grpc::Status::OK;
  }
  grpc::Status ListTargetMarketMembers(grpc::ServerContext*,
                                       const v1::ListTargetMarketMembersRequest* request,
                                       v1::ListTargetMarketMembersResponse* response) override {
    response->add_members()->set_display_name(request->parent() + " 한빛");
    return grpc::Status::OK;
  }
  v1::ListTargetMarketsResponse all;
  v1::UpdateTargetMarketRequest updated;
  v1::DeleteTargetMarketRequest deleted;
};

struct FakeImports : v1::CustomerImportService::Service {
  grpc::Status CreateCustomerImport(grpc::ServerContext*, const v1::CreateCustomerImportRequest*,
                                    v1::CustomerImport* response) override {
    response->set_name("customerImports/1");
    return grpc::Status::OK;
  }
  grpc::Status CompleteCustomerImport(grpc::ServerContext*, const v1::CompleteCustomerImportRequest*,
                                      v1::CustomerImport*) override {
    return grpc::Status::OK;
  }
  grpc::Status ImportRecords(
      grpc::ServerContext*,
      grpc::ServerReaderWriter<v1::ImportRecordsResponse, v1::ImportRecordsRequest>* stream) override {
    v1::ImportRecordsRequest request;
    while (stream->Read(&request)) {
      v1::ImportRecordsResponse response;
      for (const auto& record : request.records()) {
        records.push_back(record);
        response.add_results()->set_outcome(type::v1::ImportResult::CREATED);
      }
      stream->Write(response);
    }
    return grpc::Status::OK;
  }
  std::vector<v1::ImportRecord> records;
};

class DefinitionCommands : public CommandTest {
 protected:
  DefinitionCommands() {
    Serve({&accounts_, &attributes_, &markets_, &imports_});
    folder_ = testing::TempDir() + "/definitions";
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }
  void File(const std::string& name, std::string_view text) { std::ofstream(folder_ + "/" + name) << text; }
  std::string Import(const std::vector<std::string>& more = {}) {
    std::vector<std::string> words = {"import", folder_,     "--streams",
                                      "1",      "--rejects", folder_ + "/rejects.csv"};
    words.insert(words.end(), more.begin(), more.end());
    return Run(words);
  }

  std::string folder_;
  FakeAccounts accounts_;
  FakeAttributes attributes_;
  FakeMarkets markets_;
  FakeImports imports_;
};

TEST_F(DefinitionCommands, AttributesAreDefinedListedChangedAndDeleted) {
  EXPECT_THAT(Run({"attributes", "list"}), HasSubstr("attributes create"));
  EXPECT_THAT(Run({"attributes", "create", "size_class", "--name", "Size class", "--type", "choice",
                   "--choices", "A", "B"}),
              HasSubstr("Size class (attributes/size_class) is there now"));
  EXPECT_THAT(Run({"attributes", "list"}),
              AllOf(HasSubstr("size_class"), HasSubstr("Choice"), HasSubstr("A, B")));
  EXPECT_THAT(Run({"attributes", "update", "size_class", "--name", "Size"}), HasSubstr("is changed"));
  EXPECT_THAT(attributes_.updated.update_mask().paths(), ElementsAre("display_name"));
  EXPECT_EQ(attributes_.updated.attribute().etag(), "\"7\"");
  EXPECT_THAT(Run({"attributes", "update", "size_class"}), HasSubstr("--choices"));
  EXPECT_THAT(Run({"attributes", "delete", "size_class"}), HasSubstr("--yes"));
  EXPECT_EQ(attributes_.deleted.name(), "");
  EXPECT_THAT(Run({"attributes", "delete", "size_class", "--yes"}), HasSubstr("is gone"));
  EXPECT_EQ(attributes_.deleted.etag(), "\"7\"");
  EXPECT_THAT(Run({"attributes", "delete", "colour", "--yes"}), HasSubstr("no such attribute"));
}

TEST_F(DefinitionCommands, TargetMarketsAreNamedByWhatTheyAreCalled) {
  EXPECT_THAT(Run({"target-markets", "list"}), HasSubstr("target-markets create"));
  EXPECT_THAT(Run({"target-markets", "create", "--name", "서울 소매", "--filter", "industry = \"retail\"",
                   "--size", "5000"}),
              HasSubstr("서울 소매 (targetMarkets/1) is there now"));
  EXPECT_THAT(Run({"target-markets", "list"}),
              AllOf(HasSubstr("1,234"), HasSubstr("5,000"), HasSubstr("25 %")));
  EXPECT_THAT(Run({"target-markets", "update", "서울 소매", "--size", "0"}), HasSubstr("is changed"));
  EXPECT_EQ(markets_.updated.target_market().name(), "targetMarkets/1");
  EXPECT_THAT(markets_.updated.update_mask().paths(), ElementsAre("estimated_size"));
  EXPECT_THAT(Run({"target-markets", "members", "서울 소매"}), HasSubstr("targetMarkets/1 한빛"));
  EXPECT_THAT(Run({"target-markets", "delete", "부산"}), HasSubstr("there is no target market"));
  EXPECT_THAT(Run({"target-markets", "delete", "targetMarkets/1"}), HasSubstr("its customers stay"));
  EXPECT_EQ(markets_.deleted.etag(), "\"1\"");
}

TEST_F(DefinitionCommands, TwoMarketsOfOneNameAreToldApartByTheUser) {
  for (int i = 0; i < 2; ++i)
    Run({"target-markets", "create", "--name", "twin", "--filter", "type = PERSON"});
  EXPECT_THAT(Run({"target-markets", "delete", "twin"}),
              AllOf(HasSubstr("targetMarkets/1"), HasSubstr("targetMarkets/2")));
  EXPECT_EQ(markets_.deleted.name(), "");
}

TEST_F(DefinitionCommands, AFoldersDefinitionsAreMadeOnceAndItsColumnsFilled) {
  File("attributes.jsonl",
       "{\"name\": \"attributes/size_class\", \"displayName\": \"Size class\", \"type\": \"CHOICE\","
       " \"choices\": [\"A\", \"B\"]}\n\n{\"name\": \"attributes/since\", \"displayName\": \"Since\", "
       "\"type\": \"DATE\"}\n");
  File("target_markets.jsonl",
       "{\"displayName\": \"large\", \"filter\": \"attributes.size_class = \\\"A\\\"\"}\n");
  File("customers.csv",
       "external_id,name,type,attributes.size_class,attributes.since\n1,한빛,ORGANIZATION,A,2020-02-03\n2,"
       "두빛,ORGANIZATION,,\n"
       "3,세빛,ORGANIZATION,B,yesterday\n");
  EXPECT_THAT(Import({"--dry-run"}),
              AllOf(HasSubstr("2 custom attributes and 1 target markets would be made"),
                    HasSubstr("read by their type only"), HasSubstr("1 row could not be used")));
  EXPECT_EQ(attributes_.all.attributes_size(), 0);
  // The service does not know these attributes yet, and would refuse the rows.
  ASSERT_EQ(imports_.records.size(), 2u);
  EXPECT_TRUE(imports_.records[0].customer().customer().attributes().empty());
  imports_.records.clear();
  EXPECT_THAT(Import(), HasSubstr("2 custom attributes and 1 target markets were made"));
  ASSERT_EQ(imports_.records.size(), 2u);
  const auto& values = imports_.records[0].customer().customer().attributes();
  EXPECT_EQ(values.at("size_class").choice(), "A");
  EXPECT_EQ(values.at("since").date().day(), 3);
  EXPECT_TRUE(imports_.records[1].customer().customer().attributes().empty());
  std::stringstream rejects;
  rejects << std::ifstream(folder_ + "/rejects.csv").rdbuf();
  EXPECT_THAT(rejects.str(), HasSubstr("attributes.since,`yesterday` is not a date"));
  EXPECT_THAT(Import(), Not(HasSubstr("were made")));
  EXPECT_EQ(attributes_.all.attributes_size(), 2);
  EXPECT_EQ(markets_.all.target_markets_size(), 1);
}

TEST_F(DefinitionCommands, WhatIsNoDefinitionIsToldWithItsLine) {
  File("attributes.jsonl",
       "{\"name\": \"attributes/a\", \"displayName\": \"A\", \"type\": \"TEXT\"}\n{\"nome\": 1}\n");
  File("customers.csv", "external_id,name,type\n");
  EXPECT_THAT(Import(), HasSubstr("attributes.jsonl:2"));
  EXPECT_EQ(attributes_.all.attributes_size(), 0);
}

}  // namespace
}  // namespace clientele::cli
