#include "gateway/server/gateway.h"

#include <algorithm>

#include "absl/time/clock.h"
#include "servicekit/telemetry/log.h"

namespace clientele::gateway {

absl::StatusOr<std::unique_ptr<Gateway>> Gateway::Start(GatewayOptions options) {
  auto gateway = std::unique_ptr<Gateway>(new Gateway());
  if (!options.tokens.on_reload_failure) {
    options.tokens.on_reload_failure = [](const absl::Status& status) {
      servicekit::Log(servicekit::LogLevel::kError,
                      "the JWKS file cannot be used; the keys known before stay",
                      {{"error", status.ToString()}});
    };
  }
  auto verifier = servicekit::TokenVerifier::Open(options.tokens);
  if (!verifier.ok()) return verifier.status();
  gateway->verifier_ = *std::move(verifier);
  if (!options.dev_signing_key_file.empty()) {
    auto signer = servicekit::TokenSigner::Open({.signing_key_file = options.dev_signing_key_file,
                                                 .issuer = options.tokens.issuer,
                                                 .audience = options.tokens.audience});
    if (!signer.ok()) return signer.status();
    gateway->signer_ = *std::move(signer);
  }
  gateway->accounts_ = std::make_unique<AccountServer>(*gateway->verifier_, gateway->signer_.get(),
                                                       options.dev_token_lifetime);

  for (auto& [prefix, channel] : options.services) gateway->upstreams_.Add(prefix, std::move(channel));
  gateway->upstreams_.Add("clientele.gateway.v1.", gateway->accounts_->channel());
  gateway->methods_ = MethodTable::ForPrefixes(gateway->upstreams_.prefixes());
  absl::StatusOr<HttpRouter> router = HttpRouter::Build(gateway->methods_);
  if (!router.ok()) return router.status();
  gateway->router_ = std::make_unique<HttpRouter>(*std::move(router));

  options.pipeline.public_methods.insert("/clientele.gateway.v1.SignInService/SignIn");
  gateway->pipeline_ = std::make_unique<Pipeline>(options.pipeline, gateway->methods_, gateway->upstreams_,
                                                  *gateway->verifier_, gateway->metrics_);
  gateway->door_ = std::make_unique<FrontDoor>(*gateway->pipeline_, gateway->methods_, *gateway->router_,
                                               gateway->upstreams_);
  if (!options.console_folder.empty()) {
    auto site = Site::Open(options.console_folder);
    if (!site.ok()) return site.status();
    gateway->site_ = *std::move(site);
    gateway->door_->set_site(gateway->site_.get());
  }
  auto server = HttpServer::Start(options.http, *gateway->door_);
  if (!server.ok()) return server.status();
  gateway->server_ = *std::move(server);
  return gateway;
}

Gateway::~Gateway() {
  if (server_ != nullptr) Drain(absl::ZeroDuration());
}

void Gateway::Drain(absl::Duration grace, absl::Duration endpoint_removal) {
  door_->SayUnready();
  absl::SleepFor(std::min(grace, endpoint_removal));
  pipeline_->BeginDrain();
  server_->BeginDrain();
  server_->Join(grace - std::min(grace, endpoint_removal));
  // The loops stand still, but gRPC still posts to them what became of the calls that were cut off.
  pipeline_->WaitForGrpc();
}

}  // namespace clientele::gateway
