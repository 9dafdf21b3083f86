#ifndef CLIENTELE_CLI_IMPORT_JSON_LINES_H_
#define CLIENTELE_CLI_IMPORT_JSON_LINES_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "cli/import/record_source.h"

namespace clientele::cli {

// A file with a record a line, as `export --format jsonl` writes it: an ImportRecord in the form that the
// HTTP interface has. A source for each kind that the file has, in the order in which kinds depend on each
// other; what is no record comes with the first of them, as rejected. Only where each line begins is kept in
// memory. NOT_FOUND.
absl::StatusOr<std::vector<std::unique_ptr<RecordSource>>> OpenJsonLines(const std::string& path);

}  // namespace clientele::cli

#endif  // CLIENTELE_CLI_IMPORT_JSON_LINES_H_
