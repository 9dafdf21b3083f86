#ifndef SERVICEKIT_TESTING_IN_PROCESS_SERVER_H_
#define SERVICEKIT_TESTING_IN_PROCESS_SERVER_H_

#include <initializer_list>
#include <memory>

#include <grpcpp/grpcpp.h>

namespace servicekit {

// A real gRPC server for some services, reached over a channel in the same process.
class InProcessServer {
 public:
  explicit InProcessServer(std::initializer_list<grpc::Service*> services) {
    grpc::ServerBuilder builder;
    for (grpc::Service* service : services) builder.RegisterService(service);
    server_ = builder.BuildAndStart();
    channel_ = server_->InProcessChannel({});
  }
  ~InProcessServer() {
    channel_.reset();
    server_->Shutdown(std::chrono::system_clock::now() + std::chrono::seconds(1));
    server_->Wait();
  }
  InProcessServer(const InProcessServer&) = delete;
  InProcessServer& operator=(const InProcessServer&) = delete;

  const std::shared_ptr<grpc::Channel>& channel() const { return channel_; }

 private:
  std::unique_ptr<grpc::Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
};

}  // namespace servicekit

#endif  // SERVICEKIT_TESTING_IN_PROCESS_SERVER_H_
