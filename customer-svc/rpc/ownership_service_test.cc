// Who owns what: teams that move, representatives that leave, claim, release, transfer, and the record of it.
#include <gmock/gmock.h>

#include "customer-svc/rpc/service_fixture.h"
#include "servicekit/types/str_cat.h"

namespace clientele::customer {
namespace {

using servicekit::GetReason;
using servicekit::Role;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

constexpr char kRequest[] = "6f1f8a1e-8a55-4f0e-9e0a-0d7c5d0b7a01";

class OwnershipServiceTest : public ServiceTest {
 protected:
  using Ownerships = v1::OwnershipService::Stub;

  void SetUp() override {
    ServiceTest::SetUp();
    top_ = CreateTeam("본사");
    sales_ = CreateTeam("영업1팀", top_.name());
    other_ = CreateTeam("영업2팀");
    me_ = CreateRepresentative(sales_.name());
    colleague_ = CreateRepresentative(sales_.name());
    stranger_ = CreateRepresentative(other_.name());
  }
  std::string Me() const { return Token(Role::kRepresentative, me_.name(), {sales_.name()}); }
  std::string Manager() const { return Token(Role::kManager, "", {top_.name()}); }

  v1::Customer Make(const std::string& name, const std::string& owner, const std::string& team = "") {
    v1::Customer customer = Named(name);
    customer.set_owner(owner);
    customer.set_team(team);
    const auto made = Create(customer);
    EXPECT_TRUE(made.ok()) << made.status();
    return *made;
  }
  absl::StatusOr<v1::Customer> Claim(const std::string& name, const std::string& token,
                                     const std::string& etag = "") {
    v1::ClaimCustomerRequest request;
    request.set_name(name);
    request.set_etag(etag);
    return Call(ownerships_, &Ownerships::ClaimCustomer, request, token);
  }
  absl::StatusOr<v1::Customer> Release(const std::string& name, const std::string& token,
                                       const std::string& reason = "") {
    v1::ReleaseCustomerRequest request;
    request.set_name(name);
    request.set_reason(reason);
    return Call(ownerships_, &Ownerships::ReleaseCustomer, request, token);
  }
  absl::StatusOr<v1::PreviewTransferResponse> Preview(const v1::Transfer& transfer,
                                                      const std::string& token) {
    v1::PreviewTransferRequest request;
    *request.mutable_transfer() = transfer;
    return Call(ownerships_, &Ownerships::PreviewTransfer, request, token);
  }
  // All messages of the stream, or its error.
  absl::StatusOr<std::vector<v1::TransferCustomersResponse>> Transfer(
      const v1::Transfer& transfer, const std::string& token, const std::string& request_id = kRequest,
      size_t at_most = 1000) {
    v1::TransferCustomersRequest request;
    *request.mutable_transfer() = transfer;
    request.set_request_id(request_id);
    const auto context = servicekit::TestContext(token);
    auto stream = ownerships_->TransferCustomers(context.get(), request);
    std::vector<v1::TransferCustomersResponse> messages;
    v1::TransferCustomersResponse message;
    while (messages.size() < at_most && stream->Read(&message)) messages.push_back(message);
    if (messages.size() == at_most) context->TryCancel();
    const grpc::Status status = stream->Finish();
    if (!status.ok() && messages.size() < at_most) return servicekit::FromGrpcStatus(status);
    return messages;
  }
  std::vector<v1::Ownership> Owners(const std::string& customer, int page_size = 1000) {
    v1::ListOwnershipsRequest request;
    request.set_parent(customer);
    request.set_page_size(page_size);
    std::vector<v1::Ownership> all;
    do {
      const auto page = Call(ownerships_, &Ownerships::ListOwnerships, request);
      EXPECT_TRUE(page.ok()) << page.status();
      if (!page.ok()) break;
      all.insert(all.end(), page->ownerships().begin(), page->ownerships().end());
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return all;
  }
  absl::StatusOr<v1::Team> MoveTeam(const v1::Team& team, const std::string& parent) {
    v1::UpdateTeamRequest request;
    *request.mutable_team() = team;
    request.mutable_team()->set_parent(parent);
    request.mutable_update_mask()->add_paths("parent");
    return Call(teams_, &Teams::UpdateTeam, request);
  }
  absl::StatusOr<v1::Representative> UpdateRepresentative(const v1::Representative& representative,
                                                          const std::vector<std::string>& mask) {
    v1::UpdateRepresentativeRequest request;
    *request.mutable_representative() = representative;
    for (const std::string& path : mask) request.mutable_update_mask()->add_paths(path);
    return Call(teams_, &Teams::UpdateRepresentative, request);
  }
  std::vector<std::string> Visible(const std::string& token) {
    std::vector<std::string> names;
    const auto customers = List({}, token);
    EXPECT_TRUE(customers.ok()) << customers.status();
    for (const v1::Customer& customer : *customers) names.push_back(customer.display_name());
    return names;
  }

  v1::Team top_, sales_, other_;
  v1::Representative me_, colleague_, stranger_;
};

TEST_F(OwnershipServiceTest, RepresentativeClaimsFromThePoolAndGivesBack) {
  const v1::Customer pooled = Make("한빛", "", sales_.name());
  const auto claimed = Claim(pooled.name(), Me());
  ASSERT_TRUE(claimed.ok()) << claimed.status();
  EXPECT_EQ(claimed->owner(), me_.name());
  EXPECT_EQ(Claim(pooled.name(), Me())->etag(), claimed->etag()) << "once more changes nothing";

  const auto released = Release(pooled.name(), Me(), "너무 멀다");
  ASSERT_TRUE(released.ok()) << released.status();
  EXPECT_EQ(released->owner(), "");
  EXPECT_EQ(released->team(), sales_.name());
  EXPECT_EQ(GetReason(Release(pooled.name(), Me()).status()), "NOT_OWNED");
}

TEST_F(OwnershipServiceTest, WhatOthersOwnIsNotClaimed) {
  const v1::Customer theirs = Make("한빛", colleague_.name());
  EXPECT_TRUE(absl::IsNotFound(Claim(theirs.name(), Me()).status()));
  const std::string manager = Token(Role::kManager, me_.name(), {sales_.name()});
  const auto owned = Claim(theirs.name(), manager);
  EXPECT_TRUE(absl::IsFailedPrecondition(owned.status())) << owned.status();
  EXPECT_EQ(GetReason(owned.status()), "ALREADY_OWNED");
  const v1::Customer elsewhere = Make("먼 곳", "", other_.name());
  EXPECT_TRUE(absl::IsNotFound(Claim(elsewhere.name(), Me()).status()));
  const v1::Customer pooled = Make("가까운 곳", "", sales_.name());
  EXPECT_EQ(GetReason(Claim(pooled.name(), "administrator").status()), "NOT_A_REPRESENTATIVE");
  EXPECT_TRUE(absl::IsPermissionDenied(Claim(pooled.name(), Token(Role::kAnalyst, "", {})).status()));
  EXPECT_TRUE(absl::IsAborted(Claim(pooled.name(), Me(), "\"7\"").status()));
}

TEST_F(OwnershipServiceTest, InactiveRepresentativesGetNoCustomers) {
  v1::Representative gone = me_;
  gone.set_state(v1::Representative::INACTIVE);
  const auto updated = UpdateRepresentative(gone, {"state"});
  ASSERT_TRUE(updated.ok()) << updated.status();
  EXPECT_EQ(updated->state(), v1::Representative::INACTIVE);
  EXPECT_NE(updated->etag(), me_.etag());

  const v1::Customer pooled = Make("한빛", "", sales_.name());
  EXPECT_EQ(GetReason(Claim(pooled.name(), Me()).status()), "REPRESENTATIVE_INACTIVE");
  v1::Customer given = pooled;
  given.set_owner(me_.name());
  EXPECT_THAT(WrongFields(Update(given, {"owner"}).status()), ElementsAre("customer.owner"));
  v1::Transfer transfer;
  transfer.add_customers(pooled.name());
  transfer.set_owner(me_.name());
  EXPECT_EQ(GetReason(Transfer(transfer, "administrator").status()), "REPRESENTATIVE_INACTIVE");
}

TEST_F(OwnershipServiceTest, CustomersFollowTheirOwnerToAnotherTeam) {
  const v1::Customer mine = Make("한빛", me_.name());
  v1::Representative moved = me_;
  moved.set_team(other_.name());
  ASSERT_TRUE(UpdateRepresentative(moved, {"team"}).ok());
  EXPECT_EQ(Get(mine.name())->team(), other_.name());
  moved.set_team("teams/01JD5R6X0QF3V9K2M4N8P7S1TA");
  moved.clear_etag();
  EXPECT_THAT(WrongFields(UpdateRepresentative(moved, {"team"}).status()),
              ElementsAre("representative.team"));
  moved.set_team(sales_.name());
  moved.set_etag(me_.etag());
  EXPECT_TRUE(absl::IsAborted(UpdateRepresentative(moved, {"team"}).status())) << "the etag is the old one";
}

TEST_F(OwnershipServiceTest, MovedTeamTakesAllBelowAlong) {
  const v1::Team below = CreateTeam("1파트", sales_.name());
  Make("한빛", "", below.name());
  Make("두레", "", other_.name());
  EXPECT_THAT(Visible(Manager()), ElementsAre("한빛"));

  ASSERT_TRUE(MoveTeam(sales_, other_.name()).ok());
  EXPECT_THAT(Visible(Manager()), IsEmpty());
  const std::string other = Token(Role::kManager, "", {other_.name()});
  EXPECT_THAT(Visible(other), ElementsAre("한빛", "두레"));
  EXPECT_THAT(Visible(Token(Role::kManager, "", {sales_.name()})), ElementsAre("한빛"));

  // Nothing comes to lie below itself.
  v1::GetTeamRequest request;
  request.set_name(other_.name());
  const auto now = Call(teams_, &Teams::GetTeam, request);
  EXPECT_THAT(WrongFields(MoveTeam(*now, below.name()).status()), ElementsAre("team.parent"));
  EXPECT_THAT(WrongFields(MoveTeam(*now, other_.name()).status()), ElementsAre("team.parent"));
  EXPECT_THAT(WrongFields(MoveTeam(*now, "teams/01JD5R6X0QF3V9K2M4N8P7S1TA").status()),
              ElementsAre("team.parent"));

  request.set_name(sales_.name());
  const auto sales = Call(teams_, &Teams::GetTeam, request);
  ASSERT_TRUE(MoveTeam(*sales, "").ok()) << "to the top";
  EXPECT_THAT(Visible(other), ElementsAre("두레"));
}

TEST_F(OwnershipServiceTest, RenamedTeamKeepsItsPlace) {
  Make("한빛", "", sales_.name());
  v1::UpdateTeamRequest request;
  *request.mutable_team() = sales_;
  request.mutable_team()->set_display_name("수도권 영업팀");
  request.mutable_update_mask()->add_paths("display_name");
  const auto renamed = Call(teams_, &Teams::UpdateTeam, request);
  ASSERT_TRUE(renamed.ok()) << renamed.status();
  EXPECT_EQ(renamed->display_name(), "수도권 영업팀");
  EXPECT_EQ(renamed->parent(), top_.name());
  EXPECT_THAT(Visible(Manager()), ElementsAre("한빛"));
  EXPECT_TRUE(absl::IsPermissionDenied(Call(teams_, &Teams::UpdateTeam, request, Manager()).status()));
}

TEST_F(OwnershipServiceTest, PreviewSaysWhatTheTransferThenDoes) {
  Make("a", me_.name());
  Make("b", me_.name());
  Make("c", "", sales_.name());
  const v1::Customer there = Make("d", colleague_.name());
  Make("e", stranger_.name());
  v1::Transfer transfer;
  transfer.set_filter("type = ORGANIZATION");
  transfer.set_owner(colleague_.name());
  const auto preview = Preview(transfer, Manager());
  ASSERT_TRUE(preview.ok()) << preview.status();
  EXPECT_EQ(preview->moving_count(), 3);
  EXPECT_EQ(preview->unchanged_count(), 1);
  ASSERT_EQ(preview->origins_size(), 2);
  EXPECT_EQ(preview->origins(0).owner(), me_.name());
  EXPECT_EQ(preview->origins(0).count(), 2);
  EXPECT_EQ(preview->origins(1).owner(), "");
  EXPECT_EQ(preview->examples_size(), 3);
  EXPECT_EQ(Get(preview->examples(0).name())->owner(), me_.name()) << "a preview changes nothing";

  const auto done = Transfer(transfer, Manager());
  ASSERT_TRUE(done.ok()) << done.status();
  EXPECT_EQ(done->back().moved_count(), 3);
  EXPECT_TRUE(done->back().done());
  v1::ListCustomersRequest request;
  request.set_filter("owner = \"" + colleague_.name() + "\"");
  EXPECT_EQ(List(request)->size(), 4);
  EXPECT_EQ(Get(there.name())->etag(), there.etag()) << "what is there already is not written";
}

TEST_F(OwnershipServiceTest, TransferOfNamesTellsWhichAreNotThere) {
  const v1::Customer mine = Make("a", me_.name()), foreign = Make("b", stranger_.name());
  v1::Transfer transfer;
  transfer.add_customers(mine.name());
  transfer.add_customers(foreign.name());
  transfer.set_team(top_.name());
  const auto preview = Preview(transfer, Manager());
  ASSERT_TRUE(preview.ok()) << preview.status();
  EXPECT_THAT(preview->not_found(), ElementsAre(foreign.name()));
  EXPECT_EQ(Transfer(transfer, Manager())->back().moved_count(), 1);
  EXPECT_EQ(Get(mine.name())->owner(), "");
  EXPECT_EQ(Get(mine.name())->team(), top_.name());
  EXPECT_EQ(Get(foreign.name())->owner(), stranger_.name());
}

TEST_F(OwnershipServiceTest, TransfersAreForThoseWhoGive) {
  const v1::Customer mine = Make("a", me_.name());
  v1::Transfer transfer;
  transfer.add_customers(mine.name());
  transfer.set_owner(stranger_.name());
  for (const std::string& token : {Me(), Manager(), Token(Role::kAnalyst, "", {})}) {
    EXPECT_TRUE(absl::IsPermissionDenied(Preview(transfer, token).status()));
    EXPECT_TRUE(absl::IsPermissionDenied(Transfer(transfer, token).status()));
  }
  transfer.set_owner("representatives/01JD5R6X0QF3V9K2M4N8P7S1TA");
  EXPECT_TRUE(absl::IsNotFound(Transfer(transfer, "administrator").status()));
  transfer.clear_target();
  transfer.set_filter("type = PERSON");
  EXPECT_THAT(WrongFields(Transfer(transfer, "administrator").status()),
              UnorderedElementsAre("transfer.filter", "transfer.owner"));
  EXPECT_EQ(Get(mine.name())->owner(), me_.name());
}

TEST_F(OwnershipServiceTest, LongTransferGoesOnWhereItStopped) {
  const int kMany = 1100;
  v1::ImportRecordsRequest batch;
  const auto context = servicekit::TestContext("administrator");
  auto stream = imports_->ImportRecords(context.get());
  for (int i = 0; i < kMany; ++i) {
    auto* record = batch.add_records()->mutable_customer();
    *record->mutable_customer() = Named(servicekit::StrCat("c", i));
    record->mutable_customer()->set_owner(me_.name());
    auto* id = record->mutable_customer()->add_external_ids();
    id->set_system("t");
    id->set_id(servicekit::StrCat(i));
    if (batch.records_size() < 1000 && i + 1 < kMany) continue;
    v1::ImportRecordsResponse answer;
    ASSERT_TRUE(stream->Write(batch) && stream->Read(&answer));
    batch.Clear();
  }
  stream->WritesDone();
  ASSERT_TRUE(stream->Finish().ok());

  v1::Transfer transfer;
  transfer.set_filter("owner = \"" + me_.name() + "\"");
  transfer.set_owner(colleague_.name());
  transfer.set_reason("조직 개편");
  const auto broken = Transfer(transfer, Manager(), kRequest, 1);
  ASSERT_TRUE(broken.ok()) << broken.status();
  EXPECT_EQ(broken->front().moved_count(), 500);
  EXPECT_FALSE(broken->front().done());
  const v1::Customer late = Make("newcomer", me_.name());

  const auto rest = Transfer(transfer, Manager());
  ASSERT_TRUE(rest.ok()) << rest.status();
  EXPECT_EQ(rest->back().moved_count(), kMany);
  EXPECT_TRUE(rest->back().done());
  EXPECT_EQ(Get(late.name())->owner(), me_.name()) << "it came after the transfer began";
  const auto again = Transfer(transfer, Manager());
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->size(), 1u);
  EXPECT_EQ(again->back().moved_count(), kMany) << "a repeat has no second effect";
  EXPECT_EQ(Get(late.name())->owner(), me_.name());

