#include "servicekit/mysql/transaction.h"

#include <atomic>
#include <limits>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "servicekit/telemetry/log.h"
#include "servicekit/testing/fault_proxy.h"
#include "servicekit/testing/scratch_database.h"
#include "servicekit/types/error.h"

namespace servicekit {
namespace {

class TransactionTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    database_ = new ScratchDatabase({});
    database_->Execute(
        "CREATE TABLE items (id BIGINT NOT NULL PRIMARY KEY, name VARCHAR(200), amount DECIMAL(20,6), time "
        "DATETIME(6), "
        "raw VARBINARY(300), ratio DOUBLE, big BIGINT UNSIGNED, small SMALLINT UNSIGNED, flag TINYINT(1), "
        "day DATE) "
        "ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin");
  }
  static void TearDownTestSuite() {
    delete database_;
    database_ = nullptr;
  }
  void SetUp() override { database_->Execute("DELETE FROM items"); }

  static Pool& pool() { return database_->pool(); }
  static absl::Time Soon() { return absl::Now() + absl::Seconds(20); }
  static absl::Status Insert(Transaction& tx, int64_t id, const std::string& name = "") {
    return tx.Execute(Sql("INSERT INTO items (id, name) VALUES (?, ?)", {id, name})).status();
  }
  static int64_t Rows() { return database_->Count("items"); }
  static std::string NameOfRow(int64_t id) {
    return RunReading(pool(), Soon(),
                      [&](Transaction& tx) {
                        return tx.QueryOne(Sql("SELECT name FROM items WHERE id = ?", {id}),
                                           [](const Row& row) { return row.Text(0); });
                      })
        .value_or("none");
  }
  // No connection may come back to the pool with a transaction open.
  static void ExpectNoOpenTransaction() {
    const auto open = RunReading(pool(), Soon(), [](Transaction& tx) {
      return tx.QueryOne(
          Sql("SELECT COUNT(*) FROM information_schema.innodb_trx t JOIN information_schema.processlist p "
              "ON p.id = t.trx_mysql_thread_id WHERE p.db = DATABASE()"),
          [](const Row& row) { return row.Int64(0); });
    });
    ASSERT_TRUE(open.ok()) << open.status();
    EXPECT_EQ(*open, 0);
  }

  static ScratchDatabase* database_;
};
ScratchDatabase* TransactionTest::database_ = nullptr;

TEST_F(TransactionTest, TextOfAllScriptsComesBackExactly) {
  const std::vector<std::string> texts = {"",
                                          "홍길동 주식회사",
                                          "😀👩‍👩‍👧 𝄞 𠮷",
                                          "it's; DROP TABLE items; --",
                                          "a\0b" + std::string(1, '\0'),
                                          "\\ \" ' ` % _",
                                          "ÅÄÖ é ß"};
  ASSERT_TRUE(RunTransaction(pool(), Soon(), [&](Transaction& tx) {
                for (size_t i = 0; i < texts.size(); ++i) {
                  if (absl::Status s = Insert(tx, static_cast<int64_t>(i), texts[i]); !s.ok()) return s;
                }
                return absl::OkStatus();
              }).ok());
  for (size_t i = 0; i < texts.size(); ++i) EXPECT_EQ(NameOfRow(static_cast<int64_t>(i)), texts[i]);
}

