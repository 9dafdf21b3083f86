#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "cli/commands/command_fixture.h"
#include "cli/import/mapping.h"
#include "cli/import/record_reader.h"
#include "clientele/customer/v1/attribute_service.grpc.pb.h"
#include "clientele/customer/v1/import_service.grpc.pb.h"
#include "clientele/gateway/v1/account_service.grpc.pb.h"

namespace clientele::cli {
namespace {

namespace v1 = customer::v1;
using testing::AllOf;
using testing::HasSubstr;

struct FakeImports : v1::CustomerImportService::Service {
  grpc::Status ExportRecords(grpc::ServerContext*, const v1::ExportRecordsRequest* request,
                             grpc::ServerWriter<v1::ExportRecordsResponse>* stream) override {
    filter = request->filter();
    v1::ExportRecordsResponse response;
    auto* exported = response.add_records()->mutable_customer();
    v1::Customer* customer = exported->mutable_customer();
    customer->set_name("customers/1");
    customer->set_display_name("한빛, \"전자\"");
    customer->set_type(v1::Customer::ORGANIZATION);
    customer->set_industry("software");
    customer->set_employee_count(12);
    customer->mutable_annual_revenue()->set_currency_code("KRW");
    customer->mutable_annual_revenue()->set_units(1'500'000);
    (*customer->mutable_attributes())["score"].set_number(-0.25);
    customer->add_tags("vip");
    customer->add_tags("seoul");
    customer->add_contact_points()->set_kind(v1::ContactPoint::PHONE);
    customer->mutable_contact_points(0)->set_value("02-123-4567");
    customer->add_external_ids()->set_system("crm");
    customer->mutable_external_ids(0)->set_id("A1");
    exported->mutable_owner()->mutable_external_id()->set_system("hr");
    exported->mutable_owner()->mutable_external_id()->set_id("7");
    auto* contact = response.add_records()->mutable_contact();
    contact->mutable_customer()->mutable_external_id()->set_system("crm");
    contact->mutable_customer()->mutable_external_id()->set_id("A1");
    contact->mutable_contact()->set_display_name("홍길동");
    contact->mutable_contact()->set_job_title("=1+1");
    contact->mutable_contact()->mutable_external_id()->set_system("crm");
    contact->mutable_contact()->mutable_external_id()->set_id("P1");
    stream->Write(response);
    return grpc::Status::OK;
  }
  grpc::Status RevertCustomerImport(grpc::ServerContext*, const v1::RevertCustomerImportRequest*,
                                    grpc::ServerWriter<v1::RevertCustomerImportResponse>* stream) override {
    if (++reverts == 1) return {grpc::UNAVAILABLE, "restarting"};
    v1::RevertCustomerImportResponse response;
    response.mutable_customer_import()->set_reverted_count(12);
    auto* kept = response.add_kept_writes();
    kept->set_resource("customers/1");
    kept->add_fields("industry");
    kept->set_reason("It was changed since.");
    stream->Write(response);
    return grpc::Status::OK;
  }
  grpc::Status ListCustomerImports(grpc::ServerContext*, const v1::ListCustomerImportsRequest*,
                                   v1::ListCustomerImportsResponse* response) override {
    response->add_customer_imports()->set_description("spring fair");
    return grpc::Status::OK;
  }
  std::string filter;
  int reverts = 0;
};

struct FakeAttributes : v1::AttributeService::Service {
  grpc::Status ListAttributes(grpc::ServerContext*, const v1::ListAttributesRequest*,
                              v1::ListAttributesResponse* response) override {
    for (const auto& [name, type] : {std::pair("attributes/score", v1::Attribute::NUMBER),
                                     std::pair("attributes/since", v1::Attribute::DATE)}) {
      response->add_attributes()->set_name(name);
      response->mutable_attributes(response->attributes_size() - 1)->set_type(type);
    }
    return grpc::Status::OK;
  }
};

class ExportCommand : public CommandTest {
 protected:
  ExportCommand() {
    Serve({&imports_, &attributes_});
    folder_ = testing::TempDir() + "/export";
    std::filesystem::remove_all(folder_);
  }

