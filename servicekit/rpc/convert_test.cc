#include "servicekit/rpc/convert.h"

#include <limits>

#include <gtest/gtest.h>

#include "servicekit/types/error.h"

namespace servicekit {
namespace {

google::type::Money ProtoMoney(const std::string& currency, int64_t units, int nanos) {
  google::type::Money money;
  money.set_currency_code(currency);
  money.set_units(units);
  money.set_nanos(nanos);
  return money;
}

std::string FieldOf(const absl::Status& status) {
  const auto violations = GetFieldViolations(status);
  return violations.empty() ? "" : violations.front().field;
}

TEST(Convert, MoneyIsExactBothWays) {
  for (const auto& [units, nanos] : {std::pair<int64_t, int>{0, 0},
                                     {1, 0},
                                     {-1, -500'000'000},
                                     {0, -1000},
                                     {99'999'999'999'999, 999'999'000},
                                     {-99'999'999'999'999, -999'999'000}}) {
    const auto money = FromProto("price", ProtoMoney("KRW", units, nanos));
    ASSERT_TRUE(money.ok()) << money.status();
    EXPECT_EQ(ToProto(*money).units(), units);
    EXPECT_EQ(ToProto(*money).nanos(), nanos);
    EXPECT_EQ(ToProto(*money).currency_code(), "KRW");
  }
  EXPECT_EQ(FromProto("price", ProtoMoney("EUR", 12, 340'000'000))->amount.ToString(), "12.34");
}

TEST(Convert, MoneyThatCannotBeKeptIsRefused) {
  EXPECT_EQ(FieldOf(FromProto("price", ProtoMoney("", 1, 0)).status()), "price.currency_code");
  EXPECT_EQ(FieldOf(FromProto("price", ProtoMoney("won", 1, 0)).status()), "price.currency_code");
  EXPECT_EQ(FieldOf(FromProto("price", ProtoMoney("KRW", 1, 1)).status()), "price.nanos");
  EXPECT_EQ(FieldOf(FromProto("price", ProtoMoney("KRW", 1, -1000)).status()), "price.nanos");
  EXPECT_EQ(FieldOf(FromProto("price", ProtoMoney("KRW", -1, 1000)).status()), "price.nanos");
  EXPECT_EQ(FieldOf(FromProto("price", ProtoMoney("KRW", 0, std::numeric_limits<int>::min())).status()),
            "price.nanos");
  EXPECT_EQ(FieldOf(FromProto("price", ProtoMoney("KRW", 100'000'000'000'000, 0)).status()), "price.units");
  EXPECT_EQ(FieldOf(FromProto("price", ProtoMoney("KRW", std::numeric_limits<int64_t>::min(), 0)).status()),
            "price.units");
}

TEST(Convert, TimesAreKeptToTheMicrosecond) {
  google::protobuf::Timestamp proto;
  proto.set_seconds(-1);
  proto.set_nanos(999'999'999);
  const auto time = FromProto("t", proto);
  ASSERT_TRUE(time.ok());
  EXPECT_EQ(absl::ToUnixMicros(*time), -1);
  EXPECT_EQ(ToProto(*time).seconds(), -1);
  EXPECT_EQ(ToProto(*time).nanos(), 999'999'000);
  for (int64_t seconds : {-62'135'596'801, 253'402'300'800}) {
    proto.set_seconds(seconds);
    EXPECT_EQ(FieldOf(FromProto("t", proto).status()), "t");
  }
  proto.set_seconds(0);
  proto.set_nanos(-1);
  EXPECT_EQ(FieldOf(FromProto("t", proto).status()), "t");
}

TEST(Convert, DaysMustExist) {
  google::type::Date date;
  date.set_year(2024);
  date.set_month(2);
  date.set_day(29);
  EXPECT_EQ(*FromProto("d", date), absl::CivilDay(2024, 2, 29));
  EXPECT_EQ(ToProto(absl::CivilDay(2024, 2, 29)).day(), 29);
  date.set_year(2023);
  EXPECT_EQ(FieldOf(FromProto("d", date).status()), "d");
  date.set_day(0);
  EXPECT_EQ(FieldOf(FromProto("d", date).status()), "d");
}

TEST(Convert, Etags) {
  EXPECT_EQ(EtagOf(7), "\"7\"");
  EXPECT_EQ(*ParseEtag("etag", EtagOf(7)), 7);
  EXPECT_EQ(*ParseEtag("etag", ""), 0);
  for (const char* wrong : {"7", "\"\"", "\"x\"", "\"-1\"", "\"0\"", "W/\"7\"", "\""}) {
    EXPECT_EQ(FieldOf(ParseEtag("customer.etag", wrong).status()), "customer.etag") << wrong;
  }
}

}  // namespace
}  // namespace servicekit
