#ifndef GATEWAY_SERVER_GATEWAY_H_
#define GATEWAY_SERVER_GATEWAY_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <grpcpp/grpcpp.h>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "gateway/account/account_server.h"
#include "gateway/codec/front_door.h"
#include "gateway/http/server.h"
#include "gateway/pipeline/pipeline.h"
#include "gateway/routing/http_router.h"
#include "gateway/site/site.h"
#include "gateway/upstream/upstreams.h"
#include "servicekit/access/token.h"
#include "servicekit/telemetry/metrics.h"

namespace clientele::gateway {

struct GatewayOptions {
  HttpServerOptions http;
  PipelineOptions pipeline;
  // Which package (`clientele.customer.`) is served where.
  std::vector<std::pair<std::string, std::shared_ptr<grpc::Channel>>> services;
  servicekit::TokenVerifierOptions tokens;
  // Development only: the key that SignIn signs with. Empty means that there is no SignIn.
  std::string dev_signing_key_file;
  absl::Duration dev_token_lifetime = absl::Hours(12);
  // The console as it was built. Empty: it is not served.
  std::string console_folder;
};

// The whole gateway, from its port to its channels.
class Gateway {
 public:
  static absl::StatusOr<std::unique_ptr<Gateway>> Start(GatewayOptions options);
  ~Gateway();

  int port() const { return server_->port(); }
  servicekit::Metrics& metrics() { return metrics_; }

  // Readiness fails from now on, and after `endpoint_removal`, when load balancers have noticed, nothing new
  // is taken. Calls may finish until `grace` is over, then what is left is ended.
  void Drain(absl::Duration grace, absl::Duration endpoint_removal = absl::ZeroDuration());

 private:
  Gateway() = default;

  // From the inside out: each uses those before it.
  servicekit::Metrics metrics_;
  std::unique_ptr<servicekit::TokenVerifier> verifier_;
  std::unique_ptr<servicekit::TokenSigner> signer_;
  std::unique_ptr<AccountServer> accounts_;
  Upstreams upstreams_;
  MethodTable methods_;
  std::unique_ptr<HttpRouter> router_;
  std::unique_ptr<Pipeline> pipeline_;
  std::unique_ptr<Site> site_;
  std::unique_ptr<FrontDoor> door_;
  std::unique_ptr<HttpServer> server_;
};

}  // namespace clientele::gateway

#endif  // GATEWAY_SERVER_GATEWAY_H_
