#include "servicekit/mysql/sql.h"

#include <type_traits>

#include <gtest/gtest.h>

namespace servicekit {
namespace {

// The guarantee that input cannot become SQL: nothing that exists at run time only makes SQL text.
static_assert(!std::is_constructible_v<SqlText, std::string>);
static_assert(!std::is_constructible_v<SqlText, const std::string&>);
static_assert(!std::is_constructible_v<SqlText, std::string_view>);
static_assert(!std::is_constructible_v<SqlText, const char*>);
static_assert(!std::is_constructible_v<SqlText, char*>);
static_assert(!std::is_constructible_v<Sql, std::string>);
static_assert(!std::is_constructible_v<Sql, std::string_view>);
static_assert(!std::is_constructible_v<Sql, const char*>);

TEST(Sql, PiecesAddUpWithTheirValues) {
  Sql sql("SELECT a FROM t WHERE b = ?", {1});
  sql += Sql(" AND c = ?", {"x"});
  EXPECT_EQ(sql.text(), "SELECT a FROM t WHERE b = ? AND c = ?");
  ASSERT_EQ(sql.parameters().size(), 2u);
  EXPECT_EQ(std::get<int64_t>(sql.parameters()[0].value()), 1);
  EXPECT_EQ(std::get<std::string>(sql.parameters()[1].value()), "x");
}

TEST(Sql, ListsShareTheirTextsByPowersOfTwo) {
  EXPECT_EQ(Sql::List({1}).text(), "(?)");
  EXPECT_EQ(Sql::List({1, 2}).text(), "(?, ?)");
  const Sql three = Sql::List({1, 2, 3});
  EXPECT_EQ(three.text(), "(?, ?, ?, ?)");
  EXPECT_EQ(std::get<int64_t>(three.parameters()[3].value()), 3);
  EXPECT_EQ(Sql::List({7, 7, 7}).text(), "(?)");
  EXPECT_THROW(Sql::List({}), std::invalid_argument);
}

TEST(Sql, JoinPutsTheSeparatorBetween) {
  EXPECT_EQ(Sql::Join({Sql("a = ?", {1}), Sql("b = ?", {2})}, " OR ").text(), "a = ? OR b = ?");
  EXPECT_TRUE(Sql::Join({}, " OR ").empty());
}

TEST(Parameter, RefusesANumberThatWouldWrap) {
  EXPECT_THROW(Parameter(uint64_t{1} << 63), std::out_of_range);
  EXPECT_EQ(std::get<int64_t>(Parameter(INT64_MIN).value()), INT64_MIN);
}

}  // namespace
}  // namespace servicekit
