#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/commands/command_fixture.h"
#include "clientele/customer/v1/customer_service.grpc.pb.h"
#include "clientele/customer/v1/duplicate_service.grpc.pb.h"
#include "clientele/customer/v1/history_service.grpc.pb.h"
#include "clientele/customer/v1/merge_service.grpc.pb.h"

namespace clientele::cli {
namespace {

namespace v1 = customer::v1;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

struct FakeCustomers : v1::CustomerService::Service {
  grpc::Status GetCustomer(grpc::ServerContext*, const v1::GetCustomerRequest* request,
                           v1::Customer* response) override {
    response->set_name(request->name());
    response->set_display_name(request->name() == "customers/1" ? "한빛" : "한빛전자");
    response->set_etag("\"3\"");
    return grpc::Status::OK;
  }
  grpc::Status GetContact(grpc::ServerContext*, const v1::GetContactRequest* request,
                          v1::Contact* response) override {
    response->set_name(request->name());
    response->set_display_name("홍길동");
    return grpc::Status::OK;
  }
};

struct FakeDuplicates : v1::DuplicateService::Service {
  static void Fill(v1::Duplicate* duplicate) {
    duplicate->mutable_customer()->set_display_name("한빛전자");
    duplicate->set_score(0.875);
    duplicate->add_reasons()->set_kind(v1::MatchReason::SAME_PHONE);
  }
  grpc::Status ListDuplicates(grpc::ServerContext*, const v1::ListDuplicatesRequest*,
                              v1::ListDuplicatesResponse* response) override {
    Fill(response->add_duplicates());
    return grpc::Status::OK;
  }
  grpc::Status ListDuplicatePairs(grpc::ServerContext*, const v1::ListDuplicatePairsRequest* request,
                                  v1::ListDuplicatePairsResponse* response) override {
    // The first page is empty and yet not the last.
    if (request->page_token().empty()) {
      response->set_next_page_token("2");
    } else {
      Fill(response->add_pairs()->mutable_duplicate());
    }
    return grpc::Status::OK;
  }
  grpc::Status DismissDuplicate(grpc::ServerContext*, const v1::DismissDuplicateRequest* request,
                                v1::DismissDuplicateResponse*) override {
    dismissed = *request;
    return grpc::Status::OK;
  }
  v1::DismissDuplicateRequest dismissed;
};

struct FakeMerges : v1::MergeService::Service {
  grpc::Status MergeCustomers(grpc::ServerContext*, const v1::MergeCustomersRequest* request,
                              v1::CustomerMerge* response) override {
    merged = *request;
    response->set_name("customerMerges/9");
    response->set_contact_count(1234);
    return grpc::Status::OK;
  }
  grpc::Status PreviewMerge(grpc::ServerContext*, const v1::MergeCustomersRequest*,
                            v1::PreviewMergeResponse* response) override {
    response->mutable_survivor()->set_display_name("한빛");
    return grpc::Status::OK;
  }
  grpc::Status PreviewSplit(grpc::ServerContext*, const v1::SplitCustomersRequest*,
                            v1::SplitCustomersResponse* response) override {
    response->mutable_survivor()->set_name("customers/1");
    response->mutable_survivor()->set_display_name("한빛");
    response->mutable_restored_customer()->set_display_name("한빛전자");
    auto* remainder = response->add_remainders();
    remainder->set_customer("customers/1");
    remainder->set_field("industry");
    remainder->set_description("It was changed since.");
    return grpc::Status::OK;
  }
  v1::MergeCustomersRequest merged;
};

struct FakeHistories : v1::HistoryService::Service {
  grpc::Status ListChanges(grpc::ServerContext*, const v1::ListChangesRequest*,
                           v1::ListChangesResponse* response) override {
    auto* change = response->add_changes();
    change->set_method("UpdateCustomer");
    auto* field = change->add_fields();
    field->set_field("industry");
    field->mutable_old_value()->set_string_value("retail");
    field->mutable_new_value()->set_string_value("software");
    return grpc::Status::OK;
  }
  grpc::Status EraseCustomer(grpc::ServerContext*, const v1::EraseCustomerRequest*,
                             v1::EraseCustomerResponse* response) override {
    ++erased;
    response->set_contact_count(3);
    return grpc::Status::OK;
  }
  grpc::Status EraseContact(grpc::ServerContext*, const v1::EraseContactRequest* request,
                            v1::EraseContactResponse*) override {
    erased_contact = request->name();
    return grpc::Status::OK;
  }
  int erased = 0;
  std::string erased_contact;
};

class MergeCommands : public CommandTest {
 protected:
  MergeCommands() { Serve({&customers_, &duplicates_, &merges_, &histories_}); }

