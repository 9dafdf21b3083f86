#include <algorithm>
#include <atomic>
#include <random>
#include <thread>

#include <gmock/gmock.h>
#include <google/protobuf/wrappers.pb.h>
#include <gtest/gtest.h>

#include "absl/time/clock.h"
#include "numbers.grpc.pb.h"
#include "servicekit/feed/consumer.h"
#include "servicekit/feed/publisher.h"
#include "servicekit/rpc/testing/in_process_server.h"
#include "servicekit/telemetry/log.h"
#include "servicekit/testing/fault_proxy.h"
#include "servicekit/testing/scratch_database.h"
#include "servicekit/types/resource_name.h"

namespace servicekit {
namespace {

using clientele::type::v1::ReadFeedRequest;
using clientele::type::v1::ReadFeedResponse;
using google::protobuf::Int64Value;
using testing::NumbersFeed;

class FeedService : public NumbersFeed::CallbackService {
 public:
  FeedService(Executor& executor, FeedPublisher& feed) : executor_(executor), feed_(feed) {}
  grpc::ServerWriteReactor<ReadFeedResponse>* ReadFeed(grpc::CallbackServerContext* context,
                                                       const ReadFeedRequest* request) override {
    return feed_.Read(executor_, context, request);
  }

 private:
  Executor& executor_;
  FeedPublisher& feed_;
};

class FeedTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    database_ = new ScratchDatabase({});
    // The effect that consumers have: which values came, how often.
    database_->Execute(
        "CREATE TABLE effects (value BIGINT NOT NULL, source VARCHAR(64) NOT NULL, KEY (value))");
    database_->Execute("CREATE TABLE customers (id BINARY(16) PRIMARY KEY, version BIGINT NOT NULL)");
  }
  static void TearDownTestSuite() {
    delete database_;
    database_ = nullptr;
  }
  void SetUp() override { database_->Clear(); }

