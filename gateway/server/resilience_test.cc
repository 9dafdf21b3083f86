// Replicas that die, hang and come back, and more work than there is room for.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <thread>

#include "gateway/testing/certificate.h"
#include "gateway/testing/overload.h"
#include "gateway/testing/running_gateway.h"
#include "servicekit/rpc/tls.h"
#include "servicekit/testing/fault_proxy.h"

namespace clientele::gateway::testing {
namespace {

using ::testing::HasSubstr;

constexpr char kService[] = "clientele.gateway.testing.";

class ResilienceTest : public GatewayTest {
 protected:
  void StartWith(const std::vector<std::string>& targets) {
    options_.targets = {{kService, targets}};
    options_.health_check_period = absl::Milliseconds(200);
    Start();
  }
  bool Eventually(const std::function<bool()>& done, absl::Duration limit = absl::Seconds(20)) {
    const absl::Time until = absl::Now() + limit;
    while (!done()) {
      if (absl::Now() > until) return false;
      absl::SleepFor(absl::Milliseconds(20));
    }
    return true;
  }
};

TEST_F(ResilienceTest, ReplicasShareTheCalls) {
  EchoServer one, two, three;
  StartWith({one.address(), two.address(), three.address()});
  HttpClient client(port());
  for (int i = 0; i < 90; ++i) EXPECT_EQ(client.Request("GET", "/test/things/a", {SignedIn()}).status, 200);
  for (const EchoServer* replica : {&one, &two, &three}) EXPECT_GT(replica->calls(), 20);
}

TEST_F(ResilienceTest, AKilledReplicaCostsNoFailedIdempotentCall) {
  EchoServer survivor;
  auto victim = std::make_unique<EchoServer>();
  StartWith({survivor.address(), victim->address()});
  std::atomic<bool> stop = false;
  std::atomic<int> answered = 0;
  std::vector<std::thread> callers;
  for (int t = 0; t < 4; ++t) {
    callers.emplace_back([&, t] {
      HttpClient client(port());
      for (int i = 0; !stop; ++i) {
        // Reads, and writes that may be repeated.
        const HttpResponse response =
            (i + t) % 2 == 0 ? client.Request("GET", "/test/things/a", {SignedIn()})
                             : client.Request("POST", "/test/things/a:rename",
                                              {SignedIn(), {"idempotency-key", absl::StrCat(t, "-", i)}});
        EXPECT_EQ(response.status, 200) << response.body;
        ++answered;
      }
    });
  }
  ASSERT_TRUE(Eventually([&] { return answered > 40; }));
  const int victim_port = victim->port();
  for (int round = 0; round < 3; ++round) {
    victim->Kill();
    const int before = answered;
    ASSERT_TRUE(Eventually([&] { return answered > before + 40; }));
    victim = std::make_unique<EchoServer>(victim_port);
    ASSERT_TRUE(Eventually([&] { return victim->calls() > 5; }))
        << "the replica that came back gets no calls";
  }
  stop = true;
  for (std::thread& caller : callers) caller.join();
}

TEST_F(ResilienceTest, WritesWithoutARequestIdAreNotRepeated) {
  auto only = std::make_unique<EchoServer>();
  servicekit::FaultProxy proxy(only->address());
  StartWith({proxy.address()});
  ASSERT_EQ(Post("/test/things/a:rename", "{}").status, 200);
  const int before = only->calls();
  // The write is done, and its answer lost: whether to do it again only its caller can say.
  proxy.CutAnswerTo("lost-answer");
  EXPECT_EQ(Post("/test/things/a:rename", R"({"displayName":"lost-answer"})").status, 503);
  EXPECT_TRUE(Eventually([&] { return only->calls() == before + 1; }));
  proxy.CutAnswerTo("found-answer");
  const HttpResponse repeated =
      HttpClient(port()).Request("POST", "/test/things/a:rename", {SignedIn(), {"idempotency-key", "k"}},
                                 R"({"displayName":"found-answer"})");
  EXPECT_EQ(repeated.status, 200) << repeated.body;
  EXPECT_EQ(only->calls(), before + 3);
}

TEST_F(ResilienceTest, AHungServiceFailsFastAndRecoversByItself) {
  EchoServer only;
  servicekit::FaultProxy proxy(only.address());
  StartWith({proxy.address()});
  ASSERT_EQ(Get("/test/things/a").status, 200);
  proxy.Stall();
  // This one is on its way when nobody knows yet: it is not left to its deadline of 15 s.
  absl::Time start = absl::Now();
  EXPECT_EQ(Get("/test/things/a").status, 503);
  EXPECT_LT(absl::Now() - start, absl::Seconds(8));
  // Now it is known.
  start = absl::Now();
  const HttpResponse fast = Get("/test/things/a");
  EXPECT_EQ(fast.status, 503);
  EXPECT_EQ(fast.field("retry-after"), "1");
  EXPECT_LT(absl::Now() - start, absl::Seconds(1));
  proxy.Heal();
  EXPECT_TRUE(Eventually([&] { return Get("/test/things/a").status == 200; }));
}

TEST_F(ResilienceTest, AHungReplicaIsPassedBy) {
  EchoServer good, hung;
  servicekit::FaultProxy proxy(hung.address());
  StartWith({good.address(), proxy.address()});
  proxy.Stall();
  ASSERT_TRUE(Eventually([&] {
    const absl::Time start = absl::Now();
    for (int i = 0; i < 10; ++i) EXPECT_EQ(Get("/test/things/a").status, 200);
    return absl::Now() - start < absl::Seconds(1);
  }));
}

TEST_F(ResilienceTest, AReplicaThatSaysItCannotServeIsAskedLast) {
  EchoServer ready, unready;
  unready.SetReady(false);
  StartWith({ready.address(), unready.address()});
  ASSERT_TRUE(Eventually([&] {
    const int before = unready.calls();
    for (int i = 0; i < 10; ++i) EXPECT_EQ(Get("/test/things/a").status, 200);
    return unready.calls() == before;
  }));
  EXPECT_EQ(HttpClient(port()).Request("GET", "/readyz").status, 200) << "one replica that serves is enough";
  ready.SetReady(false);
  EXPECT_EQ(HttpClient(port()).Request("GET", "/readyz").status, 503);
  EXPECT_EQ(Get("/test/things/a").status, 200) << "what it can still answer, it answers";
}

TEST_F(ResilienceTest, HealthAndSignInStayWithinReachWhenCallsAreShed) {
  options_.pipeline.limits.max_concurrent_calls = 1;
  Start();
  HttpClient busy(port());
  busy.Send(Head("GET", "/test/things:count?to=1&wait=true", ""));
  busy.ReadUntil("}\n");
  const HttpResponse shed = Get("/test/things/a");
  EXPECT_EQ(shed.status, 429);
  EXPECT_EQ(shed.field("retry-after"), "1");
  EXPECT_EQ(HttpClient(port()).Request("GET", "/healthz").status, 200);
  EXPECT_EQ(HttpClient(port()).Request("GET", "/readyz").status, 200);
  EXPECT_EQ(HttpClient(port()).Request("POST", "/v1/signIn").status, 200);
  EXPECT_EQ(Get("/v1/whoAmI").status, 200);
  busy.Close();
}

TEST_F(ResilienceTest, TenTimesTheLoadThatCanBeServedLeavesMostOfItServed) {
  BusyService service(/*workers=*/4, absl::Milliseconds(25));
  StartWith({service.address()});
  Callers callers(absl::StrCat("127.0.0.1:", port()), Token());
  const Outcome peak = callers.Wait(/*callers=*/8, absl::Seconds(2));
  ASSERT_GT(peak.goodput(), 40);
  const Outcome flood = callers.Insist(10 * peak.goodput(), absl::Seconds(4));
  // The bench has the aim, 0.8; a busy machine must not make this one fail.
  EXPECT_GT(flood.goodput(), 0.6 * peak.goodput());
  EXPECT_LT(flood.Percentile(0.99), absl::Milliseconds(2100)) << "who is served is served in time";
  EXPECT_GT(flood.codes.at(grpc::RESOURCE_EXHAUSTED), 0) << "and the others are told";
  const Outcome after = callers.Wait(/*callers=*/8, absl::Seconds(2));
  EXPECT_GT(after.goodput(), 0.6 * peak.goodput()) << "when it is over, it is over";
}

TEST_F(ResilienceTest, OnePrincipalsCallsAreLimitedAndNobodyElses) {
  options_.pipeline.limits.principal = {.calls_per_second = 0.25, .burst = 3, .concurrent_calls = 0};
  Start();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(Get("/test/things/a").status, 200);
  const HttpResponse limited = Get("/test/things/a");
  EXPECT_EQ(limited.status, 429);
  EXPECT_THAT(limited.field("retry-after"), ::testing::MatchesRegex("[1-4]"));
  EXPECT_THAT(limited.body, HasSubstr("RATE_LIMITED"));
  const std::string other =
      *signer_->Sign({.subject = "users/other", .role = servicekit::Role::kAnalyst}, absl::Hours(1));
  EXPECT_EQ(
      HttpClient(port()).Request("GET", "/test/things/a", {{"authorization", "Bearer " + other}}).status,
      200);
  EXPECT_TRUE(Eventually([&] { return Get("/test/things/a").status == 200; }));
}

TEST_F(ResilienceTest, LimitsAreChangedWithoutARestart) {
  options_.limits_file = directory_ + "/limits.flags";
  std::ofstream(options_.limits_file) << "--calls_per_second=0.001\n--call_burst=1\n";
  Start();
  EXPECT_EQ(Get("/test/things/a").status, 200);
  EXPECT_EQ(Get("/test/things/a").status, 429);
  std::ofstream(options_.limits_file) << "--calls_per_second=0\n";
  EXPECT_TRUE(Eventually([&] { return Get("/test/things/a").status == 200; }));
  for (int i = 0; i < 5; ++i) EXPECT_EQ(Get("/test/things/a").status, 200);
}

TEST_F(ResilienceTest, OnePrincipalsConcurrentCallsAreLimited) {
  options_.pipeline.limits.principal = {.calls_per_second = 0, .burst = 0, .concurrent_calls = 1};
  Start();
  HttpClient busy(port());
  busy.Send(Head("GET", "/test/things:count?to=1&wait=true", ""));
  busy.ReadUntil("}\n");
  EXPECT_THAT(Get("/test/things/a").body, HasSubstr("TOO_MANY_CALLS_OF_ONE"));
  busy.Close();
  EXPECT_TRUE(Eventually([&] { return Get("/test/things/a").status == 200; }));
}

TEST_F(ResilienceTest, RenewedCertificatesOfTheServicesAreTakenUpWithoutARestart) {
  const std::string key = directory_ + "/service.key", cert = directory_ + "/service.crt";
  WriteCertificate(key, cert);
  auto service = std::make_unique<EchoServer>(0, *servicekit::ServerCredentials({.cert = cert, .key = key}));
  options_.upstream_tls.ca = directory_ + "/ca.crt";
  const auto trust = [&] {
    std::filesystem::copy_file(cert, options_.upstream_tls.ca,
                               std::filesystem::copy_options::overwrite_existing);
  };
  trust();
  StartWith({absl::StrCat("localhost:", service->port())});
  EXPECT_TRUE(Eventually([&] { return Get("/test/things/a").status == 200; }));
  // The service gets a certificate that nobody has heard of: it is not trusted.
  const int service_port = service->port();
  service.reset();
  WriteCertificate(key, cert);
  service =
      std::make_unique<EchoServer>(service_port, *servicekit::ServerCredentials({.cert = cert, .key = key}));
  EXPECT_FALSE(Eventually([&] { return Get("/test/things/a").status == 200; }, absl::Seconds(3)));
  // Half a file changes nothing, the whole one does.
  std::ofstream(options_.upstream_tls.ca) << "-----BEGIN CERTIFICATE-----\n";
  absl::SleepFor(absl::Milliseconds(1200));
  EXPECT_EQ(service->calls(), 0);
  trust();
  EXPECT_TRUE(Eventually([&] { return Get("/test/things/a").status == 200; }));
}

TEST_F(ResilienceTest, DeadlinesReachTheServiceAndBoundTheRetries) {
  StartWith({"127.0.0.1:1"});
  const absl::Time start = absl::Now();
  EXPECT_EQ(Get("/test/things/a").status, 503);
  EXPECT_LT(absl::Now() - start, absl::Seconds(2));
  EXPECT_EQ(HttpClient(port()).Request("GET", "/readyz").status, 503);
}

TEST(ConcurrencyLimit, LearnsFromRefusalsAndRecovers) {
  ConcurrencyLimit limit;
  absl::Time now = absl::UnixEpoch();
  const double before = limit.limit();
  // One overload is told by many calls, and counts once.
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(limit.Start());
  for (int i = 0; i < 100; ++i) limit.Finish(/*overloaded=*/true, now);
  EXPECT_DOUBLE_EQ(limit.limit(), before * 0.9);
  for (int i = 0; i < 200; ++i) {
    now += absl::Seconds(1);
    ASSERT_TRUE(limit.Start());
    limit.Finish(true, now);
  }
  EXPECT_DOUBLE_EQ(limit.limit(), ConcurrencyLimit::kLeast);
  int admitted = 0;
  while (limit.Start()) ++admitted;
  EXPECT_EQ(admitted, 32);
  limit.Finish(false, now);
  EXPECT_GT(limit.limit(), ConcurrencyLimit::kLeast);
}

TEST(RetryBudget, AFifthOfTheCallsAndNoMore) {
  RetryBudget budget;
  int retries = 0;
  while (budget.TakeRetry()) ++retries;
  EXPECT_EQ(retries, 10);
  for (int i = 0; i < 100; ++i) budget.CallStarted();
  for (retries = 0; budget.TakeRetry();) ++retries;
  EXPECT_EQ(retries, 20);
}

}  // namespace
}  // namespace clientele::gateway::testing
