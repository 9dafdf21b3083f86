#include "cli/import/csv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <random>

#include "servicekit/types/utf8.h"

namespace clientele::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<CsvRow> Read(std::string_view text, const CsvFormat& format = {}) {
  const std::string path = testing::TempDir() + "/quirks.csv";
  std::ofstream(path, std::ios::binary) << text;
  auto reader = CsvReader::Open(path, format);
  EXPECT_TRUE(reader.ok()) << reader.status();
  std::vector<CsvRow> rows;
  CsvRow row;
  while ((*reader)->Next(&row)) rows.push_back(row);
  return rows;
}

TEST(Csv, QuotesCommasAndLineBreaks) {
  const auto rows = Read("name,note\r\n\"Kim, Lee \"\"Co\"\"\",\"two\nlines\"\r\n\r\nlast,row");
  ASSERT_EQ(rows.size(), 3u);
  EXPECT_THAT(rows[1].fields, ElementsAre("Kim, Lee \"Co\"", "two\nlines"));
  EXPECT_EQ(rows[1].line, 2);
  EXPECT_THAT(rows[2].fields, ElementsAre("last", "row"));
  EXPECT_EQ(rows[2].line, 5);
}

TEST(Csv, ByteOrderMarkIsNotPartOfTheFirstName) {
  EXPECT_THAT(Read("\xEF\xBB\xBFname,x\na,b\n")[0].fields, ElementsAre("name", "x"));
}

TEST(Csv, OtherDelimitersAndEmptyFields) {
  EXPECT_THAT(Read("a;;c\n", {.delimiter = ';'})[0].fields, ElementsAre("a", "", "c"));
  EXPECT_THAT(Read("a\t\tc\n", {.delimiter = '\t'})[0].fields, ElementsAre("a", "", "c"));
}

TEST(Csv, WhitespaceSeparated) {
  EXPECT_THAT(Read(" 00004 0001 19970101  2   29.33\r\n", {.whitespace = true})[0].fields,
              ElementsAre("00004", "0001", "19970101", "2", "29.33"));
}

TEST(Csv, MalformedRowCostsThatRowAlone) {
  const auto rows = Read("a,b\n\"x\"y,1\nc,d\n");
  ASSERT_EQ(rows.size(), 3u);
  EXPECT_THAT(rows[1].error, HasSubstr("quote"));
  EXPECT_EQ(rows[1].line, 2);
  EXPECT_THAT(rows[1].fields, ElementsAre("\"x\"y,1"));
  EXPECT_THAT(rows[2].fields, ElementsAre("c", "d"));
  EXPECT_EQ(rows[2].line, 3);
}

TEST(Csv, UnclosedQuoteIsReportedWhereItBegan) {
  const auto rows = Read("a,b\n\"x,1\nc,d\n");
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_THAT(rows[1].error, HasSubstr("not closed"));
  EXPECT_EQ(rows[1].line, 2);
}

TEST(Csv, KoreanInUtf8AndCp949) {
  EXPECT_THAT(Read("홍길동,한빛전자\n")[0].fields, ElementsAre("홍길동", "한빛전자"));
  EXPECT_THAT(Read("\xC8\xAB\xB1\xE6\xB5\xBF,1\n", {.encoding = "CP949"})[0].fields,
              ElementsAre("홍길동", "1"));
  EXPECT_THAT(Read("\xC8\xAB\xB1\xE6\xB5\xBF,1\n")[0].error, HasSubstr("encoding"));
}

TEST(Csv, FilesThatCannotBeReadSayWhatToDo) {
  EXPECT_TRUE(absl::IsNotFound(CsvReader::Open("/no/such.csv", {}).status()));
  EXPECT_THAT(CsvReader::Open("/no/such.csv", {.encoding = "KLINGON"}).status().ToString(),
              HasSubstr("iconv --list"));
  EXPECT_THAT(Read(""), IsEmpty());
}

// What a spreadsheet would calculate is marked as text, and read as it was.
TEST(Csv, FormulasAreTextAndComeBack) {
  const std::vector<std::string> cells = {
      "=HYPERLINK(\"http://x\")", "@SUM(1)", "+cmd", "-(2+3)", "\tx", "'=1", "''=1"};
  std::vector<std::string> marked;
  for (const std::string& cell : cells) {
    marked.push_back(AsText(cell));
    EXPECT_EQ(marked.back(), "'" + cell);
  }
  EXPECT_THAT(Read(ToCsvLine(marked) + "\n")[0].fields, testing::ElementsAreArray(cells));
  const std::vector<std::string> plain = {"+82-2-123-4567", "-5", "-", "'98 project", "한빛=", ""};
  for (const std::string& cell : plain) EXPECT_EQ(AsText(cell), cell);
  EXPECT_THAT(Read(ToCsvLine(plain) + "\n")[0].fields, testing::ElementsAreArray(plain));
}

TEST(Csv, LinesAreQuotedOnlyWhereNeeded) {
  EXPECT_EQ(ToCsvLine({"a", "b,c", "say \"x\"", "", "홍"}), "a,\"b,c\",\"say \"\"x\"\"\",,홍");
  EXPECT_EQ(ToCsvLine({"", "x"}), ",x");
}

// Bytes of any kind: the reader comes to the end, and every field is UTF-8.
TEST(Csv, WhateverTheBytesFieldsAreUtf8AndRowsComeToAnEnd) {
  const std::string seed =
      "name,note\r\n\"Kim, Lee \"\"Co\"\"\",\"two\nlines\"\n한빛,\xED\x95\x9C\n,,\nlast;row\n";
  std::mt19937_64 random(5);
  for (int round = 0; round < 3000; ++round) {
    std::string text = seed;
    for (size_t changes = 1 + random() % 6; changes > 0; --changes) {
      const size_t at = random() % (text.size() + 1);
      switch (random() % 3) {
        case 0:
          text.insert(at, 1, static_cast<char>(random() % 256));
          break;
        case 1:
          text.erase(at, 1 + random() % 6);
          break;
        default:
          text.insert(at, 1, "\",\n\r;\t\xFF"[random() % 7]);
      }
    }
    CsvFormat format;
    if (round % 3 == 1) format.delimiter = ';';
    if (round % 3 == 2) format.whitespace = true;
    const std::vector<CsvRow> rows = Read(text, format);
    EXPECT_LE(rows.size(), text.size() + 1);
    for (const CsvRow& row : rows) {
      EXPECT_GT(row.line, 0);
      for (const std::string& field : row.fields) EXPECT_TRUE(servicekit::IsUtf8(field)) << text;
    }
  }
}

}  // namespace
}  // namespace clientele::cli
