#ifndef LIFECYCLE_SVC_RPC_STREAM_RPC_H_
#define LIFECYCLE_SVC_RPC_STREAM_RPC_H_

#include "clientele/lifecycle/v1/import_service.grpc.pb.h"
#include "clientele/lifecycle/v1/lifecycle_feed.grpc.pb.h"
#include "lifecycle-svc/operations/operations.h"
#include "lifecycle-svc/rpc/calls.h"

namespace clientele::lifecycle {

class ImportRpc final : public v1::LifecycleImportService::CallbackService {
 public:
  explicit ImportRpc(Backend backend) : backend_(backend) {}

  grpc::ServerBidiReactor<v1::ImportRecordsRequest, v1::ImportRecordsResponse>* ImportRecords(
      grpc::CallbackServerContext* context) override {
    return servicekit::ServeEach<v1::ImportRecordsRequest, v1::ImportRecordsResponse>(
        backend_.executor, context, [this](const CallContext& call, const v1::ImportRecordsRequest& request) {
          return lifecycle::ImportRecords(backend_.environment, call, request);
        });
  }

 private:
  const Backend backend_;
};

class FeedRpc final : public v1::LifecycleFeedService::CallbackService {
 public:
  explicit FeedRpc(Backend backend) : backend_(backend) {}

  grpc::ServerWriteReactor<type::v1::ReadFeedResponse>* ReadFeed(
      grpc::CallbackServerContext* context, const type::v1::ReadFeedRequest* request) override {
    return backend_.environment.feed.Read(backend_.executor, context, request);
  }

 private:
  const Backend backend_;
};

}  // namespace clientele::lifecycle

#endif  // LIFECYCLE_SVC_RPC_STREAM_RPC_H_
