#include "cli/import/import_stream.h"

#include <utility>

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
    results->assign(std::make_move_iterator(response.mutable_results()->begin()),
                    std::make_move_iterator(response.mutable_results()->end()));
    return true;
  }
  void WritesDone() override { call_->WritesDone(); }
  void Cancel() override { context_.TryCancel(); }
  grpc::Status Finish() override { return call_->Finish(); }

 private:
  GrpcImportStream() = default;

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
