#include "servicekit/rpc/filter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/ascii.h"
#include "echo.pb.h"
#include "servicekit/types/error.h"

namespace servicekit {
namespace {

using ::testing::HasSubstr;

const std::vector<FilterField>& Fields() {
  using Type = FilterField::Type;
  static const auto& fields = *new std::vector<FilterField>{
      {"title", Type::kText, "n.title"},
      {"rank", Type::kInteger, "n.rank"},
      {"price", Type::kDecimal, "n.price"},
      {"create_time", Type::kTime, "n.create_time"},
      {"open", Type::kBool, "n.is_open"},
      {"color", Type::kEnum, "n.color", echo::Note_Color_descriptor()},
      {"team", Type::kName, "n.team_id", nullptr, "teams"},
      {"tags", Type::kMember, "EXISTS (SELECT 1 FROM tags t WHERE t.note = n.id AND t.tag = ?)"},
  };
  return fields;
}

std::string Text(std::string_view filter) {
  const auto sql = CompileFilter(filter, Fields());
  return sql.ok() ? sql->text() : std::string(sql.status().message());
}

TEST(Filter, EmptyIsNoCondition) {
  EXPECT_TRUE(CompileFilter("", Fields())->empty());
  EXPECT_TRUE(CompileFilter("  ", Fields())->empty());
}

TEST(Filter, ValuesAreBoundNeverWritten) {
  const auto sql = CompileFilter(R"(title = "x'); DROP TABLE customers; --")", Fields());
  ASSERT_TRUE(sql.ok()) << sql.status();
  EXPECT_EQ(sql->text(), "((n.title <=> ?))");
  EXPECT_EQ(std::get<std::string>(sql->parameters()[0].value()), "x'); DROP TABLE customers; --");
}

TEST(Filter, OrBindsTighterThanAnd) {
  EXPECT_EQ(Text("rank = 1 AND rank = 2 OR rank = 3"), "((n.rank <=> ?) AND (n.rank <=> ? OR n.rank <=> ?))");
  EXPECT_EQ(Text("(rank = 1 AND rank = 2) OR rank = 3"),
            "((((n.rank <=> ?) AND (n.rank <=> ?)) OR n.rank <=> ?))");
}

TEST(Filter, ANegationHoldsWhereTheFieldIsNotSet) {
  EXPECT_EQ(Text("NOT rank < 5"), "((((n.rank < ?) IS NOT TRUE)))");
  EXPECT_EQ(Text("-rank < 5"), Text("NOT rank < 5"));
  EXPECT_EQ(Text("rank != -5"), "((NOT (n.rank <=> ?)))");
}

TEST(Filter, EveryTypeTakesItsValues) {
  for (const char* good :
       {"rank >= -3", "price > 12.5", "price <= \"0.000001\"", "create_time >= 2026-01-31T09:00:00Z",
        "create_time < \"2026-01-31T09:00:00+09:00\"", "create_time >= 2026-01-31", "open = true",
        "color = RED", "color != \"GREEN\"", "team = teams/00000000000000000000000000",
        "tags:\"key account\"", "title:*", "title = 김철수", "title = \"김*\"", "title = \"*수\"",
        "title = \"say \\\"hi\\\"\"", "title = 'single'", "rank=1 AND(open=false)"}) {
    EXPECT_TRUE(CompileFilter(good, Fields()).ok()) << good << ": " << Text(good);
  }
}

TEST(Filter, StarsAtTheEndsAreWildcardsOthersAreThemselves) {
  const auto parameter = [](const char* filter) {
    return std::get<std::string>(CompileFilter(filter, Fields())->parameters()[0].value());
  };
  EXPECT_EQ(Text(R"(title = "a*")"), "((n.title LIKE ? ESCAPE '|'))");
  EXPECT_EQ(parameter(R"(title = "100%_|*")"), "100|%|_||%");
  EXPECT_EQ(Text(R"(title = "a\*")"), "((n.title <=> ?))");
  EXPECT_EQ(parameter(R"(title = "a\*")"), "a*");
  EXPECT_EQ(parameter(R"(title = "a*b")"), "a*b");
  EXPECT_EQ(parameter(R"(title = "back\\slash")"), "back\\slash");
}

TEST(Filter, WhatIsWrongIsNamedWithItsPlace) {
  const std::pair<const char*, const char*> cases[] = {
      {"colour = RED",
       "filter: at character 1: there is no field `colour` to filter by; there are: title, rank"},
      {"rank = 1 AND", "at character 13: expected a field, found the end"},
      {"rank = 1 rank = 2", "at character 10: expected AND, OR or the end, found `rank`"},
      {"rank", "expected one of = != < <= > >= :, found the end"},
      {"rank = ", "expected a value, found the end"},
      {"rank = many", "at character 8: `rank` takes a whole number"},
      {"rank = 99999999999999999999", "`rank` takes a whole number"},
      {"price = 1.1234567", "`price` takes a number with at most six places"},
      {"create_time > yesterday", "`create_time` takes a time, as in 2026-01-31T09:00:00Z or 2026-01-31"},
      {"create_time > infinite-future", "`create_time` takes a time"},
      {"create_time > \"12026-01-31T09:00:00Z\"", "`create_time` takes a time"},
      {"create_time > \"0001-01-01T00:00:00+09:00\"", "`create_time` takes a time"},
      {"open = 1", "`open` takes true or false"},
      {"color = BLUE", "`color` takes one of COLOR_UNSPECIFIED, RED, GREEN"},
      {"color > RED", "`color` has no order: only = and != are allowed"},
      {"team = customers/00000000000000000000000000", "`team` takes a name, as in teams/"},
      {"tags = x", "`tags` is asked with `:`"},
      {"(rank = 1", "expected AND, OR or `)`, found the end"},
      {"rank = 1)", "expected AND, OR or the end, found `)`"},
      {"title = \"open", "at character 9: the string has no end"},
      {"rank = 1; DROP TABLE x", "at character 9: `;` has no meaning here"},
      {"title = \"한빛\" ;", "at character 14: `;` has no meaning here"},
      {"rank = 1 and rank = 2", "expected AND, OR or the end, found `and`"},
  };
  for (const auto& [filter, message] : cases) {
    EXPECT_THAT(Text(filter), HasSubstr(message)) << filter;
    EXPECT_EQ(CompileFilter(filter, Fields()).status().code(), absl::StatusCode::kInvalidArgument) << filter;
  }
}

TEST(Filter, NeitherDepthNorLengthIsUnbounded) {
  EXPECT_THAT(Text(std::string(1000, '(') + "rank = 1" + std::string(1000, ')')),
              HasSubstr("nested too deeply"));
  EXPECT_THAT(Text(std::string(5000, ' ')), HasSubstr("longer than"));
  std::string many = "rank = 1";
  for (int i = 0; i < 200; ++i) many += " AND rank = 1";
  EXPECT_THAT(Text(many), HasSubstr("too many"));
}

// A table with indices, and another beside it.
absl::StatusOr<CompiledFilter> Compiled(std::string_view filter, bool searched = true) {
  using Type = FilterField::Type;
  static const auto& fields = *new std::vector<FilterField>{
      {"title", Type::kText, "n.title", nullptr, "", true},
      {"rank", Type::kInteger, "n.rank", nullptr, "", true},
      {"price", Type::kDecimal, "n.price"},
      {"day", Type::kDay, "n.day", nullptr, "", true},
      {"email",
       Type::kText,
       "n.email",
       nullptr,
       "",
       true,
       std::nullopt,
       {},
       [](std::string_view text) {
         return text.find('@') == text.npos ? "" : absl::AsciiStrToLower(std::string(text));
       }},
      {"tags", Type::kMember, "tag = ?", nullptr, "", true, Sql("SELECT note AS id FROM tags WHERE ")},
      {"sizes.width", Type::kInteger, "width", nullptr, "", true,
       Sql("SELECT note AS id FROM sizes WHERE side = ? AND ", {"left"})},
  };
  return CompileFilter(filter, fields, {"n.id", "SELECT n.id AS id FROM n WHERE ", searched});
}

TEST(IndexedFilter, ValuesInAnotherTableAreAskedThere) {
  EXPECT_EQ(Compiled("tags:x")->condition.text(), "((n.id IN (SELECT note AS id FROM tags WHERE tag = ?)))");
  const auto width = Compiled("sizes.width >= 3");
  EXPECT_EQ(width->condition.text(),
            "((n.id IN (SELECT note AS id FROM sizes WHERE side = ? AND width >= ?)))");
  EXPECT_EQ(std::get<std::string>(width->condition.parameters()[0].value()), "left");
  EXPECT_EQ(std::get<int64_t>(width->condition.parameters()[1].value()), 3);
  EXPECT_EQ(Compiled("sizes.width != 3")->condition.text(),
            "((NOT (n.id IN (SELECT note AS id FROM sizes WHERE side = ? AND width <=> ?))))");
  EXPECT_EQ(Compiled("tags:*")->condition.text(), "((n.id IN (SELECT note AS id FROM tags WHERE 1 = 1)))");
}

TEST(IndexedFilter, ColumnsMayHoldAValueInAnotherForm) {
  const auto email = [](std::string_view filter) { return Compiled(filter)->condition.parameters()[0]; };
  EXPECT_EQ(std::get<std::string>(email("email = \"A@B.com\"").value()), "a@b.com");
  EXPECT_EQ(std::get<std::string>(email("email = \"A@*\"").value()), "a@%");
  EXPECT_EQ(std::get<std::string>(email("email = \"*\"").value()), "%");
  const absl::Status status = Compiled("email = \"no address\"").status();
  EXPECT_THAT(std::string(status.message()), HasSubstr("`email` never is `no address`"));
}

TEST(IndexedFilter, AnOrThatReachesIntoAnotherTableIsAUnion) {
  EXPECT_EQ(Compiled("rank = 1 OR rank = 2")->condition.text(), "((n.rank <=> ? OR n.rank <=> ?))");
  const auto either = Compiled("rank = 1 OR tags:x");
  EXPECT_EQ(either->condition.text(),
            "(n.id IN (SELECT id FROM (SELECT n.id AS id FROM n WHERE n.rank <=> ? UNION SELECT note AS id "
            "FROM tags "
            "WHERE tag = ?) AS either))");
  EXPECT_EQ(either->condition.parameters().size(), 2);
  EXPECT_EQ(either->unindexed, "");
  EXPECT_EQ(Compiled("rank = 1 OR tags:x", false)->condition.text(),
            "((n.rank <=> ? OR n.id IN (SELECT note AS id FROM tags WHERE tag = ?)))");
}

TEST(IndexedFilter, SaysWhatKeepsItFromAnIndex) {
  for (const char* served :
       {"", "title = a", "title = \"a*\"", "rank > 3", "price > 3 AND rank = 1", "day = 2026-01-31",
        "tags:a OR title = b", "(price = 1 AND tags:a) OR rank = 2", "NOT price = 1 AND rank = 2"}) {
    EXPECT_EQ(Compiled(served)->unindexed, "") << served;
  }
  EXPECT_THAT(Compiled("price > 3")->unindexed, HasSubstr("`price`"));
  EXPECT_THAT(Compiled("title = \"*a\"")->unindexed, HasSubstr("in front"));
  EXPECT_THAT(Compiled("rank != 3")->unindexed, HasSubstr("!="));
  EXPECT_THAT(Compiled("NOT rank = 3")->unindexed, HasSubstr("NOT"));
  EXPECT_THAT(Compiled("title:*")->unindexed, HasSubstr("`title:*`"));
  EXPECT_THAT(Compiled("tags:a OR price = 3")->unindexed, HasSubstr("`price`"));
  EXPECT_THAT(Compiled("(tags:a OR price = 3) AND NOT rank = 1")->unindexed, HasSubstr("`price`"));
}

TEST(IndexedFilter, DaysAreDays) {
  EXPECT_TRUE(Compiled("day >= 2026-02-28").ok());
  EXPECT_FALSE(Compiled("day = 2026-02-30").ok());
  EXPECT_FALSE(Compiled("day = 12026-01-1").ok());
  EXPECT_FALSE(Compiled("day = 2026-02-28T00:00:00Z").ok());
}

}  // namespace
}  // namespace servicekit
