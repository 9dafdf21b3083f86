#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/commands/command_fixture.h"
#include "clientele/customer/v1/customer_service.grpc.pb.h"
#include "clientele/customer/v1/ownership_service.grpc.pb.h"
#include "clientele/customer/v1/team_service.grpc.pb.h"

namespace clientele::cli {
namespace {

namespace v1 = customer::v1;
using testing::AllOf;
using testing::HasSubstr;

struct FakeTeams : v1::TeamService::Service {
  grpc::Status GetRepresentative(grpc::ServerContext*, const v1::GetRepresentativeRequest*,
                                 v1::Representative* response) override {
    response->set_display_name("김철수");
    return grpc::Status::OK;
  }
};

struct FakeCustomers : v1::CustomerService::Service {
  grpc::Status GetCustomer(grpc::ServerContext*, const v1::GetCustomerRequest* request,
                           v1::Customer* response) override {
    response->set_name(request->name());
    response->set_display_name("한빛");
    return grpc::Status::OK;
  }
};

struct FakeOwnerships : v1::OwnershipService::Service {
  grpc::Status ClaimCustomer(grpc::ServerContext*, const v1::ClaimCustomerRequest* request,
                             v1::Customer* response) override {
    response->set_display_name("한빛");
    response->set_owner("representatives/1");
    EXPECT_EQ(request->request_id().size(), 36u);
    return grpc::Status::OK;
  }
  grpc::Status PreviewTransfer(grpc::ServerContext*, const v1::PreviewTransferRequest* request,
                               v1::PreviewTransferResponse* response) override {
    transfer = request->transfer();
    response->set_moving_count(1234);
    auto* origin = response->add_origins();
    origin->set_owner("representatives/1");
    origin->set_count(1234);
    response->add_not_found("customers/gone");
    return grpc::Status::OK;
  }
  grpc::Status TransferCustomers(grpc::ServerContext*, const v1::TransferCustomersRequest* request,
                                 grpc::ServerWriter<v1::TransferCustomersResponse>* stream) override {
    request_ids.push_back(request->request_id());
    v1::TransferCustomersResponse response;
    response.set_moved_count(500 * static_cast<int64_t>(request_ids.size()));
    response.set_done(request_ids.size() == 2);
    stream->Write(response);
    return request_ids.size() == 2 ? grpc::Status::OK : grpc::Status(grpc::UNAVAILABLE, "restarting");
  }
  grpc::Status ListOwnerships(grpc::ServerContext*, const v1::ListOwnershipsRequest* request,
                              v1::ListOwnershipsResponse* response) override {
    auto* one = response->add_ownerships();
    if (request->page_token().empty()) {
      one->set_owner("representatives/1");
      response->set_next_page_token("2");
    } else {
      one->set_reason("너무 멀다");
    }
    return grpc::Status::OK;
  }
  v1::Transfer transfer;
  std::vector<std::string> request_ids;
};

class OwnershipCommands : public CommandTest {
 protected:
  OwnershipCommands() { Serve({&teams_, &customers_, &ownerships_}); }

  FakeTeams teams_;
  FakeCustomers customers_;
  FakeOwnerships ownerships_;
};

TEST_F(OwnershipCommands, ClaimSaysWhoOwnsItNow) {
  EXPECT_THAT(Run({"claim", "customers/1"}), HasSubstr("한빛 belongs to 김철수"));
}

TEST_F(OwnershipCommands, PreviewSaysWhatWouldMove) {
  const std::string text =
      Run({"transfer", "--filter", "industry = \"retail\"", "--to", "representatives/2", "--preview"});
  EXPECT_THAT(text, AllOf(HasSubstr("김철수"), HasSubstr("1,234"), HasSubstr("customers/gone"),
                          HasSubstr("Nothing was changed")));
  EXPECT_EQ(ownerships_.transfer.owner(), "representatives/2");
  EXPECT_TRUE(ownerships_.request_ids.empty());
}

TEST_F(OwnershipCommands, TransferGoesOnAfterABreakUnderTheSameId) {
  EXPECT_THAT(Run({"transfer", "customers/1", "--to-team", "teams/2"}), HasSubstr("Moved 1,000 customers"));
  ASSERT_EQ(ownerships_.request_ids.size(), 2u);
  EXPECT_EQ(ownerships_.request_ids[0], ownerships_.request_ids[1]);
}

TEST_F(OwnershipCommands, TransferWithoutATargetIsToldSo) {
  EXPECT_THAT(Run({"transfer", "customers/1"}), HasSubstr("--to-team"));
  EXPECT_THAT(Run({"transfer", "--to", "representatives/2"}), HasSubstr("--filter"));
}

TEST_F(OwnershipCommands, OwnersAreReadToTheLastPage) {
  EXPECT_THAT(Run({"owners", "customers/1"}), AllOf(HasSubstr("김철수"), HasSubstr("너무 멀다")));
}

}  // namespace
}  // namespace clientele::cli
