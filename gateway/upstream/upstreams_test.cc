#include "gateway/upstream/upstreams.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace clientele::gateway {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

class UpstreamTest : public testing::Test {
 protected:
  std::unique_ptr<Upstream> Make(std::vector<std::string> targets) {
    return std::make_unique<Upstream>(
        "clientele.test.", std::move(targets),
        [this](const std::string& address, const std::string& host) {
          connected_.push_back(host + " at " + address);
          return grpc::CreateChannel(address, grpc::InsecureChannelCredentials());
        },
        [this] { return version_; }, [this](const std::string& target) { return names_[target]; });
  }
  static std::vector<std::string> AddressesOf(const Upstream& upstream) {
    std::vector<std::string> addresses;
    for (const auto& replica : upstream.replicas()) addresses.push_back(replica->address());
    return addresses;
  }

  // What the names stand for; none when nobody knows them.
  std::map<std::string, std::vector<ResolvedAddress>> names_ = {
      {"a:1", {{"ipv4:127.0.0.2:1", "a"}, {"ipv4:127.0.0.3:1", "a"}}}, {"b:1", {{"ipv4:127.0.0.4:1", "b"}}}};
  std::string version_ = "1";
  std::vector<std::string> connected_;
};

TEST_F(UpstreamTest, ANameStandsForAllItsAddresses) {
  const auto upstream = Make({"a:1", "b:1"});
  EXPECT_THAT(AddressesOf(*upstream),
              ElementsAre("ipv4:127.0.0.2:1", "ipv4:127.0.0.3:1", "ipv4:127.0.0.4:1"));
  EXPECT_THAT(connected_,
              ElementsAre("a at ipv4:127.0.0.2:1", "a at ipv4:127.0.0.3:1", "b at ipv4:127.0.0.4:1"));
}

TEST_F(UpstreamTest, ANameThatIsNotKnownNowKeepsItsReplicasAndTheOthersMove) {
  const auto upstream = Make({"a:1", "b:1"});
  const auto before = upstream->replicas();
  names_["a:1"].clear();
  names_["b:1"] = {{"ipv4:127.0.0.5:1", "b"}};
  upstream->Resolve();
  const auto after = upstream->replicas();
  ASSERT_THAT(AddressesOf(*upstream),
              UnorderedElementsAre("ipv4:127.0.0.2:1", "ipv4:127.0.0.3:1", "ipv4:127.0.0.5:1"));
  EXPECT_EQ(after[0], before[0]);  // With its connection and what is known of its health.
  EXPECT_EQ(after[1], before[1]);
}

TEST_F(UpstreamTest, ANameThatWasNeverKnownIsServedOnceItIs) {
  const auto upstream = Make({"c:1"});
  EXPECT_THAT(upstream->replicas(), IsEmpty());
  EXPECT_EQ(upstream->Pick(), nullptr);
  names_["c:1"] = {{"ipv4:127.0.0.6:1", "c"}};
  upstream->Resolve();
  ASSERT_NE(upstream->Pick(), nullptr);
  EXPECT_EQ(upstream->Pick()->address(), "ipv4:127.0.0.6:1");
}

TEST_F(UpstreamTest, TwoNamesOfOneProcessAreOneReplica) {
  names_["c:1"] = names_["b:1"];
  EXPECT_THAT(AddressesOf(*Make({"b:1", "c:1"})), ElementsAre("ipv4:127.0.0.4:1"));
}

TEST_F(UpstreamTest, ConnectionsAreMadeAnewWhenTheirVersionChanges) {
  const auto upstream = Make({"b:1"});
  const auto before = upstream->replicas();
  upstream->Resolve();
  EXPECT_EQ(upstream->replicas(), before);
  version_ = "2";
  upstream->Resolve();
  EXPECT_NE(upstream->replicas(), before);
  EXPECT_THAT(AddressesOf(*upstream), ElementsAre("ipv4:127.0.0.4:1"));
  EXPECT_EQ(connected_.size(), 2u);
}

TEST_F(UpstreamTest, CallsGoToTheLeastBusyAndARetryToAnother) {
  const auto upstream = Make({"a:1"});
  const auto busy = upstream->Pick();
  busy->CallStarted();
  for (int i = 0; i < 4; ++i) EXPECT_NE(upstream->Pick(), busy);
  const auto other = upstream->Pick();
  EXPECT_EQ(upstream->Pick(other.get()), busy);
  busy->CallFinished(true);
}

}  // namespace
}  // namespace clientele::gateway
