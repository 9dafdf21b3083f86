#include "cli/import/import_stream.h"

#include <utility>

#include "absl/strings/str_join.h"
#include "cli/import/change_text.h"
#include "clientele/customer/v1/import_service.grpc.pb.h"
#include "clientele/lifecycle/v1/import_service.grpc.pb.h"

namespace clientele::cli {
namespace {

template <typename Service, typename Request, typename Response>
class GrpcImportStream : public ImportStream {
 public:
  static absl::StatusOr<std::unique_ptr<ImportStream>> Open(const std::shared_ptr<grpc::Channel>& channel,
                                                            const PrepareContext& prepare, bool renew) {
    std::unique_ptr<GrpcImportStream> stream(new GrpcImportStream);
    if (absl::Status prepared = prepare(&stream->context_, renew); !prepared.ok()) return prepared;
    stream->stub_ = Service::NewStub(channel);
    stream->call_ = stream->stub_->ImportRecords(&stream->context_);
    return stream;
  }

  bool Write(const google::protobuf::Message& request) override {
    return call_->Write(static_cast<const Request&>(request));
  }
  bool Read(std::vector<type::v1::ImportResult>* results) override {
    Response response;
    if (!call_->Read(&response)) return false;
    if constexpr (requires { response.changes(); }) {
      changes_.clear();
      for (const auto& change : response.changes()) {
        std::vector<std::string> fields;
        for (const auto& field : change.fields()) fields.push_back(ChangeText(field));
        changes_.emplace_back(change.row(), absl::StrJoin(fields, "; "));
      }
    }
    results->assign(std::make_move_iterator(response.mutable_results()->begin()),
                    std::make_move_iterator(response.mutable_results()->end()));
    return true;
  }
  std::vector<std::pair<int64_t, std::string>> TakeChanges() override { return std::exchange(changes_, {}); }
  void WritesDone() override { call_->WritesDone(); }
  void Cancel() override { context_.TryCancel(); }
  grpc::Status Finish() override { return call_->Finish(); }

 private:
  GrpcImportStream() = default;

  std::vector<std::pair<int64_t, std::string>> changes_;
  grpc::ClientContext context_;
  std::unique_ptr<typename Service::Stub> stub_;
  std::unique_ptr<grpc::ClientReaderWriter<Request, Response>> call_;
};

}  // namespace

OpenImportStream ImportStreamsOver(std::shared_ptr<grpc::Channel> channel, PrepareContext prepare) {
  return [channel = std::move(channel), prepare = std::move(prepare)](
             ImportService service, bool renew) -> absl::StatusOr<std::unique_ptr<ImportStream>> {
    if (service == ImportService::kCustomer) {
      return GrpcImportStream<customer::v1::CustomerImportService, customer::v1::ImportRecordsRequest,
                              customer::v1::ImportRecordsResponse>::Open(channel, prepare, renew);
    }
    return GrpcImportStream<lifecycle::v1::LifecycleImportService, lifecycle::v1::ImportRecordsRequest,
                            lifecycle::v1::ImportRecordsResponse>::Open(channel, prepare, renew);
  };
}

std::unique_ptr<google::protobuf::Message> NewImportRequest(ImportService service) {
  if (service == ImportService::kCustomer) return std::make_unique<customer::v1::ImportRecordsRequest>();
  return std::make_unique<lifecycle::v1::ImportRecordsRequest>();
}

}  // namespace clientele::cli
