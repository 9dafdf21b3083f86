#ifndef GATEWAY_TESTING_ECHO_SERVICE_H_
#define GATEWAY_TESTING_ECHO_SERVICE_H_

#include <algorithm>
#include <atomic>
#include <memory>
#include <string>

#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "gateway/testing/echo.grpc.pb.h"
#include "servicekit/rpc/status.h"
#include "servicekit/types/error.h"

namespace clientele::gateway::testing {

// A service behind the gateway, in this process.
class EchoServer final : private EchoService::Service {
 public:
  // Listens on a free port of loopback too, or on `port`: one replica among others.
  explicit EchoServer(int port = 0, const std::shared_ptr<grpc::ServerCredentials>& credentials =
                                        grpc::InsecureServerCredentials()) {
    grpc::EnableDefaultHealthCheckService(true);
    grpc::ServerBuilder builder;
    builder.AddListeningPort(absl::StrCat("127.0.0.1:", port), credentials, &port_);
    builder.SetMaxReceiveMessageSize(-1);
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
  }
  ~EchoServer() override { Kill(); }

  // Cuts off what is in work, as a process that dies does.
  void Kill() {
    server_->Shutdown(std::chrono::system_clock::now());
    server_->Wait();
  }
  std::string address() const { return absl::StrCat("127.0.0.1:", port_); }
  int port() const { return port_; }
  // Calls that were answered.
  int calls() const { return calls_; }

  std::shared_ptr<grpc::Channel> channel() {
    grpc::ChannelArguments arguments;
    arguments.SetMaxReceiveMessageSize(-1);
    return server_->InProcessChannel(arguments);
  }
  void SetReady(bool ready) { server_->GetHealthCheckService()->SetServingStatus(ready); }

  absl::Notification waiting;    // A Count that waits has sent what it had.
  absl::Notification cancelled;  // A Count that waited was cancelled.

 private:
  static void Describe(grpc::ServerContext* context, Thing* thing) {
    for (const auto& [key, value] : context->client_metadata()) {
      // Binary values would not be UTF-8.
      const std::string text = absl::CEscape(std::string(value.data(), value.size()));
      thing->add_metadata(absl::StrCat(std::string(key.data(), key.size()), ": ", text));
    }
  }

  grpc::Status GetThing(grpc::ServerContext* context, const GetThingRequest* request,
                        Thing* response) override {
    ++calls_;
    response->set_name(request->name());
    response->set_etag("\"1\"");
    Describe(context, response);
    return grpc::Status::OK;
  }
  grpc::Status CreateThing(grpc::ServerContext*, const CreateThingRequest* request,
                           Thing* response) override {
    *response = request->thing();
    response->set_name(request->parent());
    response->add_metadata("request_id: " + request->request_id());
    return grpc::Status::OK;
  }
  grpc::Status UpdateThing(grpc::ServerContext*, const UpdateThingRequest* request,
                           Thing* response) override {
    *response->mutable_inner() = request->thing();
    if (request->has_update_mask()) *response->mutable_inner()->mutable_mask() = request->update_mask();
    response->mutable_inner()->set_etag("\"7\"");
    response->mutable_inner()->add_metadata("request_id: " + request->request_id());
    return grpc::Status::OK;
  }
  grpc::Status Echo(grpc::ServerContext* context, const Thing* request, Thing* response) override {
    *response = *request;
    Describe(context, response);
    // How much time is left, in milliseconds.
    response->set_big(std::chrono::duration_cast<std::chrono::milliseconds>(context->deadline() -
                                                                            std::chrono::system_clock::now())
                          .count());
    context->AddTrailingMetadata("x-trailer", "t");
    context->AddTrailingMetadata("x-trailer-bin", std::string("\0\xff", 2));
    return grpc::Status::OK;
  }
  grpc::Status Rename(grpc::ServerContext*, const RenameRequest* request, Thing* response) override {
    if (!request->etag().empty() && request->etag() != "\"1\"") {
      return servicekit::ToGrpcStatus(
          servicekit::WithReason(absl::AbortedError("the etag is stale"), "STALE_ETAG"));
    }
    ++calls_;
    response->set_name(request->name());
    response->set_display_name(request->display_name());
    response->set_etag("\"2\"");
    response->add_metadata("request_id: " + request->request_id());
    return grpc::Status::OK;
  }
  grpc::Status Sleep(grpc::ServerContext* context, const SleepRequest* request, Thing*) override {
    const absl::Time until = absl::Now() + absl::Milliseconds(request->ms());
    while (absl::Now() < until && !context->IsCancelled()) absl::SleepFor(absl::Milliseconds(1));
    return grpc::Status::OK;
  }
  grpc::Status Fail(grpc::ServerContext*, const FailRequest* request, Thing*) override {
    return {static_cast<grpc::StatusCode>(request->code()), request->message(), request->details()};
  }
  grpc::Status Count(grpc::ServerContext* context, const CountRequest* request,
                     grpc::ServerWriter<Thing>* writer) override {
    Thing thing;
    thing.set_data(std::string(static_cast<size_t>(std::clamp(request->size(), 0, 1 << 20)), 'x'));
    for (int64_t i = 1; i <= request->to(); ++i) {
      thing.set_big(i);
      if (!writer->Write(thing)) return grpc::Status::CANCELLED;
    }
    if (request->wait()) {
      if (!waiting.HasBeenNotified()) waiting.Notify();
      while (!context->IsCancelled()) absl::SleepFor(absl::Milliseconds(1));
      if (!cancelled.HasBeenNotified()) cancelled.Notify();
    }
    return {static_cast<grpc::StatusCode>(request->code()), request->code() == 0 ? "" : "as asked"};
  }
  grpc::Status Sum(grpc::ServerContext*, grpc::ServerReader<Thing>* reader, Thing* response) override {
    Thing thing;
    while (reader->Read(&thing)) response->set_big(response->big() + thing.big());
    return grpc::Status::OK;
  }
  grpc::Status Chat(grpc::ServerContext*, grpc::ServerReaderWriter<Thing, Thing>* stream) override {
    Thing thing;
    while (stream->Read(&thing)) stream->Write(thing);
    return grpc::Status::OK;
  }

  std::atomic<int> calls_ = 0;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace clientele::gateway::testing

#endif  // GATEWAY_TESTING_ECHO_SERVICE_H_
