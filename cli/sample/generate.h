#ifndef CLIENTELE_CLI_SAMPLE_GENERATE_H_
#define CLIENTELE_CLI_SAMPLE_GENERATE_H_

#include <functional>
#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "cli/sample/company.h"

namespace clientele::cli {

// Writes a sample company into `folder` as the CSV files with default columns that `import` takes: the same
// bytes for the same options, customer by customer, in memory that does not grow with their number.
// `progress` hears of customers written. Returns the rows of each file.
absl::StatusOr<std::map<std::string, int64_t>> GenerateSample(const std::string& folder,
                                                              const SampleOptions& options,
                                                              const std::function<void(int64_t)>& progress);

}  // namespace clientele::cli

#endif  // CLIENTELE_CLI_SAMPLE_GENERATE_H_
