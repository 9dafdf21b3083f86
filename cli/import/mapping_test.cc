#include "cli/import/mapping.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "cli/import/field_writer.h"
#include "cli/import/record_reader.h"

namespace clientele::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;

std::string Write(const std::string& name, std::string_view text) {
  const std::string path = testing::TempDir() + "/" + name;
  std::ofstream(path) << text;
  return path;
}

std::string ErrorOf(std::string_view yaml) {
  return LoadMapping(Write("wrong.yaml", yaml)).status().ToString();
}

TEST(Mapping, EveryPathLeadsToAField) {
  for (const Kind& kind : Kinds()) {
    const auto* record = ImportRecordOf(kind.service)->FindFieldByName(std::string(kind.name));
    ASSERT_NE(record, nullptr) << kind.name;
    for (const Field& field : kind.fields) FieldWriter(record->message_type(), field.path);  // Aborts if not.
  }
}

TEST(Mapping, UnknownKeysNameLineAndWhatIsAllowed) {
  EXPECT_THAT(ErrorOf("system: x\nrecords:\n  - kind: customer\n    fiels: {}\n"),
              AllOf(HasSubstr("wrong.yaml:4: `fiels` is not known"), HasSubstr("did you mean `fields`?")));
  EXPECT_THAT(ErrorOf("records:\n  - kind: custommer\n"),
              AllOf(HasSubstr(":2: kind `custommer`"), HasSubstr("did you mean `customer`?")));
  EXPECT_THAT(ErrorOf("records:\n  - kind: team\n    fields:\n      external_id: a\n      nam: b\n"),
              AllOf(HasSubstr(":5: `nam` is not known in a team"), HasSubstr("`name`")));
}

TEST(Mapping, MistakesAreToldInWords) {
  EXPECT_THAT(ErrorOf("system: x\n"), HasSubstr("`records` is missing"));
  EXPECT_THAT(ErrorOf("records: [\n"), HasSubstr("is not YAML"));
  EXPECT_THAT(ErrorOf("records:\n  - kind: team\n    fields: {external_id: a}\n"),
              HasSubstr("needs the field `name`"));
  EXPECT_THAT(
      ErrorOf("records:\n  - kind: team\n    fields: {external_id: a, name: {value: x, column: y}}\n"),
      HasSubstr("one of `column`"));
  EXPECT_THAT(ErrorOf("records:\n  - kind: team\n    fields: {external_id: a, name: {text: 'x {y'}}\n"),
              HasSubstr("brace is not closed"));
  EXPECT_THAT(ErrorOf("time_zone: Mars/Base\nrecords: []\n"), HasSubstr("like Asia/Seoul"));
  EXPECT_THAT(
      ErrorOf("records:\n  - kind: team\n    delimiter: abc\n    fields: {external_id: a, name: b}\n"),
      HasSubstr("whitespace"));
  EXPECT_TRUE(absl::IsNotFound(LoadMapping("/no/mapping.yaml").status()));
}

TEST(Mapping, MissingColumnNamesTheLineAndTheColumnsThereAre) {
  Write("accounts.csv", "account,sector\nA,b\n");
  const auto mapping =
      LoadMapping(Write("columns.yaml",
                        "records:\n  - kind: customer\n    file: accounts.csv\n    fields:\n"
                        "      external_id: acount\n      name: account\n      type: {value: PERSON}\n"));
  ASSERT_TRUE(mapping.ok()) << mapping.status();
  const auto reader = RecordReader::Open(testing::TempDir(), mapping->path, mapping->records[0]);
  EXPECT_THAT(reader.status().ToString(),
              AllOf(HasSubstr("columns.yaml:5: accounts.csv has no column `acount`"),
                    HasSubstr("did you mean `account`? Allowed: account, sector")));
}

TEST(Mapping, ShippedMappingsLoad) {
  for (const char* name : {"crm_sales_opportunities", "cdnow"}) {
    const auto mapping = LoadMapping(std::string(CLIENTELE_SOURCE_DIR) + "/cli/mappings/" + name + ".yaml");
    EXPECT_TRUE(mapping.ok()) << mapping.status();
  }
}

TEST(Mapping, FolderWithoutAnythingSaysWhatItCouldHave) {
  const std::string folder = testing::TempDir() + "/empty";
  std::filesystem::create_directories(folder);
  EXPECT_THAT(MappingFor(folder, "").status().ToString(),
              AllOf(HasSubstr("customers.csv"), HasSubstr("--mapping")));
  EXPECT_THAT(MappingFor("/no/folder", "").status().ToString(), HasSubstr("neither a folder"));
}

}  // namespace
}  // namespace clientele::cli
