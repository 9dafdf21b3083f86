#include "customer-svc/rpc/feed_service.h"

#include "customer-svc/rpc/service_fixture.h"

namespace clientele::customer {
namespace {

class FeedServiceTest : public ServiceTest {
 protected:
  // Everything in the feed, or why it may not be read.
  absl::StatusOr<std::vector<type::v1::FeedEntry>> Read(const std::string& token = "service") {
    const auto context = servicekit::TestContext(token);
    type::v1::ReadFeedRequest request;
    request.set_until_end(true);
    const auto stream = stub_->ReadFeed(context.get(), request);
    std::vector<type::v1::FeedEntry> entries;
    for (type::v1::ReadFeedResponse response; stream->Read(&response);) {
      entries.insert(entries.end(), response.entries().begin(), response.entries().end());
    }
    const grpc::Status status = stream->Finish();
    if (!status.ok()) return servicekit::FromGrpcStatus(status);
    return entries;
  }

  FeedService feed_service_{executor_.executor, feed_};
  servicekit::InProcessServer feed_server_{{&feed_service_}};
  std::unique_ptr<v1::CustomerFeedService::Stub> stub_ =
      v1::CustomerFeedService::NewStub(feed_server_.channel());
};

TEST_F(FeedServiceTest, TellsEachChangeOnceInOrderWithWhatTheOthersKeep) {
  v1::Team team = CreateTeam("북부");
  v1::Representative owner = CreateRepresentative(team.name());
  v1::Customer customer = Named("고객 🌞");
  customer.set_industry("소매");
  customer = *Create(customer);
  v1::Customer change;
  change.set_name(customer.name());
  change.set_owner(owner.name());
  ASSERT_TRUE(Update(change).ok());
  v1::CreateInteractionRequest request;
  request.set_parent(customer.name());
  request.mutable_interaction()->set_channel(v1::Interaction::VISIT);
  request.mutable_interaction()->set_state(v1::Interaction::PLANNED);
  request.mutable_interaction()->mutable_event_time()->set_seconds(1'600'000'000);
  const auto interaction = Call(customers_, &Customers::CreateInteraction, request);
  ASSERT_TRUE(interaction.ok()) << interaction.status();
  ASSERT_TRUE(feed_.Sequence().ok());

  const auto entries = Read();
  ASSERT_TRUE(entries.ok()) << entries.status();
  ASSERT_EQ(entries->size(), 5u);
  v1::TeamChanged team_changed;
  v1::RepresentativeChanged representative_changed;
  v1::CustomerChanged created, owned;
  v1::InteractionLogged logged;
  ASSERT_TRUE(entries->at(0).event().UnpackTo(&team_changed));
  ASSERT_TRUE(entries->at(1).event().UnpackTo(&representative_changed));
  ASSERT_TRUE(entries->at(2).event().UnpackTo(&created));
  ASSERT_TRUE(entries->at(3).event().UnpackTo(&owned));
  ASSERT_TRUE(entries->at(4).event().UnpackTo(&logged));
  // An etag is for whoever writes.
  team.clear_etag();
  owner.clear_etag();
  EXPECT_EQ(team_changed.team().ShortDebugString(), team.ShortDebugString());
  EXPECT_EQ(representative_changed.representative().ShortDebugString(), owner.ShortDebugString());
  EXPECT_EQ(entries->at(0).customer(), "");
  EXPECT_EQ(entries->at(2).customer(), customer.name());
  EXPECT_EQ(created.display_name(), "고객 🌞");
  EXPECT_EQ(created.industry(), "소매");
  EXPECT_EQ(created.owner(), "");
  EXPECT_EQ(created.version(), 1);
  EXPECT_EQ(owned.owner(), owner.name());
  EXPECT_EQ(owned.team(), team.name());
  EXPECT_EQ(owned.version(), 2);
  EXPECT_EQ(owned.create_time().ShortDebugString(), customer.create_time().ShortDebugString());
  EXPECT_EQ(logged.interaction(), interaction->name());
  EXPECT_EQ(logged.channel(), "VISIT");
  EXPECT_FALSE(logged.held());
  EXPECT_EQ(entries->at(4).event_time().seconds(), 1'600'000'000)
      << "when it happens, not when it was written";
}

TEST_F(FeedServiceTest, IsForThoseWhoReadEverything) {
  for (const char* token : {"representative", "manager"}) {
    EXPECT_TRUE(absl::IsPermissionDenied(Read(token).status())) << token;
  }
  EXPECT_TRUE(Read("analyst").ok());
}

}  // namespace
}  // namespace clientele::customer