  static Pool& pool() { return database_->pool(); }
  static absl::Time Soon() { return absl::Now() + absl::Seconds(30); }
  static Int64Value Value(int64_t value) {
    Int64Value message;
    message.set_value(value);
    return message;
  }
  static int64_t ValueOf(const clientele::type::v1::FeedEntry& entry) {
    Int64Value message;
    EXPECT_TRUE(entry.event().UnpackTo(&message));
    return message.value();
  }
  absl::Status PublishOne(int64_t value, Id customer = Id()) {
    return RunTransaction(pool(), Soon(), [&](Transaction& tx) {
      return feed_.Publish(tx, customer, absl::FromUnixSeconds(1'700'000'000), Value(value));
    });
  }
  // All that the stream has until its end.
  std::vector<clientele::type::v1::FeedEntry> ReadAll(int64_t after = 0) {
    const auto context = TestContext("service");
    ReadFeedRequest request;
    request.set_after(after);
    request.set_until_end(true);
    const auto stream = stub_->ReadFeed(context.get(), request);
    std::vector<clientele::type::v1::FeedEntry> entries;
    ReadFeedResponse response;
    while (stream->Read(&response)) {
      EXPECT_LE(response.entries_size(), 500);
      for (const auto& entry : response.entries()) entries.push_back(entry);
      if (entries.empty()) continue;
      EXPECT_GE(response.head(), entries.back().position());
    }
    const grpc::Status status = stream->Finish();
    EXPECT_TRUE(status.ok()) << status.error_message();
    return entries;
  }
  FeedConsumer::Options ConsumerOptions(const std::string& source,
                                        std::shared_ptr<NumbersFeed::Stub> stub = nullptr) {
    if (stub == nullptr) stub = stub_;
    return {.source = source,
            .open = [stub](grpc::ClientContext* context,
                           const ReadFeedRequest& request) { return stub->ReadFeed(context, request); },
            .apply =
                [source](Transaction& tx, const ReadFeedResponse& response) {
                  std::vector<std::vector<Parameter>> rows;
                  for (const auto& entry : response.entries()) rows.push_back({ValueOf(entry), source});
                  return tx.InsertMany("INSERT INTO effects (value, source) VALUES ", rows).status();
                },
            .token = [] { return "service"; }};
  }
  static void WaitFor(const std::function<bool()>& condition, absl::Duration longest = absl::Seconds(20)) {
    const absl::Time end = absl::Now() + longest;
    while (!condition()) {
      ASSERT_LT(absl::Now(), end) << "waited in vain";
      absl::SleepFor(absl::Milliseconds(5));
    }
  }
  // Every value from 1 to n has had its effect exactly once.
  static void ExpectEffectsOnce(int64_t n, const std::string& source) {
    EXPECT_EQ(database_->Count("effects WHERE source = '" + source + "'"), n);
    EXPECT_EQ(database_->Count("(SELECT DISTINCT value FROM effects WHERE source = '" + source + "') d"), n);
  }

  static ScratchDatabase* database_;
  TestExecutor shared_{{.workers = 4, .queue_length = 64}};
  FeedPublisher feed_{pool()};
  FeedService service_{shared_.executor, feed_};
  InProcessServer server_{{&service_}};
  std::shared_ptr<NumbersFeed::Stub> stub_ = NumbersFeed::NewStub(server_.channel());
};
ScratchDatabase* FeedTest::database_ = nullptr;

TEST_F(FeedTest, EntriesComeOutAsTheyWentIn) {
  const Id customer = Id::New(absl::Now());
  const absl::Time time = absl::FromUnixMicros(-1'234'567);
  ASSERT_TRUE(RunTransaction(pool(), Soon(), [&](Transaction& tx) {
                return feed_.Publish(tx, customer, time, Value(7));
              }).ok());
  ASSERT_TRUE(PublishOne(8).ok());
  const auto entries = ReadAll();
  ASSERT_EQ(entries.size(), 2u);
  EXPECT_EQ(entries[0].position(), 1);
  EXPECT_EQ(entries[0].customer(), NameOf("customers", customer));
  EXPECT_EQ(entries[0].event_time().seconds(), -2);
  EXPECT_EQ(entries[0].event_time().nanos(), 765'433'000);
  EXPECT_EQ(ValueOf(entries[0]), 7);
  EXPECT_EQ(entries[1].customer(), "");
  EXPECT_EQ(ReadAll(1).size(), 1u);
  EXPECT_TRUE(ReadAll(2).empty());
}

TEST_F(FeedTest, RolledBackEntriesLeaveNoGap) {
  ASSERT_TRUE(PublishOne(1).ok());
  EXPECT_FALSE(RunTransaction(pool(), Soon(), [&](Transaction& tx) {
                 EXPECT_TRUE(feed_.Publish(tx, Id(), absl::Now(), Value(99)).ok());
                 return absl::FailedPreconditionError("no");
               }).ok());
  ASSERT_TRUE(PublishOne(2).ok());
  const auto entries = ReadAll();
  ASSERT_EQ(entries.size(), 2u);
  EXPECT_EQ(entries[1].position(), 2);
}

TEST_F(FeedTest, AnOpenTransactionHoldsNobodyUpAndComesLater) {
  ASSERT_TRUE(RunTransaction(pool(), Soon(), [&](Transaction& tx) -> absl::Status {
                if (absl::Status s = feed_.Publish(tx, Id(), absl::Now(), Value(1)); !s.ok()) return s;
                const absl::Time start = absl::Now();
                EXPECT_TRUE(PublishOne(2).ok());
                const auto entries = ReadAll();
                EXPECT_LT(absl::Now() - start, absl::Seconds(2));
                EXPECT_EQ(entries.size(), 1u);
                return absl::OkStatus();
              }).ok());
  const auto entries = ReadAll();
  ASSERT_EQ(entries.size(), 2u);
  EXPECT_EQ(ValueOf(entries[0]), 2);
  EXPECT_EQ(ValueOf(entries[1]), 1);
}

// Two sequencers, eight writers with rollbacks, readers all the while.
TEST_F(FeedTest, PositionsAreGapFreeAndACustomersEntriesKeepTheirOrder) {
  constexpr int kWriters = 8, kPerWriter = 150, kCustomers = 5;
  std::vector<Id> customers;
  for (int i = 0; i < kCustomers; ++i) {
    customers.push_back(Id::New(absl::Now()));
    ASSERT_TRUE(RunTransaction(pool(), Soon(), [&](Transaction& tx) {
                  return tx.Execute(Sql("INSERT INTO customers (id, version) VALUES (?, 0)", {customers[i]}))
                      .status();
                }).ok());
  }
  feed_.Start();
  FeedPublisher replica(pool());
  replica.Start();

  std::atomic<int> committed = 0;
  std::atomic<bool> done = false;
  std::vector<std::thread> threads;
  for (int writer = 0; writer < kWriters; ++writer) {
    threads.emplace_back([&, writer] {
      std::mt19937 random(static_cast<unsigned>(writer));
      for (int i = 0; i < kPerWriter; ++i) {
        const Id customer = customers[random() % kCustomers];
        const bool keep = random() % 4 != 0;
        const absl::Status status = RunTransaction(pool(), Soon(), [&](Transaction& tx) -> absl::Status {
          const auto version =
              tx.QueryOne(Sql("SELECT version FROM customers WHERE id = ? FOR UPDATE", {customer}),
                          [](const Row& row) { return row.Int64(0); });
          if (!version.ok()) return version.status();
          // The event carries the version, so that its order can be seen from outside.
          if (absl::Status s = feed_.Publish(tx, customer, absl::Now(), Value(*version + 1)); !s.ok())
            return s;
          if (!keep) return absl::FailedPreconditionError("no");
          return tx.Execute(Sql("UPDATE customers SET version = ? WHERE id = ?", {*version + 1, customer}))
              .status();
        });
        if (status.ok()) ++committed;
        EXPECT_EQ(status.ok(), keep) << status;
      }
    });
  }
  // A reader that has seen n has seen all before n, at every moment.
  std::thread reader([&] {
    int64_t seen = 0;
    while (true) {
      const bool last_round = done;
      const auto positions = RunReading(pool(), Soon(), [&](Transaction& tx) {
        return tx.QueryAll(Sql("SELECT position FROM feed WHERE position > ? ORDER BY position", {seen}),
                           [](const Row& row) { return row.Int64(0); });
      });
      ASSERT_TRUE(positions.ok()) << positions.status();
      for (const int64_t position : *positions) ASSERT_EQ(position, ++seen);
      if (last_round) break;
    }
  });
  for (std::thread& thread : threads) thread.join();
  const auto entries = ReadAll();
  done = true;
  reader.join();
  replica.Stop();
  feed_.Stop();

  ASSERT_EQ(static_cast<int>(entries.size()), committed);
  std::map<std::string, int64_t> versions;
  for (size_t i = 0; i < entries.size(); ++i) {
    EXPECT_EQ(entries[i].position(), static_cast<int64_t>(i + 1));
    EXPECT_EQ(ValueOf(entries[i]), ++versions[entries[i].customer()]);
  }
}

TEST_F(FeedTest, ALiveStreamHearsOfACommitAtOnce) {
  feed_.Start();
  const auto context = TestContext("service");
  const auto stream = stub_->ReadFeed(context.get(), ReadFeedRequest());
  ReadFeedResponse response;
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_EQ(response.entries_size(), 0) << "where the head stands";
  std::vector<absl::Duration> waits;
  for (int i = 0; i < 5; ++i) {
    absl::SleepFor(absl::Milliseconds(50 * i));
    const absl::Time start = absl::Now();
    ASSERT_TRUE(PublishOne(i).ok());
    ASSERT_TRUE(stream->Read(&response));
    waits.push_back(absl::Now() - start);
    ASSERT_EQ(response.entries_size(), 1);
    EXPECT_EQ(ValueOf(response.entries(0)), i);
  }
  std::sort(waits.begin(), waits.end());
  EXPECT_LT(waits[2], absl::Milliseconds(300)) << "the median: a busy machine may delay one";
  context->TryCancel();
  (void)stream->Finish();
  feed_.Stop();
}

TEST_F(FeedTest, TheSequencerGoesOnAfterTheDatabaseWasAway) {
  FaultProxy sql(database_->options().address);
  MysqlOptions mysql = database_->options();
  mysql.address = sql.address();
  Pool shaky(mysql);
  FeedPublisher feed(shaky);
  feed.Start();
  const auto sequenced = [&](int64_t count) {
    WaitFor([&] { return database_->Count("feed WHERE position IS NOT NULL") == count; });
  };
  ASSERT_TRUE(PublishOne(1).ok());  // By another replica: only polling finds it.
  sequenced(1);
  sql.Partition();
  ASSERT_TRUE(PublishOne(2).ok());
  absl::SleepFor(absl::Milliseconds(700));
  sql.Heal();
  sequenced(2);
  feed.Stop();
}

TEST_F(FeedTest, WaitingStreamsOccupyNoWorker) {
  feed_.Start();
  std::vector<std::unique_ptr<grpc::ClientContext>> contexts;
  std::vector<std::unique_ptr<grpc::ClientReader<ReadFeedResponse>>> streams;
  ReadFeedResponse response;
  for (int i = 0; i < 20; ++i) {  // Five times as many as there are workers.
    contexts.push_back(TestContext("analyst"));
    streams.push_back(stub_->ReadFeed(contexts.back().get(), ReadFeedRequest()));
    ASSERT_TRUE(streams.back()->Read(&response));
  }
  ASSERT_TRUE(PublishOne(1).ok());
  for (auto& stream : streams) {
    ASSERT_TRUE(stream->Read(&response));
    EXPECT_EQ(response.entries_size(), 1);
  }
  for (auto& context : contexts) context->TryCancel();
  for (auto& stream : streams) (void)stream->Finish();
  feed_.Stop();
}

TEST_F(FeedTest, LongLogsComeInBoundedBatches) {
  ASSERT_TRUE(RunTransaction(pool(), Soon(), [&](Transaction& tx) -> absl::Status {
                for (int i = 1; i <= 1700; ++i) {
                  if (absl::Status s = feed_.Publish(tx, Id(), absl::Now(), Value(i)); !s.ok()) return s;
                }
                google::protobuf::BytesValue large;
                large.set_value(std::string(700 << 10, 'x'));
                for (int i = 0; i < 4; ++i) {
                  if (absl::Status s = feed_.Publish(tx, Id(), absl::Now(), large); !s.ok()) return s;
                }
                return absl::OkStatus();
              }).ok());
  const auto entries = ReadAll();
  ASSERT_EQ(entries.size(), 1704u);
  for (size_t i = 0; i < 1700; ++i) ASSERT_EQ(ValueOf(entries[i]), static_cast<int64_t>(i + 1));
}

TEST_F(FeedTest, OnlyThoseWhoMayReadEverythingMayRead) {
  for (const std::string token : {"representative", "manager"}) {
    const auto context = TestContext(token);
    const auto stream = stub_->ReadFeed(context.get(), ReadFeedRequest());
    ReadFeedResponse response;
    EXPECT_FALSE(stream->Read(&response));
    EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::PERMISSION_DENIED);
  }
  const auto context = TestContext("administrator");
  ReadFeedRequest request;
  request.set_after(-1);
  const auto stream = stub_->ReadFeed(context.get(), request);
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(FeedTest, AStreamEndsWithItsToken) {
  feed_.Start();
  std::atomic<bool> valid = true;
  Metrics metrics;
  Executor executor(
      {.workers = 2, .queue_length = 8},
      [&](std::string_view token) -> absl::StatusOr<Principal> {
        if (!valid) return absl::UnauthenticatedError("the token has expired");
        return VerifyTestToken(token);
      },
      metrics);
  FeedService service(executor, feed_);
  InProcessServer server({&service});
  const auto stub = NumbersFeed::NewStub(server.channel());
  const auto context = TestContext("service");
  const auto stream = stub->ReadFeed(context.get(), ReadFeedRequest());
  ASSERT_TRUE(PublishOne(1).ok());
  ReadFeedResponse response;
  while (response.entries().empty()) ASSERT_TRUE(stream->Read(&response));
  valid = false;
  ASSERT_TRUE(PublishOne(2).ok());
  while (stream->Read(&response)) EXPECT_TRUE(response.entries().empty());
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::UNAUTHENTICATED);
  feed_.Stop();
}

TEST_F(FeedTest, AConsumerFollowsAndSaysHowFarItIs) {
  feed_.Start();
  for (int i = 1; i <= 20; ++i) ASSERT_TRUE(PublishOne(i).ok());
  FeedConsumer consumer(pool(), ConsumerOptions("customer"));
  EXPECT_EQ(consumer.lag(), -1);
  consumer.Start();
  WaitFor([&] { return consumer.position() == 20; });
  ASSERT_TRUE(PublishOne(21).ok());
  WaitFor([&] { return consumer.position() == 21; });
  EXPECT_EQ(consumer.lag(), 0);
  const absl::Time start = absl::Now();
  consumer.Stop();
  EXPECT_LT(absl::Now() - start, absl::Seconds(1));
  ExpectEffectsOnce(21, "customer");

  // Another one, later, goes on where the first was.
  ASSERT_TRUE(PublishOne(22).ok());
  FeedConsumer next(pool(), ConsumerOptions("customer"));
  next.Start();
  WaitFor([&] { return next.position() == 22; });
  next.Stop();
  ExpectEffectsOnce(22, "customer");
  feed_.Stop();
}

TEST_F(FeedTest, TwoConsumersOfOneSourceHaveEachEffectOnce) {
  feed_.Start();
  FeedConsumer a(pool(), ConsumerOptions("customer")), b(pool(), ConsumerOptions("customer"));
  a.Start();
  b.Start();
  for (int i = 1; i <= 300; ++i) ASSERT_TRUE(PublishOne(i).ok());
  WaitFor([&] { return a.position() == 300 && b.position() == 300; });
  a.Stop();
  b.Stop();
  feed_.Stop();
  ExpectEffectsOnce(300, "customer");
}

TEST_F(FeedTest, AnEffectThatFailsIsTriedAgainAndNothingIsSkipped) {
  feed_.Start();
  for (int i = 1; i <= 10; ++i) ASSERT_TRUE(PublishOne(i).ok());
  FeedConsumer::Options options = ConsumerOptions("customer");
  std::atomic<int> runs = 0;
  options.apply = [&runs, apply = options.apply](Transaction& tx,
                                                 const ReadFeedResponse& response) -> absl::Status {
    if (absl::Status status = apply(tx, response); !status.ok()) return status;
    switch (++runs) {
      case 1:
        return absl::InternalError("after its effect");
      case 2:
        throw std::runtime_error("likewise");
    }
    return absl::OkStatus();
  };
  FeedConsumer consumer(pool(), options);
  consumer.Start();
  WaitFor([&] { return consumer.position() == 10; });
  consumer.Stop();
  feed_.Stop();
  EXPECT_GE(runs, 3);
  ExpectEffectsOnce(10, "customer");
}

// Streams and database connections are cut again and again while entries are written.
TEST_F(FeedTest, EffectsHappenOnceWhateverBreaks) {
  FaultProxy network(server_.address()), sql(database_->options().address);
  MysqlOptions mysql = database_->options();
  mysql.address = sql.address();
  mysql.connections = 4;
  Pool shaky(mysql);
  feed_.Start();
  const std::shared_ptr<NumbersFeed::Stub> stub =
      NumbersFeed::NewStub(grpc::CreateChannel(network.address(), grpc::InsecureChannelCredentials()));
  FeedConsumer consumer(shaky, ConsumerOptions("customer", stub));
  consumer.Start();
  constexpr int kEntries = 400;
  for (int i = 1; i <= kEntries; ++i) {
    ASSERT_TRUE(PublishOne(i).ok());
    if (i % 40 == 0) sql.CutAnswerTo("COMMIT");  // The effect is there, the consumer does not know.
    if (i % 40 == 10) sql.CutRequest("COMMIT");  // The effect is not there.
    // The consumer comes to its next COMMIT meanwhile, however few it makes of many entries.
    if (i % 40 == 0 || i % 40 == 10) absl::SleepFor(absl::Milliseconds(20));
    if (i % 40 == 20) {
      network.Partition();
      network.Heal();
    }
    if (i % 100 == 30) {
      sql.Partition();
      absl::SleepFor(absl::Milliseconds(30));
      sql.Heal();
    }
  }
  WaitFor([&] { return consumer.position() == kEntries; }, absl::Seconds(60));
  EXPECT_GE(sql.cuts(), 3);
  consumer.Stop();
  feed_.Stop();
  ExpectEffectsOnce(kEntries, "customer");
}

TEST_F(FeedTest, AGapOrAShorterFeedStopsTheConsumerLoudly) {
  feed_.Start();
  for (int i = 1; i <= 3; ++i) ASSERT_TRUE(PublishOne(i).ok());
  ASSERT_EQ(ReadAll().size(), 3u);
  database_->Execute("DELETE FROM feed WHERE position = 2");
  FeedConsumer consumer(pool(), ConsumerOptions("customer"));
  consumer.Start();
  absl::SleepFor(absl::Milliseconds(500));
  EXPECT_EQ(consumer.position(), 0);
  consumer.Stop();
  EXPECT_EQ(database_->Count("effects"), 0);
  // A feed restored from an old backup, which is shorter.
  database_->Execute("UPDATE feed_positions SET position = 100");
  FeedConsumer later(pool(), ConsumerOptions("customer"));
  later.Start();
  absl::SleepFor(absl::Milliseconds(300));
  EXPECT_EQ(later.position(), 100);
  later.Stop();
  feed_.Stop();
  EXPECT_EQ(database_->Count("effects"), 0);
}

TEST_F(FeedTest, ARestoredFeedThatHasGrownAgainIsNotFollowed) {
  feed_.Start();
  for (int i = 1; i <= 3; ++i) ASSERT_TRUE(PublishOne(i).ok());
  {
    FeedConsumer consumer(pool(), ConsumerOptions("customer"));
    consumer.Start();
    WaitFor([&] { return consumer.position() == 3; });
    // What it has seen, it may see again.
    consumer.Stop();
    consumer.Start();
    ASSERT_TRUE(PublishOne(4).ok());
    WaitFor([&] { return consumer.position() == 4 && consumer.lag() == 0; });
    consumer.Stop();
    EXPECT_EQ(consumer.lag(), -1);
  }
  feed_.Stop();
  // The backup had three entries; two others came since.
  database_->Execute("DELETE FROM feed WHERE position > 3");
  database_->Execute("UPDATE feed_sequencer SET position = 3");
  feed_.Start();
  const Id other = Id::New(absl::Now());
  for (int i = 5; i <= 6; ++i) ASSERT_TRUE(PublishOne(i, other).ok());
  ASSERT_EQ(ReadAll().size(), 5u);

  std::atomic<bool> told = false;
  SetLogSink([&](std::string_view line) {
    if (line.find("has the feed been restored?") != std::string_view::npos) told = true;
  });
  FeedConsumer consumer(pool(), ConsumerOptions("customer"));
  consumer.Start();
  WaitFor([&] { return told.load(); });
  EXPECT_EQ(consumer.position(), 4);
  EXPECT_EQ(consumer.lag(), -1);
  consumer.Stop();
  SetLogSink(nullptr);
  feed_.Stop();
  ExpectEffectsOnce(4, "customer");
}

TEST_F(FeedTest, AStreamThatSaysNothingIsOpenedAnew) {
  FaultProxy network(server_.address());
  network.Stall();
  const std::shared_ptr<NumbersFeed::Stub> stub =
      NumbersFeed::NewStub(grpc::CreateChannel(network.address(), grpc::InsecureChannelCredentials()));
  FeedConsumer::Options options = ConsumerOptions("customer", stub);
  std::atomic<int> opened = 0;
  options.open = [&opened, open = options.open](grpc::ClientContext* context,
                                                const ReadFeedRequest& request) {
    ++opened;
    return open(context, request);
  };
  options.silence = absl::Milliseconds(200);
  FeedConsumer consumer(pool(), options);
  consumer.Start();
  WaitFor([&] { return opened >= 3; });
  consumer.Stop();
}

TEST_F(FeedTest, StopIsPromptEvenWhenTheServerIsAway) {
  FaultProxy network(server_.address());
  network.Stall();
  const std::shared_ptr<NumbersFeed::Stub> stub =
      NumbersFeed::NewStub(grpc::CreateChannel(network.address(), grpc::InsecureChannelCredentials()));
  FeedConsumer consumer(pool(), ConsumerOptions("customer", stub));
  consumer.Start();
  absl::SleepFor(absl::Milliseconds(100));
  const absl::Time start = absl::Now();
  consumer.Stop();
  EXPECT_LT(absl::Now() - start, absl::Seconds(1));
}

}  // namespace
}  // namespace servicekit
