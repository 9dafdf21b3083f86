#ifndef CLIENTELE_CLI_IMPORT_IMPORTER_H_
#define CLIENTELE_CLI_IMPORT_IMPORTER_H_

#include <deque>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "cli/import/import_stream.h"
#include "cli/import/record_reader.h"
#include "cli/import/report.h"

namespace clientele::cli {

struct ImportOptions {
  size_t batch_size = 500;
  size_t batch_bytes = 1 << 20;  // Services refuse messages above 4 MiB.
  size_t window = 4;             // Batches on the way, so that the service never waits for us.
  size_t streams = 2;            // At the same time, of kinds of records that customer-svc stores.
  absl::Duration first_pause = absl::Milliseconds(200);
  absl::Duration longest_pause = absl::Seconds(5);
  absl::Duration give_up_after = absl::Minutes(2);  // Without an answer in between.
  std::string customer_import;  // The import that records for customer-svc belong to; may be empty.
  // A dry run: customer-svc says what would change and stores nothing; other services are not asked.
  bool validate_only = false;
  // Ids of custom attributes that a dry run would have made first: their values are not sent.
  std::set<std::string> unmade_attributes;
  std::function<void(const Origin&, const std::string&)> on_change = [](const Origin&, const std::string&) {};
  // Told why a stream broke, and after which pause it is opened again.
  std::function<void(const absl::Status&, absl::Duration)> on_retry = [](const absl::Status&,
                                                                         absl::Duration) {};
};

// Sends records to one service in batches, a few on the way at a time. When the stream breaks, it is opened
// again and what was not answered is sent again: records are matched by external id, so nothing happens
// twice.
class Importer {
 public:
  Importer(ImportService service, OpenImportStream open, const ImportOptions& options, ImportReport* report);
  ~Importer();

  // Non-OK when the import cannot go on.
  absl::Status Send(SourceRecord record);
  // Sends the rest and waits for all answers.
  absl::Status Finish();
  int64_t answered() const;

 private:
  struct Batch {
    std::unique_ptr<google::protobuf::Message> request;
    std::vector<Origin> origins;
    size_t bytes = 0;
  };

  absl::Status SendBatch();
  // Opens a stream and sends again whatever was not answered, until that works or is given up.
  absl::Status Reconnect();
  absl::Status Open(bool renew);
  // OK when it makes sense to try again.
  absl::Status CheckRetry(const absl::Status& failure);
  grpc::Status Close();
  void ReadAnswers(ImportStream* stream);

  const ImportService service_;
  const OpenImportStream open_;
  const ImportOptions options_;
  ImportReport* const report_;

  Batch next_;
  std::unique_ptr<ImportStream> stream_;
  std::thread reader_;
  int failures_ = 0;  // Since the last answer.
  absl::Time failing_since_;
  int64_t answered_at_failure_ = -1;

  mutable absl::Mutex mutex_;
  std::deque<std::shared_ptr<Batch>> on_the_way_ ABSL_GUARDED_BY(mutex_);
  bool ended_ ABSL_GUARDED_BY(mutex_) = false;  // The stream gives no more answers.
  absl::Status wrong_answer_ ABSL_GUARDED_BY(mutex_);
  int64_t answered_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace clientele::cli

#endif  // CLIENTELE_CLI_IMPORT_IMPORTER_H_
