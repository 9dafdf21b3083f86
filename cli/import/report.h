#ifndef CLIENTELE_CLI_IMPORT_REPORT_H_
#define CLIENTELE_CLI_IMPORT_REPORT_H_

#include <array>
#include <cstdint>
#include <fstream>
#include <map>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "cli/import/record_reader.h"
#include "clientele/type/v1/reference.pb.h"

namespace clientele::cli {

struct KindCounts {
  int64_t created = 0, updated = 0, unchanged = 0, rejected = 0;
  int64_t usable = 0;  // Of a dry run, which knows no more.
};

// Thread-safe. Counts by kind, and a CSV file with each row that could not be used: file, line, kind, field,
// reason, row.
class ImportReport {
 public:
  // The file is made with the first rejected row; one from an earlier run is removed.
  explicit ImportReport(std::string rejects_path);

  void Rejected(const Origin& origin, const Rejection& rejection);
  void Usable(const Origin& origin);
  void Answered(const Origin& origin, const type::v1::ImportResult& result);

  // Ordered as Kinds() is.
  std::map<const Kind*, KindCounts> counts() const;
  KindCounts total() const;
  const std::string& rejects_path() const { return rejects_path_; }
  // An error when the file could not be written.
  absl::Status Close();

 private:
  const std::string rejects_path_;
  mutable absl::Mutex mutex_;
  std::ofstream rejects_ ABSL_GUARDED_BY(mutex_);
  std::map<const Kind*, KindCounts> counts_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace clientele::cli

#endif  // CLIENTELE_CLI_IMPORT_REPORT_H_