TEST_F(TransactionTest, ValuesOfAllTypesComeBackExactly) {
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
  const absl::Time time = absl::FromUnixMicros(1'700'000'000'000'001);
  const absl::Time old = absl::FromCivil(absl::CivilSecond(1899, 12, 31, 23, 59, 59), absl::UTCTimeZone()) +
                         absl::Microseconds(999'999);
  const Id id = Id::New(time);
  const auto read = RunInTransaction(pool(), Soon(), [&](Transaction& tx) -> absl::StatusOr<bool> {
    for (const auto& [key, t, raw] :
         {std::tuple{1, time, Parameter(Bytes{bytes})}, std::tuple{2, old, Parameter(id)}}) {
      const auto inserted =
          tx.Execute(Sql("INSERT INTO items (id, amount, time, raw, ratio, big, small, flag, day) VALUES (?, "
                         "?, ?, ?, ?, ?, ?, ?, ?)",
                         {key, *Decimal::Parse("-99999999999999.999999"), t, raw, 0.1,
                          std::numeric_limits<int64_t>::max(), 65'535, true, "2024-02-29"}));
      if (!inserted.ok()) return inserted.status();
    }
    return tx.QueryOne(
        Sql("SELECT amount, time, raw, ratio, big, small, flag, day, name FROM items WHERE id = 1"),
        [&](const Row& row) {
          EXPECT_EQ(row.Decimal(0), *Decimal::Parse("-99999999999999.999999"));
          EXPECT_EQ(row.Time(1), time);
          EXPECT_EQ(row.Blob(2), bytes);
          EXPECT_EQ(row.Double(3), 0.1);
          EXPECT_EQ(row.Int64(4), std::numeric_limits<int64_t>::max());
          EXPECT_EQ(row.Int64(5), 65'535);
          EXPECT_TRUE(row.Bool(6));
          EXPECT_EQ(row.Text(7), "2024-02-29");
          EXPECT_TRUE(row.IsNull(8));
          EXPECT_EQ(row.OptionalText(8), std::nullopt);
          return true;
        });
  });
  ASSERT_TRUE(read.ok()) << read.status();
  const auto second = RunReading(pool(), Soon(), [&](Transaction& tx) {
    return tx.QueryOne(Sql("SELECT time, raw, COUNT(*), SUM(small), SUM(amount), AVG(small) FROM items WHERE "
                           "raw = ? GROUP BY time, raw",
                           {id}),
                       [&](const Row& row) {
                         EXPECT_EQ(row.Time(0), old);
                         EXPECT_EQ(row.Id(1), id);
                         EXPECT_EQ(row.Int64(2), 1);
                         EXPECT_EQ(row.Int64(3), 65'535);
                         EXPECT_EQ(row.Decimal(4), *Decimal::Parse("-99999999999999.999999"));
                         EXPECT_EQ(row.Double(5), 65'535);
                         return true;
                       });
  });
  ASSERT_TRUE(second.ok()) << second.status();
}

TEST_F(TransactionTest, SumsMayBeWiderThanWhatIsPutIn) {
  const auto read = RunReading(pool(), Soon(), [&](Transaction& tx) {
    return tx.QueryOne(Sql(R"sql(
        SELECT SUM(n), -SUM(n), SUM(n) * 1000000, CAST('-123456789012345678901234567890.000001' AS DECIMAL(40,6)),
               CAST(100000000000000 AS DECIMAL(30,6)), CAST('1000000000000000000000000000000' AS DECIMAL(31,0))
          FROM (SELECT CAST('99999999999999.999999' AS DECIMAL(20,6)) AS n UNION ALL
                SELECT CAST('99999999999999.999999' AS DECIMAL(20,6))) AS numbers)sql"),
                       [&](const Row& row) {
                         const absl::int128 largest = Decimal::kLimitMicros - 1;
                         EXPECT_EQ(row.Decimal(0), Decimal::FromMicros(2 * largest));
                         EXPECT_EQ(row.Decimal(1), Decimal::FromMicros(-2 * largest));
                         EXPECT_EQ(row.Decimal(2), Decimal::FromMicros(2 * largest * 1'000'000));
                         EXPECT_EQ(row.Decimal(3).ToString(), "-123456789012345678901234567890.000001");
                         EXPECT_EQ(row.Decimal(4), Decimal::FromMicros(Decimal::kLimitMicros));
                         EXPECT_THROW((void)row.Decimal(5), std::logic_error);
                         return true;
                       });
  });
  ASSERT_TRUE(read.ok()) << read.status();
  // What comes from outside may not.
  EXPECT_FALSE(Decimal::Parse("100000000000000").ok());
}

TEST_F(TransactionTest, NothingIsOverwrittenBySilentConversion) {
  for (const Sql& sql : {Sql("INSERT INTO items (id, small) VALUES (1, ?)", {65'536}),
                         Sql("INSERT INTO items (id, name) VALUES (1, ?)", {std::string(201, 'x')}),
                         Sql("INSERT INTO items (id, time) VALUES (1, ?)", {"2024-02-30 00:00:00"}),
                         Sql("INSERT INTO items (id, name) VALUES (1, ?)", {"\xff\xfe"}),
                         Sql("INSERT INTO items (id, small) VALUES (1, ?)", {-1})}) {
    const absl::Status status =
        RunTransaction(pool(), Soon(), [&](Transaction& tx) { return tx.Execute(sql).status(); });
    EXPECT_TRUE(absl::IsInternal(status)) << sql.text() << " " << status;
  }
  EXPECT_EQ(Rows(), 0);
}

TEST_F(TransactionTest, ReadingAnotherTypeThanTheColumnsIsInternal) {
  database_->Execute("INSERT INTO items (id, name, big, amount) VALUES (1, '12', 18446744073709551615, 1.5)");
  const auto reading = [&](auto decode) {
    return RunReading(pool(), Soon(),
                      [&](Transaction& tx) {
                        return tx.QueryOne(Sql("SELECT id, name, big, amount, time FROM items"), decode);
                      })
        .status();
  };
  EXPECT_TRUE(absl::IsInternal(reading([](const Row& row) { return row.Int64(1); })));
  EXPECT_TRUE(absl::IsInternal(reading([](const Row& row) { return row.Text(0); })));
  EXPECT_TRUE(absl::IsInternal(reading([](const Row& row) { return row.Int64(2); }))) << "wraps";
  EXPECT_TRUE(absl::IsInternal(reading([](const Row& row) { return row.Int64(3); }))) << "has places";
  EXPECT_TRUE(absl::IsInternal(reading([](const Row& row) { return row.Time(4); }))) << "NULL";
  EXPECT_TRUE(absl::IsInternal(reading([](const Row& row) { return row.Id(1); })));
  EXPECT_TRUE(absl::IsInternal(reading([](const Row& row) { return row.Blob(1); })));
  EXPECT_TRUE(absl::IsInternal(reading([](const Row& row) { return row.Int64(9); }))) << "no such column";
  EXPECT_TRUE(reading([](const Row& row) { return row.Int64(0); }).ok());
}

TEST_F(TransactionTest, FailureRollsBackAndLeavesNoTransactionOpen) {
  EXPECT_TRUE(absl::IsFailedPrecondition(RunTransaction(pool(), Soon(), [&](Transaction& tx) {
    EXPECT_TRUE(Insert(tx, 1).ok());
    return absl::FailedPreconditionError("no");
  })));
  EXPECT_TRUE(absl::IsInternal(RunTransaction(pool(), Soon(), [&](Transaction& tx) -> absl::Status {
    EXPECT_TRUE(Insert(tx, 1).ok());
    throw std::runtime_error("boom");
  })));
  EXPECT_TRUE(absl::IsInternal(RunTransaction(pool(), Soon(), [&](Transaction& tx) -> absl::Status {
    EXPECT_TRUE(Insert(tx, 1).ok());
    throw 7;
  })));
  EXPECT_TRUE(absl::IsAlreadyExists(RunTransaction(pool(), Soon(), [&](Transaction& tx) {
    EXPECT_TRUE(Insert(tx, 1).ok());
    return Insert(tx, 1);
  })));
  EXPECT_EQ(Rows(), 0);
  ExpectNoOpenTransaction();
}

TEST_F(TransactionTest, AbortedByTheBodyIsNotRerun) {
  int runs = 0;
  EXPECT_TRUE(absl::IsAborted(RunTransaction(pool(), Soon(), [&](Transaction& tx) {
    ++runs;
    EXPECT_TRUE(Insert(tx, 1).ok());
    return absl::AbortedError("stale etag");
  })));
  EXPECT_EQ(runs, 1);
  EXPECT_EQ(Rows(), 0);
}

TEST_F(TransactionTest, DeadlockIsRerunAndBothCommit) {
  database_->Execute("INSERT INTO items (id, small) VALUES (1, 0), (2, 0)");
  std::atomic<int> first_done = 0, runs = 0;
  const auto touch = [&](int64_t first, int64_t second) {
    bool met = false;
    return RunTransaction(pool(), Soon(), [&](Transaction& tx) -> absl::Status {
      ++runs;
      auto changed = tx.Execute(Sql("UPDATE items SET small = small + 1 WHERE id = ?", {first}));
      if (!changed.ok()) return changed.status();
      // Both hold their first row before either asks for its second: a deadlock, for sure.
      if (!std::exchange(met, true)) {
        ++first_done;
        while (first_done < 2) absl::SleepFor(absl::Milliseconds(1));
      }
      return tx.Execute(Sql("UPDATE items SET small = small + 1 WHERE id = ?", {second})).status();
    });
  };
  absl::Status other;
  std::thread thread([&] { other = touch(2, 1); });
  const absl::Status status = touch(1, 2);
  thread.join();
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_TRUE(other.ok()) << other;
  EXPECT_GE(runs, 3);
  EXPECT_EQ(database_->Count("items WHERE small = 2"), 2);
  ExpectNoOpenTransaction();
}

TEST_F(TransactionTest, ABodyThatHidesADeadlockIsRerunToo) {
  database_->Execute("INSERT INTO items (id, small) VALUES (1, 0), (2, 0)");
  std::atomic<int> first_done = 0, hidden = 0;
  const auto touch = [&](int64_t first, int64_t second) {
    bool met = false;
    return RunTransaction(pool(), Soon(), [&](Transaction& tx) -> absl::Status {
      (void)tx.Execute(Sql("UPDATE items SET small = small + 1 WHERE id = ?", {first}));
      if (!std::exchange(met, true)) {
        ++first_done;
        while (first_done < 2) absl::SleepFor(absl::Milliseconds(1));
      }
      if (!tx.Execute(Sql("UPDATE items SET small = small + 1 WHERE id = ?", {second})).ok()) {
        ++hidden;
        // Would commit by itself: the deadlock has ended the transaction.
        EXPECT_TRUE(absl::IsAborted(Insert(tx, 99)));
      }
      return absl::OkStatus();
    });
  };
  std::thread thread([&] { EXPECT_TRUE(touch(2, 1).ok()); });
  EXPECT_TRUE(touch(1, 2).ok());
  thread.join();
  EXPECT_GE(hidden, 1);
  EXPECT_EQ(Rows(), 2);
  EXPECT_EQ(database_->Count("items WHERE small = 2"), 2);
}

TEST_F(TransactionTest, LockWaitTimeoutIsRerunWithNothingLeftOfTheFirstRun) {
  database_->Execute("INSERT INTO items (id, small) VALUES (1, 0)");
  absl::Notification locked;
  std::thread holder([&] {
    EXPECT_TRUE(RunTransaction(pool(), Soon(), [&](Transaction& tx) {
                  auto changed = tx.Execute(Sql("UPDATE items SET small = 1 WHERE id = 1"));
                  if (!locked.HasBeenNotified()) locked.Notify();
                  absl::SleepFor(absl::Milliseconds(5500));  // Longer than innodb_lock_wait_timeout.
                  return changed.status();
                }).ok());
  });
  locked.WaitForNotification();
  int runs = 0;
  const absl::Status status = RunTransaction(pool(), Soon(), [&](Transaction& tx) -> absl::Status {
    ++runs;
    if (absl::Status s = Insert(tx, 10 + runs); !s.ok()) return s;
    return tx.Execute(Sql("UPDATE items SET small = small + 1 WHERE id = 1")).status();
  });
  holder.join();
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(runs, 2);
  EXPECT_EQ(Rows(), 2);  // Row 1, and the second run's insert alone.
  EXPECT_EQ(NameOfRow(12), "");
}

TEST_F(TransactionTest, ConflictsAreRerunUntilTheDeadlineOnly) {
  database_->Execute("INSERT INTO items (id, small) VALUES (1, 0)");
  const absl::Time deadline = absl::Now() + absl::Milliseconds(300);
  int runs = 0;
  const absl::Status status = RunTransaction(pool(), deadline, [&](Transaction& tx) -> absl::Status {
    ++runs;
    return tx.Execute(Sql("SIGNAL SQLSTATE '40001' SET MYSQL_ERRNO = 1213")).status();
  });
  EXPECT_FALSE(status.ok());
  EXPECT_GT(runs, 1);
  EXPECT_LT(absl::Now(), deadline + absl::Seconds(2));
}

TEST_F(TransactionTest, ConnectionKilledInTheBodyIsUnavailableAndLeavesNothing) {
  const absl::Status status = RunTransaction(pool(), Soon(), [&](Transaction& tx) -> absl::Status {
    EXPECT_TRUE(Insert(tx, 1).ok());
    const auto id = tx.QueryOne(Sql("SELECT CONNECTION_ID()"), [](const Row& row) { return row.Int64(0); });
    database_->Execute("KILL " + std::to_string(*id));
    EXPECT_TRUE(absl::IsUnavailable(Insert(tx, 2)));
    EXPECT_TRUE(absl::IsUnavailable(Insert(tx, 3))) << "and stays so";
    return absl::OkStatus();
  });
  EXPECT_TRUE(absl::IsUnavailable(status)) << status;
  EXPECT_EQ(Rows(), 0);
  EXPECT_TRUE(RunTransaction(pool(), Soon(), [&](Transaction& tx) { return Insert(tx, 1); }).ok());
}

TEST_F(TransactionTest, ConnectionsThatDiedInThePoolAreReplacedUnseen) {
  {
    std::vector<Pool::Lease> leases;
    for (int i = 0; i < 4; ++i) leases.push_back(*pool().Get(Soon()));
  }
  database_->Execute(
      "BEGIN NOT ATOMIC FOR p IN (SELECT id FROM information_schema.processlist WHERE db = DATABASE() "
      "AND id <> CONNECTION_ID()) DO KILL p.id; END FOR; END");
  EXPECT_EQ(RunReading(pool(), Soon(),
                       [](Transaction& tx) {
                         return tx.QueryOne(Sql("SELECT 7"), [](const Row& row) { return row.Int64(0); });
                       })
                .value_or(0),
            7);
  EXPECT_TRUE(RunTransaction(pool(), Soon(), [&](Transaction& tx) { return Insert(tx, 1); }).ok());
  EXPECT_EQ(Rows(), 1);
}

class LostCommitTest : public TransactionTest {
 protected:
  LostCommitTest() : proxy_(database_->options().address) {
    MysqlOptions options = database_->options();
    options.address = proxy_.address();
    options.connections = 4;
    pool_ = std::make_unique<Pool>(options);
  }
  absl::Status InsertWithProbe() {
    TransactionOptions options;
    options.committed = [](Transaction& tx) -> absl::StatusOr<bool> {
      const auto found = tx.QueryAll(Sql("SELECT id FROM items WHERE id = 1 FOR UPDATE"),
                                     [](const Row& row) { return row.Int64(0); });
      if (!found.ok()) return found.status();
      return !found->empty();
    };
    return RunTransaction(
        *pool_, Soon(),
        [&](Transaction& tx) {
          tx.OnCommit([&] { ++notified_; });
          return Insert(tx, 1);
        },
        options);
  }

  FaultProxy proxy_;
  std::unique_ptr<Pool> pool_;
  int notified_ = 0;
};

TEST_F(LostCommitTest, ACommitWhoseAnswerWasLostIsFoundByTheProbe) {
  proxy_.CutAnswerTo("COMMIT");
  const absl::Status status = InsertWithProbe();
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(proxy_.cuts(), 1);
  EXPECT_EQ(Rows(), 1);
  EXPECT_EQ(notified_, 1);
}

TEST_F(LostCommitTest, ACommitThatNeverArrivedIsKnownToHaveChangedNothing) {
  proxy_.CutRequest("COMMIT");
  const absl::Status status = InsertWithProbe();
  EXPECT_TRUE(absl::IsUnavailable(status)) << status;
  EXPECT_EQ(proxy_.cuts(), 1);
  EXPECT_EQ(Rows(), 0);
  EXPECT_EQ(notified_, 0);
}

TEST_F(LostCommitTest, WithoutAProbeTheOutcomeIsSaidToBeUnknown) {
  proxy_.CutAnswerTo("COMMIT");
  const absl::Status status = RunTransaction(*pool_, Soon(), [&](Transaction& tx) { return Insert(tx, 1); });
  EXPECT_TRUE(absl::IsUnknown(status)) << status;
  EXPECT_EQ(GetReason(status), "COMMIT_OUTCOME_UNKNOWN");
}

TEST_F(LostCommitTest, ADatabaseThatIsAwayIsUnavailableAndComesBack) {
  proxy_.Partition();
  EXPECT_TRUE(absl::IsUnavailable(InsertWithProbe()));
  proxy_.Heal();
  EXPECT_TRUE(InsertWithProbe().ok());
}

TEST_F(LostCommitTest, ADatabaseThatHangsIsUnavailableAfterTheReadTimeout) {
  MysqlOptions options = database_->options();
  options.address = proxy_.address();
  options.read_timeout = absl::Seconds(1);
  Pool impatient(options);
  const auto read = [&] {
    return RunReading(impatient, Soon(), [](Transaction& tx) {
      return tx.QueryOne(Sql("SELECT 1"), [](const Row& row) { return row.Int64(0); });
    });
  };
  ASSERT_TRUE(read().ok());
  proxy_.Stall();
  const absl::Time start = absl::Now();
  EXPECT_TRUE(absl::IsUnavailable(read().status()));
  EXPECT_LT(absl::Now() - start, absl::Seconds(10));
  proxy_.Heal();
  EXPECT_TRUE(read().ok());
}

TEST_F(TransactionTest, AStatementSurvivesAChangeOfItsTable) {
  database_->Execute("CREATE TABLE changing (id BIGINT PRIMARY KEY, name VARCHAR(10))");
  database_->Execute("INSERT INTO changing VALUES (1, 'a')");
  const auto read = [&] {
    return RunReading(pool(), Soon(), [](Transaction& tx) {
      return tx.QueryOne(Sql("SELECT name, id FROM changing"), [](const Row& row) { return row.Text(0); });
    });
  };
  EXPECT_EQ(read().value_or("none"), "a");
  // A migration while the old server runs.
  database_->Execute("ALTER TABLE changing ADD COLUMN first BIGINT NULL FIRST, MODIFY name TEXT");
  database_->Execute("UPDATE changing SET name = REPEAT('b', 5000)");
  EXPECT_EQ(read().value_or("none"), std::string(5000, 'b'));
  database_->Execute("DROP TABLE changing");
}

TEST_F(TransactionTest, FullPoolRefusesAtTheDeadline) {
  MysqlOptions options = database_->options();
  options.connections = 2;
  Pool small(options);
  absl::StatusOr<Pool::Lease> a = small.Get(Soon()), b = small.Get(Soon());
  ASSERT_TRUE(a.ok() && b.ok());
  const absl::Time start = absl::Now();
  EXPECT_TRUE(absl::IsDeadlineExceeded(small.Get(start + absl::Milliseconds(50)).status()));
  EXPECT_LT(absl::Now() - start, absl::Seconds(1));
  std::thread waiter([&] { EXPECT_TRUE(small.Get(Soon()).ok()); });
  absl::SleepFor(absl::Milliseconds(20));
  EXPECT_EQ(small.usage().waiting, 1);
  a->Discard();  // Makes room too.
  waiter.join();
  EXPECT_EQ(small.usage().open, 2);
}

TEST_F(TransactionTest, WritingInsideAReadingIsABug) {
  EXPECT_TRUE(absl::IsInternal(RunReading(pool(), Soon(), [&](Transaction& tx) { return Insert(tx, 1); })));
  EXPECT_EQ(Rows(), 0);
}

TEST_F(TransactionTest, NoStatementStartsAfterTheDeadline) {
  const absl::Time deadline = absl::Now() + absl::Milliseconds(50);
  EXPECT_TRUE(absl::IsDeadlineExceeded(RunTransaction(pool(), deadline, [&](Transaction& tx) {
    absl::Status status = Insert(tx, 1);
    absl::SleepFor(absl::Milliseconds(60));
    return status;
  })));
  EXPECT_EQ(Rows(), 0);
}

TEST_F(TransactionTest, AQueryInsideAQueryOfTheSameText) {
  database_->Execute("INSERT INTO items (id) VALUES (1), (2), (3)");
  int64_t pairs = 0;
  const Sql sql("SELECT id FROM items");
  EXPECT_TRUE(RunReading(pool(), Soon(), [&](Transaction& tx) {
                return tx.Query(sql, [&](const Row&) {
                  return tx.Query(sql, [&](const Row&) {
                    ++pairs;
                    return absl::OkStatus();
                  });
                });
              }).ok());
  EXPECT_EQ(pairs, 9);
}

TEST_F(TransactionTest, MoreStatementsThanTheCacheHolds) {
  EXPECT_TRUE(RunReading(pool(), Soon(), [&](Transaction& tx) -> absl::Status {
                Sql sql("SELECT 1");
                for (int i = 0; i < 600; ++i) {
                  sql += Sql(" ");
                  const auto one = tx.QueryOne(sql, [](const Row& row) { return row.Int64(0); });
                  if (!one.ok()) return one.status();
                }
                return absl::OkStatus();
              }).ok());
}

TEST_F(TransactionTest, InsertManyTakesAHundredThousandRows) {
  std::vector<std::vector<Parameter>> rows;
  for (int i = 0; i < 100'000; ++i) rows.push_back({i, "이름", *Decimal::Parse("1.5"), std::nullopt});
  const auto inserted = RunInTransaction(pool(), Soon(), [&](Transaction& tx) {
    return tx.InsertMany("INSERT INTO items (id, name, amount, time) VALUES ", rows);
  });
  ASSERT_TRUE(inserted.ok()) << inserted.status();
  EXPECT_EQ(*inserted, 100'000);
  EXPECT_EQ(Rows(), 100'000);
}

TEST_F(TransactionTest, InsertManySplitsByBytesAndTakesASuffix) {
  database_->Execute("CREATE TABLE IF NOT EXISTS blobs (id BIGINT PRIMARY KEY, raw MEDIUMBLOB)");
  const std::string megabyte(1 << 20, '\xee');
  std::vector<std::vector<Parameter>> rows;
  for (int i = 0; i < 9; ++i) rows.push_back({i, Bytes{megabyte}});
  for (int run = 0; run < 2; ++run) {
    const auto inserted = RunInTransaction(pool(), Soon(), [&](Transaction& tx) {
      return tx.InsertMany("INSERT INTO blobs (id, raw) VALUES ", rows,
                           " ON DUPLICATE KEY UPDATE raw = VALUES(raw)");
    });
    ASSERT_TRUE(inserted.ok()) << inserted.status();
    EXPECT_EQ(*inserted, run == 0 ? 9 : 0);
  }
  EXPECT_EQ(database_->Count("blobs WHERE LENGTH(raw) = 1048576"), 9);
}

TEST_F(TransactionTest, ReadOnlyTransactionsSeeOneMoment) {
  EXPECT_TRUE(RunTransaction(pool(), Soon(),
                             [&](Transaction& tx) -> absl::Status {
                               const Sql count("SELECT COUNT(*) FROM items");
                               const auto get = [](const Row& row) { return row.Int64(0); };
                               const auto before = tx.QueryOne(count, get);
                               EXPECT_TRUE(RunTransaction(pool(), Soon(), [&](Transaction& other) {
                                             return Insert(other, 1);
                                           }).ok());
                               EXPECT_EQ(*before, *tx.QueryOne(count, get));
                               EXPECT_TRUE(absl::IsUnavailable(Insert(tx, 2))) << "read only";
                               return absl::OkStatus();
                             },
                             {.read_only = true})
                  .ok());
  EXPECT_EQ(Rows(), 1);
}

TEST_F(TransactionTest, AStatementThatOutlivesItsDeadlineIsEnded) {
  ASSERT_TRUE(RunTransaction(pool(), Soon(), [&](Transaction& tx) -> absl::Status {
                for (int i = 0; i < 300; ++i) {
                  if (absl::Status status = Insert(tx, i); !status.ok()) return status;
                }
                return absl::OkStatus();
              }).ok());
  const absl::Time start = absl::Now();
  // Of 300 to the fifth power rows: hours.
  const absl::Status status =
      RunReading(pool(), start + absl::Milliseconds(300), [](Transaction& tx) -> absl::StatusOr<int64_t> {
        return tx.QueryOne(Sql("SELECT COUNT(*) FROM items a, items b, items c, items d, items e "
                               "WHERE a.id + b.id + c.id + d.id + e.id = -1"),
                           [](const Row& row) { return row.Int64(0); });
      }).status();
  EXPECT_TRUE(absl::IsDeadlineExceeded(status)) << status;
  EXPECT_LT(absl::Now() - start, absl::Seconds(20)) << "the read timeout is 30 s";
  EXPECT_EQ(Rows(), 300) << "the connection serves on";
}

TEST_F(TransactionTest, EveryMigrationIsAskedFor) {
  EXPECT_TRUE(CheckMigrations(pool(), Soon(), {"20260101000001", "20260101000014"}).ok());
  // One that was merged late, with a number between those that are there.
  const absl::Status missing =
      CheckMigrations(pool(), Soon(), {"20260101000001", "20260101000007", "20260101000014"});
  EXPECT_TRUE(absl::IsFailedPrecondition(missing));
  EXPECT_THAT(std::string(missing.message()), ::testing::EndsWith(": 20260101000007"));
}

TEST_F(TransactionTest, WrongPasswordOrAddressIsUnavailable) {
  MysqlOptions options = database_->options();
  options.user = "nobody";
  EXPECT_TRUE(absl::IsUnavailable(Pool(options).Get(Soon()).status()));
  options = database_->options();
  options.address = "127.0.0.1:1";
  EXPECT_TRUE(absl::IsUnavailable(Pool(options).Get(Soon()).status()));
}

TEST_F(TransactionTest, ClearKeepsWhatTheMigrationsSeeded) {
  database_->Execute("UPDATE feed_sequencer SET position = 7");
  database_->Clear();
  EXPECT_EQ(database_->Count("feed_sequencer WHERE id = 1 AND position = 0"), 1);
}

}  // namespace
}  // namespace servicekit
