#include "servicekit/rpc/field_mask.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include "echo.pb.h"
#include "servicekit/types/error.h"

namespace servicekit {
namespace {

using echo::Note;
using ::testing::HasSubstr;

Note Parse(const std::string& text) {
  Note note;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &note));
  return note;
}

Note Stored() {
  return Parse(
      R"(name: "notes/1" title: "old" body: "old body" tags: "a" tags: "b" size { width: 1 height: 2 }
                  create_time { seconds: 5 } author: "kim" etag: "\"1\"" labels { key: "k" value: "v" } rank: 3)");
}

std::string Applied(const std::vector<std::string>& paths, const std::string& change) {
  google::protobuf::FieldMask mask;
  for (const std::string& path : paths) mask.add_paths(path);
  Note note = Stored();
  const absl::Status status = ApplyMask(mask, Parse(change), &note);
  if (!status.ok()) {
    EXPECT_EQ(GetFieldViolations(status).front().field, "update_mask");
    return std::string(status.message());
  }
  std::string difference;
  google::protobuf::util::MessageDifferencer differencer;
  differencer.ReportDifferencesToString(&difference);
  differencer.Compare(Stored(), note);
  return difference;
}

TEST(ApplyMask, ChangesWhatItNames) {
  EXPECT_EQ(Applied({"title"}, R"(title: "new" body: "ignored")"), "modified: title: \"old\" -> \"new\"\n");
  EXPECT_EQ(Applied({"body"}, R"()"), "deleted: body: \"old body\"\n");
  EXPECT_EQ(Applied({"size.width"}, R"(size { width: 9 height: 9 })"), "modified: size.width: 1 -> 9\n");
  EXPECT_EQ(Applied({"tags"}, R"(tags: "c")"),
            "modified: tags[0]: \"a\" -> \"c\"\ndeleted: tags[1]: \"b\"\n");
  EXPECT_EQ(Applied({"rank"}, ""), "deleted: rank: 3\n");
  EXPECT_THAT(Applied({"labels"}, R"(labels { key: "x" value: "y" })"), HasSubstr("labels"));
}

TEST(ApplyMask, WithoutPathsTakesWhatIsSet) {
  EXPECT_EQ(Applied({}, R"(title: "new" size { width: 1 height: 2 })"),
            "modified: title: \"old\" -> \"new\"\n");
}

TEST(ApplyMask, StarReplacesAllButTheServersFields) {
  EXPECT_EQ(
      Applied({"*"}, R"(title: "old" body: "old body" tags: "a" tags: "b" labels { key: "k" value: "v" })"),
      "deleted: size: { width: 1 height: 2 }\ndeleted: rank: 3\n");
}

TEST(ApplyMask, TheServersFieldsAreIgnored) {
  EXPECT_EQ(
      Applied({"create_time", "name", "etag"}, R"(name: "notes/2" etag: "\"9\"" create_time { seconds: 9 })"),
      "");
  EXPECT_EQ(Applied({}, R"(name: "notes/2" etag: "\"9\"" create_time { seconds: 9 })"), "");
}

TEST(ApplyMask, AnImmutableFieldMayBeRepeatedNotChanged) {
  EXPECT_EQ(Applied({"author"}, R"(author: "kim")"), "");
  EXPECT_EQ(Applied({"author"}, R"(author: "lee")"), "update_mask: `author` cannot be changed");
  EXPECT_EQ(Applied({}, R"(author: "lee")"), "update_mask: `author` cannot be changed");
}

TEST(ApplyMask, APathThatDoesNotExistIsNamed) {
  EXPECT_EQ(Applied({"titel"}, ""), "update_mask: `titel` is no field of Note");
  EXPECT_EQ(Applied({"size.depth"}, ""), "update_mask: `size.depth` is no field of Size");
  EXPECT_THAT(Applied({"tags.first"}, ""), HasSubstr("`tags.first` goes into `tags`"));
  EXPECT_THAT(Applied({"labels.k"}, ""), HasSubstr("`labels.k` goes into `labels`"));
  EXPECT_THAT(Applied({"title.x"}, ""), HasSubstr("`title.x` goes into `title`"));
  EXPECT_THAT(Applied({"*", "title"}, ""), HasSubstr("`*` stands alone"));
  EXPECT_THAT(Applied({""}, ""), HasSubstr("is no field"));
}

TEST(ClearOutputOnly, LeavesTheRest) {
  Note note = Stored();
  ClearOutputOnly(&note);
  EXPECT_FALSE(note.has_create_time());
  EXPECT_EQ(note.author(), "kim");
}

}  // namespace
}  // namespace servicekit
