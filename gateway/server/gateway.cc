#include "gateway/server/gateway.h"

#include <algorithm>
#include <utility>

#include "absl/time/clock.h"
#include "gateway/http/tls_files.h"
#include "servicekit/rpc/channel.h"
#include "servicekit/telemetry/log.h"

namespace clientele::gateway {
namespace {

// Tells when certificates were renewed. Files that do not fit together are no news: connections stay until
// they do.
Upstream::Version WatchUpstreamTls(const servicekit::TlsFiles& files) {
  if (!files.enabled()) return nullptr;
  return [files, usable = VersionOfFiles({files.cert, files.key, files.ca}), seen = std::string()]() mutable {
    const std::string now = VersionOfFiles({files.cert, files.key, files.ca});
    if (now == usable) return usable;
    const absl::Status status = CheckTlsFiles(files.cert, files.key, files.ca);
    if (status.ok()) {
      usable = now;
      servicekit::Log(servicekit::LogLevel::kInfo, "connecting to the services with renewed certificates");
    } else if (std::exchange(seen, now) != now) {
      servicekit::Log(servicekit::LogLevel::kError,
                      "the certificates for the services cannot be used; the connections made before stay",
                      {{"error", status.ToString()}});
    }
    return usable;
  };
}

}  // namespace

absl::StatusOr<std::unique_ptr<Gateway>> Gateway::Start(GatewayOptions options) {
  auto gateway = std::unique_ptr<Gateway>(new Gateway());
  if (absl::Status keys = gateway->OpenKeys(options); !keys.ok()) return keys;
  if (absl::Status keys = gateway->OpenApiKeys(options); !keys.ok()) return keys;
  if (absl::Status added = gateway->AddServices(options); !added.ok()) return added;
  gateway->methods_ = MethodTable::ForPrefixes(gateway->upstreams_.prefixes());
  absl::StatusOr<HttpRouter> router = HttpRouter::Build(gateway->methods_);
  if (!router.ok()) return router.status();
  gateway->router_ = std::make_unique<HttpRouter>(*std::move(router));
  auto pages = ApiPages::Make(*gateway->router_);
  if (!pages.ok()) return pages.status();
  gateway->pages_ = *std::move(pages);

  options.pipeline.public_methods.insert("/clientele.gateway.v1.SignInService/SignIn");
  if (gateway->jwks_ != nullptr) {
    options.pipeline.on_unknown_key = [jwks = gateway->jwks_.get()] { jwks->LookSoon(); };
  }
  gateway->pipeline_ =
      std::make_unique<Pipeline>(options.pipeline, gateway->methods_, gateway->upstreams_,
                                 *gateway->verifier_, gateway->api_key_tokens_.get(), gateway->metrics_);
  if (!options.limits_file.empty()) {
    auto limits = LimitsFile::Open(
        options.limits_file, options.pipeline.limits,
        [pipeline = gateway->pipeline_.get()](const Limits& taken) { pipeline->SetLimits(taken); });
    if (!limits.ok()) return limits.status();
    gateway->limits_file_ = *std::move(limits);
  }
  gateway->door_ = std::make_unique<FrontDoor>(
      *gateway->pipeline_, gateway->methods_, *gateway->router_, gateway->upstreams_,
      Cors(std::move(options.cors_origins)), [&pages = *gateway->pages_](const auto& request, auto& answer) {
        return pages.Answer(request, answer);
      });
  if (!options.console_folder.empty()) {
    auto site = Site::Open(options.console_folder);
    if (!site.ok()) return site.status();
    gateway->site_ = *std::move(site);
    gateway->door_->set_site(gateway->site_.get());
  }
  auto server = HttpServer::Start(options.http, *gateway->door_);
  if (!server.ok()) return server.status();
  gateway->server_ = *std::move(server);
  gateway->upstreams_.StartWatching(options.health_check_period);
  return gateway;
}

absl::Status Gateway::OpenKeys(GatewayOptions& options) {
  if (!options.jwks_url.empty()) {
    auto fetcher =
        servicekit::JwksFetcher::Start({.url = options.jwks_url, .file = options.tokens.jwks_file});
    if (!fetcher.ok()) return fetcher.status();
    jwks_ = *std::move(fetcher);
  }
  if (!options.tokens.on_reload_failure) {
    options.tokens.on_reload_failure = [](const absl::Status& status) {
      servicekit::Log(servicekit::LogLevel::kError,
                      "the JWKS file cannot be used; the keys known before stay",
                      {{"error", status.ToString()}});
    };
  }
  auto verifier = servicekit::TokenVerifier::Open(options.tokens);
  if (!verifier.ok()) return verifier.status();
  verifier_ = *std::move(verifier);
  if (options.dev_signing_key_file.empty()) return absl::OkStatus();
  auto signer = servicekit::TokenSigner::Open({.signing_key_file = options.dev_signing_key_file});
  if (!signer.ok()) return signer.status();
  signer_ = *std::move(signer);
  return absl::OkStatus();
}

absl::Status Gateway::OpenApiKeys(const GatewayOptions& options) {
  if (options.api_keys_file.empty() != options.api_key_signing_key_file.empty()) {
    return absl::InvalidArgumentError("API keys need both a file of keys and a key to sign with");
  }
  if (options.api_keys_file.empty()) return absl::OkStatus();
  auto signer = servicekit::TokenSigner::Open({.signing_key_file = options.api_key_signing_key_file});
  if (!signer.ok()) return signer.status();
  api_key_signer_ = *std::move(signer);
  // Better now than at the first call: what is signed here must be accepted everywhere.
  const auto token =
      api_key_signer_->Sign({.subject = "users/test", .role = servicekit::Role::kAnalyst}, absl::Minutes(1));
  if (!token.ok()) return token.status();
  if (!verifier_->Verify(*token).ok()) {
    return absl::InvalidArgumentError(options.api_key_signing_key_file +
                                      ": its public half is not in the key set");
  }
  auto keys = servicekit::ApiKeys::Open(options.api_keys_file);
  if (!keys.ok()) return keys.status();
  api_keys_ = *std::move(keys);
  api_key_tokens_ = std::make_unique<ApiKeyTokens>(*api_keys_, *api_key_signer_);
  return absl::OkStatus();
}

absl::Status Gateway::AddServices(const GatewayOptions& options) {
  for (const auto& [prefix, channel] : options.services) upstreams_.Add(prefix, channel);
  for (const auto& [prefix, targets] : options.targets) {
    for (const std::string& target : targets) {
      // Wrong files or an empty target are told now; that nobody is there is not an error.
      const auto tried = servicekit::MakeChannel(target, options.upstream_tls);
      if (!tried.ok()) return tried.status();
    }
    upstreams_.Add(
        prefix, targets,
        [tls = options.upstream_tls](const auto& address, const auto& host) {
          auto channel = servicekit::MakeChannel(address, tls, {}, host);
          // The files were read at the start; if they are gone since, this replica cannot be reached.
          return channel.ok() ? *channel : *servicekit::MakeChannel("unix:/nowhere");
        },
        WatchUpstreamTls(options.upstream_tls));
  }
  customer360_ = std::make_unique<Customer360Server>(upstreams_, options.customer360_patience);
  target_markets_ = std::make_unique<TargetMarketOverviewServer>(upstreams_, options.target_market_patience);
  auto accounts = AccountServer::Start(*verifier_, signer_.get(), options.dev_token_lifetime,
                                       {customer360_.get(), target_markets_.get()});
  if (!accounts.ok()) return accounts.status();
  accounts_ = *std::move(accounts);
  upstreams_.Add("clientele.gateway.v1.", accounts_->channel());
  return absl::OkStatus();
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
  upstreams_.StopWatching();
  // The loops stand still, but gRPC still posts to them what became of the calls that were cut off.
  pipeline_->WaitForGrpc();
}

}  // namespace clientele::gateway
