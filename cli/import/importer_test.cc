#include "cli/import/importer.h"

#include <gmock/gmock.h>
#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>

#include "cli/import/run.h"
#include "clientele/customer/v1/import_service.grpc.pb.h"
#include "clientele/lifecycle/v1/import_service.grpc.pb.h"
#include "google/rpc/error_details.pb.h"
#include "servicekit/types/str_cat.h"

namespace clientele::cli {
namespace {

using testing::HasSubstr;
using type::v1::ImportResult;

// Keeps what it is sent, like the real services; breaks when told to.
template <typename Base, typename Request, typename Response>
class FakeImportService : public Base::Service {
 public:
  grpc::Status ImportRecords(grpc::ServerContext*,
                             grpc::ServerReaderWriter<Response, Request>* stream) override {
    ++streams;
    if (refuse.fetch_sub(1) > 0) return {grpc::UNAVAILABLE, "starting"};
    Request request;
    while (stream->Read(&request)) {
      Response response;
      absl::MutexLock lock(&mutex);
      largest = std::max<size_t>(largest, request.ByteSizeLong());
      for (const auto& record : request.records()) Apply(record, response.add_results());
      // Applied, but never answered: what a crash looks like.
      if (break_after_batches.fetch_sub(1) == 0) return failure;
      if (!stream->Write(response)) break;
    }
    return grpc::Status::OK;
  }

  absl::Mutex mutex;
  std::atomic<int> break_after_batches = -1, refuse = 0, streams = 0;
  grpc::Status failure = {grpc::UNAVAILABLE, "going down"};
  std::set<std::string> records;
  std::vector<std::string> arrived;
  size_t largest = 0;

 private:
  template <typename Record>
  void Apply(const Record& record, ImportResult* result) {
    result->set_row(record.row());
    Record content = record;
    content.clear_row();
    const std::string text = content.ShortDebugString();
    if (text.find("REFUSE") != std::string::npos) {
      result->set_outcome(ImportResult::REJECTED);
      google::rpc::BadRequest bad;
      auto* violation = bad.add_field_violations();
      violation->set_field("customer.display_name");
      violation->set_description("is not a name");
      result->mutable_error()->add_details()->PackFrom(bad);
      return;
    }
    arrived.push_back(text);
    result->set_outcome(records.insert(text).second ? ImportResult::CREATED : ImportResult::UNCHANGED);
  }
};

class ImporterTest : public testing::Test {
 protected:
  ImporterTest() : folder_(testing::TempDir() + "/importer"), rejects_(folder_ + "/rejects.csv") {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
    grpc::ServerBuilder builder;
    builder.RegisterService(&customers_);
    builder.RegisterService(&lifecycle_);
    server_ = builder.BuildAndStart();
    options_.batch_size = 10;
    options_.streams = 1;
    options_.first_pause = absl::Milliseconds(1);
    options_.longest_pause = absl::Milliseconds(5);
    options_.give_up_after = absl::Milliseconds(300);

    std::ofstream customers(folder_ + "/customers.csv"), orders(folder_ + "/orders.csv");
    customers << "external_id,name,type\n";
    orders << "external_id,customer,quantity,amount,currency\n";
    for (int i = 0; i < 95; ++i) {
      customers << "C" << i << ",Customer " << i << ",PERSON\n";
      orders << "O" << i << ",C" << i << ",1,10,USD\n";
    }
    customers << "C95,REFUSE,PERSON\nC96,Nobody,ALIEN\n";
  }
  ~ImporterTest() override { server_->Shutdown(); }

  absl::Status Run(ImportReport* report) {
    const auto mapping = MappingFor(folder_, "");
    if (!mapping.ok()) return mapping.status();
    const auto open = ImportStreamsOver(server_->InProcessChannel({}),
                                        [](grpc::ClientContext*, bool) { return absl::OkStatus(); });
    return RunImport(folder_, *mapping, open, options_, report, [](const ImportProgress&) {});
  }

