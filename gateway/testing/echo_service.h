#ifndef GATEWAY_TESTING_ECHO_SERVICE_H_
#define GATEWAY_TESTING_ECHO_SERVICE_H_

#include <memory>
#include <string>

#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "gateway/testing/echo.grpc.pb.h"

namespace clientele::gateway::testing {

// A service behind the gateway, in this process.
class EchoServer final : private EchoService::Service {
 public:
  EchoServer() {
    grpc::EnableDefaultHealthCheckService(true);
    grpc::ServerBuilder builder;
    builder.SetMaxReceiveMessageSize(-1);
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
  }
  ~EchoServer() override {
    server_->Shutdown(std::chrono::system_clock::now());
    server_->Wait();
  }

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
    response->set_name(request->name());
    Describe(context, response);
    return grpc::Status::OK;
  }
  grpc::Status CreateThing(grpc::ServerContext*, const CreateThingRequest* request,
                           Thing* response) override {
    *response = request->thing();
    response->set_name(request->parent());
    return grpc::Status::OK;
  }
  grpc::Status UpdateThing(grpc::ServerContext*, const UpdateThingRequest* request,
                           Thing* response) override {
    *response->mutable_inner() = request->thing();
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
  grpc::Status Fail(grpc::ServerContext*, const FailRequest* request, Thing*) override {
    return {static_cast<grpc::StatusCode>(request->code()), request->message(), request->details()};
  }
  grpc::Status Count(grpc::ServerContext* context, const CountRequest* request,
                     grpc::ServerWriter<Thing>* writer) override {
    Thing thing;
    thing.set_data(std::string(static_cast<size_t>(request->size()), 'x'));
    for (int64_t i = 1; i <= request->to(); ++i) {
      thing.set_big(i);
      if (!writer->Write(thing)) return grpc::Status::CANCELLED;
    }
    if (request->wait()) {
      waiting.Notify();
      while (!context->IsCancelled()) absl::SleepFor(absl::Milliseconds(1));
      cancelled.Notify();
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

  std::unique_ptr<grpc::Server> server_;
};

}  // namespace clientele::gateway::testing

#endif  // GATEWAY_TESTING_ECHO_SERVICE_H_
