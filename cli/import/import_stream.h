#ifndef CLIENTELE_CLI_IMPORT_IMPORT_STREAM_H_
#define CLIENTELE_CLI_IMPORT_IMPORT_STREAM_H_

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "cli/import/kinds.h"
#include "clientele/type/v1/reference.pb.h"
#include "google/protobuf/message.h"
#include "grpcpp/grpcpp.h"

namespace clientele::cli {

// One call of a service's ImportRecords. Write and Read may run in two threads.
class ImportStream {
 public:
  virtual ~ImportStream() = default;
  virtual bool Write(const google::protobuf::Message& request) = 0;
  virtual bool Read(std::vector<type::v1::ImportResult>* results) = 0;
  // Of a dry run: what the records of the message that was read last would change, by `row`.
  virtual std::vector<std::pair<int64_t, std::string>> TakeChanges() { return {}; }
  virtual void WritesDone() = 0;
  virtual void Cancel() = 0;
  virtual grpc::Status Finish() = 0;
};

// `renew`: the last call was not authenticated, so a new token is wanted.
using OpenImportStream =
    std::function<absl::StatusOr<std::unique_ptr<ImportStream>>(ImportService, bool renew)>;
// Puts deadline and token into the context of a call.
using PrepareContext = std::function<absl::Status(grpc::ClientContext*, bool renew)>;

OpenImportStream ImportStreamsOver(std::shared_ptr<grpc::Channel> channel, PrepareContext prepare);

// An empty ImportRecordsRequest of the service.
std::unique_ptr<google::protobuf::Message> NewImportRequest(ImportService service);

}  // namespace clientele::cli

#endif  // CLIENTELE_CLI_IMPORT_IMPORT_STREAM_H_
