#include "servicekit/types/money.h"

#include <gtest/gtest.h>

namespace servicekit {
namespace {

TEST(Decimal, TextRoundTrips) {
  for (const char* text : {"0", "7", "-7", "1234.5", "-0.000001", "99999999999999.999999", "0.1"}) {
    EXPECT_EQ(Decimal::Parse(text)->ToString(), text);
  }
  EXPECT_EQ(Decimal::Parse("0007.100000000")->ToString(), "7.1");
}

TEST(Decimal, RefusesWhatItCannotHoldExactly) {
  for (const char* text : {"", "-", ".", "1.", ".5", "1e3", "+1", " 1", "0x1", "1,000", "0.0000001",
                           "100000000000000", "1.2.3", "--1", "NaN"}) {
    EXPECT_FALSE(Decimal::Parse(text).ok()) << text;
  }
}

TEST(Decimal, AddsExactlyWhereDoublesDoNot) {
  EXPECT_EQ(*Decimal::Parse("0.1") + *Decimal::Parse("0.2"), *Decimal::Parse("0.3"));
}

TEST(Decimal, ProductRoundsHalfAwayFromZero) {
  EXPECT_EQ((*Decimal::Parse("0.000001") * *Decimal::Parse("0.5")).ToString(), "0.000001");
  EXPECT_EQ((*Decimal::Parse("-0.000001") * *Decimal::Parse("0.5")).ToString(), "-0.000001");
  EXPECT_EQ((*Decimal::Parse("0.000001") * *Decimal::Parse("0.49")).ToString(), "0");
  EXPECT_EQ((*Decimal::Parse("3") * *Decimal::Parse("19.99")).ToString(), "59.97");
}

TEST(Decimal, RangeIsThatOfTheColumn) {
  EXPECT_TRUE(Decimal::Parse("-99999999999999.999999")->InRange());
  EXPECT_FALSE((*Decimal::Parse("99999999999999.999999") + Decimal::FromMicros(1)).InRange());
}

TEST(Decimal, Orders) { EXPECT_LT(*Decimal::Parse("-2"), *Decimal::Parse("1.5")); }

TEST(Currency, IsThreeCapitals) {
  EXPECT_TRUE(CheckCurrency("KRW").ok());
  for (const char* text : {"", "krw", "KR", "KRWX", "K1W"}) EXPECT_FALSE(CheckCurrency(text).ok()) << text;
}

}  // namespace
}  // namespace servicekit