  const std::string folder_, rejects_;
  FakeImportService<customer::v1::CustomerImportService, customer::v1::ImportRecordsRequest,
                    customer::v1::ImportRecordsResponse>
      customers_;
  FakeImportService<lifecycle::v1::LifecycleImportService, lifecycle::v1::ImportRecordsRequest,
                    lifecycle::v1::ImportRecordsResponse>
      lifecycle_;
  std::unique_ptr<grpc::Server> server_;
  ImportOptions options_;
};

TEST_F(ImporterTest, EverythingArrivesOnceAndTheSecondRunChangesNothing) {
  ImportReport first(rejects_);
  ASSERT_TRUE(Run(&first).ok());
  EXPECT_EQ(first.total().created, 190);
  EXPECT_EQ(first.total().rejected, 2);
  EXPECT_EQ(customers_.records.size(), 95u);
  EXPECT_EQ(lifecycle_.records.size(), 95u);

  ImportReport second(rejects_);
  ASSERT_TRUE(Run(&second).ok());
  EXPECT_EQ(second.total().created + second.total().updated, 0);
  EXPECT_EQ(second.total().unchanged, 190);
}

TEST_F(ImporterTest, MessagesStaySmallWhateverTheRecords) {
  options_.batch_size = 1000;
  options_.batch_bytes = 300;
  ImportReport report(rejects_);
  ASSERT_TRUE(Run(&report).ok());
  EXPECT_EQ(report.total().created, 190);
  EXPECT_LT(customers_.largest, 400u);
}

TEST_F(ImporterTest, RejectsFileHasTheRowTheFieldAndTheReason) {
  ImportReport report(rejects_);
  ASSERT_TRUE(Run(&report).ok());
  std::stringstream text;
  text << std::ifstream(rejects_).rdbuf();
  EXPECT_THAT(text.str(), HasSubstr("file,line,kind,field,reason,row\n"));
  EXPECT_THAT(
      text.str(),
      HasSubstr("customers.csv,97,customer,customer.display_name,is not a name,\"C95,REFUSE,PERSON\"\n"));
  EXPECT_THAT(text.str(),
              HasSubstr("customers.csv,98,customer,type,\"`ALIEN` is none of ORGANIZATION, PERSON"));
}

TEST_F(ImporterTest, StreamThatBreaksMidwayIsTakenUpAgain) {
  customers_.break_after_batches = 3;
  lifecycle_.refuse = 2;
  lifecycle_.break_after_batches = 5;
  ImportReport report(rejects_);
  const absl::Status done = Run(&report);
  ASSERT_TRUE(done.ok()) << done;
  EXPECT_EQ(customers_.records.size(), 95u);
  EXPECT_EQ(lifecycle_.records.size(), 95u);
  EXPECT_EQ(report.total().created + report.total().unchanged, 190);
  EXPECT_EQ(report.total().rejected, 2);
  EXPECT_EQ(customers_.streams, 2);
  EXPECT_EQ(lifecycle_.streams, 4);
}

TEST_F(ImporterTest, SeveralStreamsBringEverythingOnceAlsoWhenTheyBreak) {
  options_.streams = 4;
  customers_.break_after_batches = 3;
  ImportReport report(rejects_);
  const absl::Status done = Run(&report);
  ASSERT_TRUE(done.ok()) << done;
  EXPECT_EQ(customers_.records.size(), 95u);
  EXPECT_EQ(lifecycle_.records.size(), 95u);
  EXPECT_EQ(report.total().created + report.total().unchanged, 190);
  EXPECT_EQ(report.total().rejected, 2);
  EXPECT_GE(customers_.streams, 5);
  EXPECT_EQ(lifecycle_.streams, 1);
}

// Which of two rows wins must not depend on which stream is faster.
TEST_F(ImporterTest, RowsOfOneRecordKeepTheirOrder) {
  std::ofstream customers(folder_ + "/customers.csv");
  customers << "external_id,name,type\n";
  for (int version = 1; version <= 3; ++version) {
    for (int i = 0; i < 50; ++i) customers << "C" << i << ",version " << version << ",PERSON\n";
  }
  customers.close();
  options_.streams = 4;
  ImportReport report(rejects_);
  ASSERT_TRUE(Run(&report).ok());
  std::map<std::string, int> last;
  for (const std::string& record : customers_.arrived) {
    std::smatch version, id;
    ASSERT_TRUE(std::regex_search(record, version, std::regex("version ([0-9])"))) << record;
    ASSERT_TRUE(std::regex_search(record, id, std::regex("id: \"(C[0-9]+)\""))) << record;
    EXPECT_EQ(std::stoi(version[1]), last[id[1]] + 1) << id[1];
    last[id[1]] = std::stoi(version[1]);
  }
  EXPECT_EQ(last.size(), 50u);
}

TEST_F(ImporterTest, JsonLinesArriveAsTheRowsDo) {
  std::filesystem::remove(folder_ + "/customers.csv");
  std::ofstream lines(folder_ + "/records.jsonl");
  for (int i = 0; i < 30; ++i) {
    lines << "{\"customer\": {\"customer\": {\"displayName\": \"Customer " << i
          << "\", \"externalIds\": [{\"system\": \"csv\", \"id\": \"C" << i << "\"}]}}}\n";
  }
  lines << "no record\n";
  lines.close();
  ImportReport report(rejects_);
  const absl::Status done = Run(&report);
  ASSERT_TRUE(done.ok()) << done;
  EXPECT_EQ(customers_.records.size(), 30u);
  EXPECT_EQ(lifecycle_.records.size(), 95u);
  EXPECT_EQ(report.total().rejected, 1);
  std::stringstream text;
  text << std::ifstream(rejects_).rdbuf();
  EXPECT_THAT(text.str(), HasSubstr("records.jsonl,31,customer,,is not a line of JSON,no record\n"));
}

TEST_F(ImporterTest, ErrorsThatDoNotPassStopAtOnce) {
  customers_.break_after_batches = 1;
  customers_.failure = {grpc::PERMISSION_DENIED, "analysts change nothing"};
  ImportReport report(rejects_);
  EXPECT_TRUE(absl::IsPermissionDenied(Run(&report)));
  EXPECT_EQ(customers_.streams, 1);
}

TEST_F(ImporterTest, GivesUpInTheEnd) {
  customers_.refuse = 1'000'000;
  ImportReport report(rejects_);
  EXPECT_TRUE(absl::IsUnavailable(Run(&report)));
  EXPECT_GT(customers_.streams, 3);
}

TEST_F(ImporterTest, DryRunSendsNothing) {
  ImportReport report(rejects_);
  const auto mapping = MappingFor(folder_, "");
  ASSERT_TRUE(RunImport(folder_, *mapping, nullptr, options_, &report, [](const ImportProgress&) {}).ok());
  EXPECT_EQ(report.total().usable, 191);
  EXPECT_EQ(report.total().rejected, 1);
  EXPECT_EQ(customers_.streams, 0);
}

}  // namespace
}  // namespace clientele::cli
