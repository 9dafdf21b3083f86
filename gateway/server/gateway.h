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
#include "gateway/customer360/customer360_server.h"
#include "gateway/http/server.h"
#include "gateway/pipeline/pipeline.h"
#include "gateway/routing/http_router.h"
#include "gateway/server/api_pages.h"
#include "gateway/site/site.h"
#include "gateway/target_markets/overview_server.h"
#include "gateway/upstream/upstreams.h"
#include "servicekit/access/api_key.h"
#include "servicekit/access/jwks_fetcher.h"
#include "servicekit/access/token.h"
#include "servicekit/rpc/tls.h"
#include "servicekit/telemetry/metrics.h"

namespace clientele::gateway {

struct GatewayOptions {
  HttpServerOptions http;
  PipelineOptions pipeline;
  // Says other limits than `pipeline.limits`, and may be changed while the gateway runs. Empty: there is
  // none.
  std::string limits_file;
  // Which package (`clientele.customer.`) is served where: over a channel that is there already, or by all
  // processes that the targets name now and later (`host:port`, `dns:///host:port`, `unix:/path`).
  std::vector<std::pair<std::string, std::shared_ptr<grpc::Channel>>> services;
  std::vector<std::pair<std::string, std::vector<std::string>>> targets;
  servicekit::TlsFiles upstream_tls;
  absl::Duration health_check_period = absl::Seconds(1);
  servicekit::TokenVerifierOptions tokens;
  // Where the key set is published; tokens.jwks_file is where it is kept then. Empty: the file is all there
  // is.
  std::string jwks_url;
  // API keys, and the private key that the tokens they are exchanged for are signed with; its public half
  // must be in the key set. Both or none.
  std::string api_keys_file;
  std::string api_key_signing_key_file;
  // How long a part of a customer's picture is waited for.
  absl::Duration customer360_patience = absl::Seconds(3);
  // And all the figures of all target markets.
  absl::Duration target_market_patience = absl::Seconds(10);
  // Web pages that may call, as their browsers name them; `*` for any.
  std::vector<std::string> cors_origins;
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
  absl::Status OpenKeys(GatewayOptions& options);
  absl::Status OpenApiKeys(const GatewayOptions& options);
  absl::Status AddServices(const GatewayOptions& options);

  // From the inside out: each uses those before it.
  servicekit::Metrics metrics_;
  std::unique_ptr<servicekit::JwksFetcher> jwks_;
  std::unique_ptr<servicekit::TokenVerifier> verifier_;
  std::unique_ptr<servicekit::TokenSigner> signer_;
  std::unique_ptr<servicekit::TokenSigner> api_key_signer_;
  std::unique_ptr<servicekit::ApiKeys> api_keys_;
  std::unique_ptr<ApiKeyTokens> api_key_tokens_;
  Upstreams upstreams_;
  std::unique_ptr<Customer360Server> customer360_;
  std::unique_ptr<TargetMarketOverviewServer> target_markets_;
  std::unique_ptr<AccountServer> accounts_;
  MethodTable methods_;
  std::unique_ptr<HttpRouter> router_;
  std::unique_ptr<ApiPages> pages_;
  std::unique_ptr<Pipeline> pipeline_;
  std::unique_ptr<LimitsFile> limits_file_;
  std::unique_ptr<Site> site_;
  std::unique_ptr<FrontDoor> door_;
  std::unique_ptr<HttpServer> server_;
};

}  // namespace clientele::gateway

#endif  // GATEWAY_SERVER_GATEWAY_H_