  FakeCustomers customers_;
  FakeDuplicates duplicates_;
  FakeMerges merges_;
  FakeHistories histories_;
};

TEST_F(MergeCommands, DuplicatesSayHowLikelyAndWhy) {
  EXPECT_THAT(Run({"duplicates", "customers/1"}),
              AllOf(HasSubstr("0.88"), HasSubstr("한빛전자"), HasSubstr("Same phone")));
  EXPECT_THAT(Run({"duplicates"}), HasSubstr("한빛전자"));
}

TEST_F(MergeCommands, DismissedDuplicatesAreNamedBoth) {
  EXPECT_THAT(Run({"duplicates", "dismiss", "customers/1", "customers/2"}),
              HasSubstr("한빛 and 한빛전자 are two"));
  EXPECT_EQ(duplicates_.dismissed.name(), "customers/1");
  EXPECT_EQ(duplicates_.dismissed.other(), "customers/2");
  EXPECT_EQ(duplicates_.dismissed.request_id().size(), 36u);
}

TEST_F(MergeCommands, MergeSendsWhatWasSeenAndSaysHowToUndoIt) {
  EXPECT_THAT(Run({"merge", "customers/1", "customers/2", "--take", "display_name"}),
              AllOf(HasSubstr("1,234 contacts"), HasSubstr("clientele split customerMerges/9")));
  EXPECT_EQ(merges_.merged.survivor_etag(), "\"3\"");
  EXPECT_THAT(merges_.merged.fields_from_merged(), ElementsAre("display_name"));
}

TEST_F(MergeCommands, PreviewsChangeNothing) {
  EXPECT_THAT(Run({"merge", "customers/1", "customers/2", "--preview"}), HasSubstr("Nothing was changed"));
  EXPECT_TRUE(merges_.merged.survivor().empty());
  EXPECT_THAT(Run({"split", "customerMerges/9", "--preview"}),
              AllOf(HasSubstr("한빛, industry: It was changed since."), HasSubstr("Nothing was changed")));
}

TEST_F(MergeCommands, HistorySaysFromWhatToWhat) {
  EXPECT_THAT(Run({"history", "customers/1"}), HasSubstr("industry: retail → software"));
}

TEST_F(MergeCommands, ErasureWantsToBeMeant) {
  EXPECT_THAT(Run({"erase", "customers/1"}), HasSubstr("--yes"));
  EXPECT_EQ(histories_.erased, 0);
  EXPECT_THAT(Run({"erase", "customers/1", "--yes"}), HasSubstr("3 contacts"));
  EXPECT_EQ(histories_.erased, 1);
}

TEST_F(MergeCommands, ErasureOfAContactWantsToBeMeant) {
  const std::string contact = "customers/1/contacts/7";
  EXPECT_THAT(Run({"erase", contact}), AllOf(HasSubstr("홍길동"), HasSubstr("--yes")));
  EXPECT_EQ(histories_.erased_contact, "");
  EXPECT_THAT(Run({"erase", contact, "--yes"}), HasSubstr("Erased"));
  EXPECT_EQ(histories_.erased_contact, contact);
  EXPECT_EQ(histories_.erased, 0);
}

}  // namespace
}  // namespace clientele::cli
