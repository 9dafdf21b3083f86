#ifndef CLIENTELE_CLI_IMPORT_RUN_H_
#define CLIENTELE_CLI_IMPORT_RUN_H_

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "cli/import/importer.h"
#include "cli/import/mapping.h"

namespace clientele::cli {

struct ImportProgress {
  int64_t bytes_read = 0, bytes_total = 0;
  int64_t records_read = 0, records_answered = 0;
  const Kind* kind = nullptr;  // Being read.
};

// Reads the folder by the mapping and sends what can be used, in the order in which records depend on each
// other. Mistakes in the mapping are found before anything is sent. Without `open` nothing is sent (a dry
// run).
absl::Status RunImport(const std::string& folder, const Mapping& mapping, const OpenImportStream& open,
                       const ImportOptions& options, ImportReport* report,
                       const std::function<void(const ImportProgress&)>& on_progress);

}  // namespace clientele::cli

#endif  // CLIENTELE_CLI_IMPORT_RUN_H_
