#ifndef CLIENTELE_CLI_CONNECTION_GATEWAY_H_
#define CLIENTELE_CLI_CONNECTION_GATEWAY_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "grpcpp/grpcpp.h"

namespace clientele::cli {

struct GatewayOptions {
  // `host:port`, with `https://` or `http://` before it when it is to be with or without TLS. By itself it is
  // with TLS unless the host is this machine: a token is not sent over a network for all to read.
  std::string address = "127.0.0.1:8080";
  std::string ca_file;     // Certificates (PEM) that the gateway's must be signed by; empty: the system's.
  std::string token_file;  // Empty: the development sign-in.
};

struct Endpoint {
  std::string target;  // As gRPC takes it.
  bool tls;
};
Endpoint EndpointOf(const std::string& address);

// The way to the services: every call goes through the gateway, with a token.
class Gateway {
 public:
  explicit Gateway(GatewayOptions options);

  const std::shared_ptr<grpc::Channel>& channel() const { return channel_; }
  const std::string& address() const { return options_.address; }

  // Puts deadline and token into a call's context; signs in at the first call, and again when the token runs
  // out or `renew` says that it was refused.
  absl::Status Prepare(grpc::ClientContext* context, absl::Duration timeout, bool renew = false);
  // An error that says at once that there is no gateway, or no way in, before any work is done.
  absl::Status CheckSignedIn();

  // `gateway.Call<customer::v1::CustomerService>(&…::Stub::GetCustomer, request)`.
  template <typename Service, typename Request, typename Response>
  absl::StatusOr<Response> Call(grpc::Status (Service::Stub::*method)(grpc::ClientContext*, const Request&,
                                                                      Response*),
                                const Request& request) {
    grpc::ClientContext context;
    if (absl::Status prepared = Prepare(&context, kCallTimeout); !prepared.ok()) return prepared;
    Response response;
    const grpc::Status status = (Service::NewStub(channel_).get()->*method)(&context, request, &response);
    if (!status.ok()) return ToStatus(status);
    return response;
  }

  // With what the details say of fields and requirements.
  static absl::Status ToStatus(const grpc::Status& status);
  // Nobody listens at the address.
  static bool IsUnreachable(const absl::Status& status);
  // In a few words, for a line about trying again.
  static std::string Why(const absl::Status& status);
  // For people: what happened, and what to do next.
  std::string Explain(const absl::Status& status) const;

 private:
  static constexpr absl::Duration kCallTimeout = absl::Seconds(60);

  absl::Status SignIn();
  absl::Status ReadTokenFile();

  const GatewayOptions options_;
  absl::Status problem_;  // What is wrong with the options: told by the first call.
  std::shared_ptr<grpc::Channel> channel_;
  std::string token_;
  absl::Time expires_ = absl::InfinitePast();
};

}  // namespace clientele::cli

#endif  // CLIENTELE_CLI_CONNECTION_GATEWAY_H_