  transfer.set_owner(me_.name());
  EXPECT_EQ(GetReason(Transfer(transfer, Manager()).status()), "REQUEST_ID_REUSED");
}

TEST_F(OwnershipServiceTest, EachOwnerIsRemembered) {
  const v1::Customer pooled = Make("한빛", "", sales_.name());
  ASSERT_TRUE(Claim(pooled.name(), Me()).ok());
  v1::Customer renamed = *Get(pooled.name());
  renamed.set_display_name("한빛소프트");
  ASSERT_TRUE(Update(renamed).ok());
  ASSERT_TRUE(Release(pooled.name(), Me(), "너무 멀다").ok());

  for (const int page_size : {1, 2, 1000}) {
    const std::vector<v1::Ownership> owners = Owners(pooled.name(), page_size);
    ASSERT_EQ(owners.size(), 3u) << "a new name is no new owner";
    EXPECT_EQ(owners[0].owner(), "");
    EXPECT_EQ(owners[0].reason(), "너무 멀다");
    EXPECT_EQ(owners[0].method(), "ReleaseCustomer");
    EXPECT_FALSE(owners[0].has_end_time());
    EXPECT_EQ(owners[1].owner(), me_.name());
    EXPECT_EQ(owners[1].actor(), me_.name());
    EXPECT_EQ(owners[1].end_time().nanos(), owners[0].start_time().nanos());
    EXPECT_EQ(owners[2].method(), "CreateCustomer");
    EXPECT_EQ(owners[2].team(), sales_.name());
  }
  v1::ListOwnershipsRequest request;
  request.set_parent(pooled.name());
  EXPECT_TRUE(absl::IsNotFound(Call(ownerships_, &Ownerships::ListOwnerships, request,
                                    Token(Role::kRepresentative, stranger_.name(), {other_.name()}))
                                   .status()));
}

}  // namespace
}  // namespace clientele::customer
