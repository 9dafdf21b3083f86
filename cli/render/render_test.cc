#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/render/charts.h"
#include "cli/render/table.h"
#include "cli/render/text.h"

namespace clientele::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Text, KoreanIsTwoColumnsWide) {
  EXPECT_EQ(DisplayWidth("한빛전자"), 8u);
  EXPECT_EQ(DisplayWidth("(주)한빛 Co."), 12u);
  EXPECT_EQ(DisplayWidth("e\u0301"), 1u);  // A combining accent takes none.
  EXPECT_EQ(PadRight("홍길동", 8), "홍길동  ");
  EXPECT_EQ(PadLeft("홍길동", 8), "  홍길동");
  EXPECT_EQ(Fit("홍길동전", 5), "홍길…");
  EXPECT_EQ(Fit("홍길동", 6), "홍길동");
}

TEST(Text, ControlCharactersDoNotReachTheTerminal) {
  EXPECT_EQ(Printable("a\033[31mb\nc"), "a�[31mb c");
  EXPECT_EQ(Printable("\xFFz"), "�z");
}

TEST(Text, Figures) {
  EXPECT_EQ(FormatCount(1234567), "1,234,567");
  EXPECT_EQ(FormatCount(-1000), "-1,000");
  EXPECT_EQ(FormatPercent(0.345), "34 %");
  EXPECT_EQ(FormatPercent(0.0042), "0.4 %");
  google::type::Money money;
  money.set_currency_code("USD");
  money.set_units(-1234);
  money.set_nanos(-500'000'000);
  EXPECT_EQ(FormatMoney(money), "USD -1,234.50");
  money.set_units(10'005'534);
  money.set_nanos(0);
  EXPECT_EQ(FormatMoneyShort(money), "USD 10.0 M");
  EXPECT_EQ(Humanize("SALES_CONTRIBUTION"), "Sales contribution");
}

TEST(TableTest, ColumnsLineUpWhateverTheScript) {
  Table table({{"name"}, {"count", true}});
  table.Add({"한빛전자", "7"});
  table.Add({"Acme", "1,000"});
  EXPECT_EQ(table.Draw({}), "  name      count\n  한빛전자      7\n  Acme      1,000\n");
}

TEST(Charts, BarsFillTheirWidth) {
  EXPECT_EQ(BarFromLeft(0.5, 4), "██");
  EXPECT_EQ(BarFromLeft(0.0001, 4), "▏");
  EXPECT_EQ(BarFromRight(0.375, 4), "  ▐█");
  EXPECT_EQ(BarInTheMiddle(1, 4), "████");
  EXPECT_EQ(BarInTheMiddle(0.5, 4), " ██ ");
  EXPECT_EQ(BarInTheMiddle(0.25, 4), " ▐▌ ");
  for (int i = 0; i <= 100; ++i) EXPECT_EQ(DisplayWidth(BarInTheMiddle(i / 100.0, 31)), 31u);
}

lifecycle::v1::QueryFunnelResponse Funnel() {
  lifecycle::v1::QueryFunnelResponse funnel;
  funnel.set_customer_count(2000);
  int64_t reached = 2000;
  for (int stage = type::v1::TARGET; stage <= type::v1::REPURCHASE; ++stage) {
    auto* row = funnel.add_stages();
    row->set_stage(static_cast<type::v1::Stage>(stage));
    row->set_reached_count(reached);
    row->set_conversion(stage == type::v1::TARGET ? 1 : 0.55);
    reached = reached * 55 / 100;
  }
  return funnel;
}

TEST(Charts, FunnelNamesStagesAndFigures) {
  const std::string text = DrawFunnel(Funnel(), {});
  EXPECT_THAT(text, HasSubstr("Repurchase"));
  EXPECT_THAT(text, HasSubstr("2,000"));
  EXPECT_THAT(text, HasSubstr("55 %"));
  EXPECT_THAT(text, Not(HasSubstr("\033")));
  EXPECT_THAT(DrawFunnel(Funnel(), {.colour = true}), HasSubstr("\033[38;5;"));
  EXPECT_THAT(DrawFunnel({}, {}), HasSubstr("clientele import"));
}

TEST(Charts, PyramidHasCustomersAndRevenueSideBySide) {
  value::v1::QueryPyramidResponse pyramid;
  pyramid.set_customer_count(100);
  auto* row = pyramid.add_tiers();
  row->set_tier(value::v1::TOP);
  row->set_customer_count(1);
  row->set_revenue_share(0.4);
  row->mutable_revenue()->set_currency_code("USD");
  row->mutable_revenue()->set_units(400);
  const std::string text = DrawPyramid(pyramid, {});
  EXPECT_THAT(text, HasSubstr("Top"));
  EXPECT_THAT(text, HasSubstr("40 %"));
  EXPECT_THAT(DrawPyramid({}, {}), HasSubstr("clientele rescore"));
}

}  // namespace
}  // namespace clientele::cli