  std::string Read(const std::string& file) const {
    std::ifstream stream(folder_ + "/" + file);
    return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
  }

  FakeImports imports_;
  FakeAttributes attributes_;
  std::string folder_;
};

TEST_F(ExportCommand, WritesWhatImportReads) {
  EXPECT_THAT(Run({"export", folder_, "--filter", "industry = \"software\""}),
              AllOf(HasSubstr("1 rows of customer"), HasSubstr("1 identifiers of other systems")));
  EXPECT_EQ(imports_.filter, "industry = \"software\"");
  auto mapping = DefaultMapping(folder_);
  ASSERT_TRUE(mapping.ok()) << mapping.status();
  EXPECT_TRUE(mapping->NamesAttributes());
  mapping->SetAttributes({{"score", v1::Attribute::NUMBER}, {"since", v1::Attribute::DATE}});
  std::vector<SourceRecord> records;
  for (const RecordMapping& record : mapping->records) {
    auto reader = RecordReader::Open(folder_, mapping->path, record);
    ASSERT_TRUE(reader.ok()) << reader.status();
    SourceRecord next;
    while ((*reader)->Next(&next)) {
      EXPECT_FALSE(next.rejection.has_value());
      records.push_back(std::move(next));
    }
  }
  ASSERT_EQ(records.size(), 2u);
  const auto& customer = static_cast<const v1::ImportRecord&>(*records[0].record).customer().customer();
  EXPECT_EQ(customer.display_name(), "한빛, \"전자\"");
  EXPECT_EQ(customer.annual_revenue().units(), 1'500'000);
  EXPECT_EQ(customer.tags_size(), 2);
  ASSERT_EQ(customer.attributes().size(), 1u);
  EXPECT_EQ(customer.attributes().at("score").number(), -0.25);
  EXPECT_EQ(customer.contact_points(0).value(), "02-123-4567");
  EXPECT_EQ(customer.external_ids(0).system(), "crm");
  const auto& contact = static_cast<const v1::ImportRecord&>(*records[1].record).contact();
  EXPECT_EQ(contact.customer().external_id().id(), "A1");
  EXPECT_THAT(Read("contacts.csv"), HasSubstr("'=1+1")) << "text to a spreadsheet";
  EXPECT_EQ(contact.contact().job_title(), "=1+1");
}

TEST_F(ExportCommand, MappingNamesFilesAndColumns) {
  const std::string mapping = testing::TempDir() + "/export-mapping.yaml";
  std::ofstream(mapping)
      << "system: crm\nrecords:\n  - kind: customer\n    file: accounts.csv\n    fields:\n"
         "      external_id: account\n      name: company\n      type: {value: ORGANIZATION}\n"
         "      industry: {column: sector, map: {sw: software}}\n"
         "      owner: {column: boss, system: hr}\n";
  EXPECT_THAT(Run({"export", folder_, "--mapping", mapping}), HasSubstr("1 rows of customer"));
  const std::string text = Read("accounts.csv");
  EXPECT_THAT(text, AllOf(HasSubstr("account"), HasSubstr("company"), HasSubstr("A1"), HasSubstr(",sw,7")));
  EXPECT_FALSE(std::filesystem::exists(folder_ + "/contacts.csv"));
}

TEST_F(ExportCommand, JsonLinesHaveEverything) {
  EXPECT_THAT(Run({"export", folder_, "--format", "jsonl"}), HasSubstr("2 records"));
  EXPECT_THAT(Read("records.jsonl"), AllOf(HasSubstr("\"system\":\"hr\""), HasSubstr("홍길동")));
}

TEST_F(ExportCommand, RevertGoesOnAfterABreakAndTellsWhatStays) {
  EXPECT_THAT(Run({"import", "revert", "customerImports/1"}),
              AllOf(HasSubstr("12"), HasSubstr("customers/1"), HasSubstr("industry")));
  EXPECT_EQ(imports_.reverts, 2);
  EXPECT_THAT(Run({"import", "list"}), HasSubstr("spring fair"));
}

}  // namespace
}  // namespace clientele::cli
