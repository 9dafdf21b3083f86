#ifndef CLIENTELE_CLI_IMPORT_MAPPING_H_
#define CLIENTELE_CLI_IMPORT_MAPPING_H_

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "cli/import/attributes.h"
#include "cli/import/csv.h"
#include "cli/import/kinds.h"
#include "servicekit/types/money.h"

// How a folder's files become records. cli/README.md tells it by example; cli/mappings/ has real ones.
namespace clientele::cli {

// All of these columns hold one of the values listed for them.
using Conditions = std::map<std::string, std::set<std::string>>;

// Text with columns in it: `{product} for {account}`. A plain column is one piece, a constant another.
struct Template {
  struct Piece {
    bool is_column = false;
    std::string text;
  };
  std::vector<Piece> pieces;
};

struct FieldMapping {
  Template text;
  std::map<std::string, std::string> map;
  std::string fallback;  // `default`: when the text is empty.
  std::string format;
  std::string system;
  std::optional<servicekit::Decimal> times;
  Conditions when;
  int line = 0;  // In the mapping file.
};

struct SkipRule {
  Conditions when;
  std::string reason;
};

struct RecordMapping {
  const Kind* kind = nullptr;
  std::string file;
  CsvFormat format;
  std::vector<std::string> columns;  // Where the file has no header.
  bool distinct = false;             // One record for each different external id.
  Conditions only;                   // Other rows are passed over in silence …
  std::vector<SkipRule> skip;        // … and these are reported as rejected.
  std::string system;
  std::string currency;
  absl::TimeZone time_zone = absl::UTCTimeZone();
  // By column name of kinds.cc; also `currency` and `system`, by row, and `attributes.…` of a customer.
  std::map<std::string, FieldMapping> fields;
  AttributeTypes attributes;  // Those that are defined.
  int line = 0;
};

struct Mapping {
  std::string path;                     // Empty: the default columns.
  std::vector<RecordMapping> records;   // In the order in which they are sent.
  std::vector<std::string> json_lines;  // Paths of files that need no mapping.

  // Whether it names any: then `SetAttributes` must tell which there are.
  bool NamesAttributes() const;
  void SetAttributes(const AttributeTypes& attributes);
};

// INVALID_ARGUMENT as `mapping.yaml:12: …` with what is allowed there.
absl::StatusOr<Mapping> LoadMapping(const std::string& path);
// The documented columns, for the default files that `folder` has, and its records.jsonl. NOT_FOUND when it
// has none.
absl::StatusOr<Mapping> DefaultMapping(const std::string& folder);
// `path` if given, else the folder's `mapping.yaml`, else the default columns. `folder` may also be a file of
// JSON lines.
absl::StatusOr<Mapping> MappingFor(const std::string& folder, const std::string& path);

absl::StatusOr<Template> ParseTemplate(std::string_view text);

}  // namespace clientele::cli

#endif  // CLIENTELE_CLI_IMPORT_MAPPING_H_
