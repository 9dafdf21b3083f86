#include "servicekit/rpc/channel.h"

#include <sys/stat.h>

#include <fstream>
#include <sstream>
#include <utility>

#include <google/protobuf/descriptor.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/support/channel_arguments.h>

#include "absl/strings/ascii.h"
#include "google/api/annotations.pb.h"
#include "servicekit/telemetry/log.h"
#include "servicekit/types/str_cat.h"

namespace servicekit {
namespace {

constexpr int kMaxMessageBytes = 16 << 20;

// No `timeout` in it: 1.51 lets it fire about a second early (grpc#34547). Deadlines are in each
// ClientContext.
std::string ServiceConfig(const std::vector<std::string>& retried_services) {
  std::string names;
  for (const std::string& name : retried_services) {
    const auto* service = google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(name);
    for (int i = 0; service != nullptr && i < service->method_count(); ++i) {
      const auto& method = *service->method(i);
      const bool read =
          method.options().HasExtension(google::api::http) &&
          method.options().GetExtension(google::api::http).pattern_case() == google::api::HttpRule::kGet;
      if (!read || method.server_streaming() || method.client_streaming()) continue;
      StrAppend(&names, names.empty() ? "" : ",", R"({"service":")", name, R"(","method":")", method.name(),
                R"("})");
    }
  }
  std::string config = R"({"loadBalancingConfig":[{"round_robin":{}}])";
  if (!names.empty()) {
    StrAppend(&config, R"(,"methodConfig":[{"name":[)", names,
              R"(],"retryPolicy":{"maxAttempts":3,"initialBackoff":"0.05s","maxBackoff":"0.5s",)"
              R"("backoffMultiplier":3,"retryableStatusCodes":["UNAVAILABLE"]}}])");
  }
  return config + "}";
}

}  // namespace

absl::StatusOr<std::shared_ptr<grpc::Channel>> MakeChannel(const std::string& target, const TlsFiles& tls,
                                                           const std::vector<std::string>& retried_services,
                                                           const std::string& tls_name) {
  if (target.empty()) return absl::InvalidArgumentError("the address of the service to call is empty");
  const absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> credentials = ChannelCredentials(tls);
  if (!credentials.ok()) return credentials.status();
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kMaxMessageBytes);
  arguments.SetMaxSendMessageSize(kMaxMessageBytes);
  arguments.SetServiceConfigJSON(ServiceConfig(retried_services));
  if (tls.enabled() && !tls_name.empty()) arguments.SetSslTargetNameOverride(tls_name);
  // A restarted service is found again within seconds, not after the default's two minutes.
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 3000);
  // A peer whose machine went away closes nothing; without pings its streams would hang until TCP gives up,
  // after a quarter of an hour.
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, 15'000);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 5000);
  arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);  // Any number: a feed may be silent.
  return grpc::CreateCustomChannel(target, *credentials, arguments);
}

ServiceToken::ServiceToken(std::string path) : path_(std::move(path)) {}

std::string ServiceToken::Get() {
  if (path_.empty()) return "";
  std::lock_guard lock(mutex_);
  struct stat file {};
  if (stat(path_.c_str(), &file) != 0) {
    Log(LogLevel::kError, "cannot read the service token", {{"path", path_}});
    return token_;
  }
  const int64_t modified_ns = int64_t{file.st_mtim.tv_sec} * 1'000'000'000 + file.st_mtim.tv_nsec;
  if (modified_ns == modified_ns_ && file.st_size == size_) return token_;
  std::ifstream stream(path_, std::ios::binary);
  std::ostringstream text;
  if (!stream || !(text << stream.rdbuf())) {
    Log(LogLevel::kError, "cannot read the service token", {{"path", path_}});
    return token_;
  }
  token_ = std::string(absl::StripAsciiWhitespace(text.str()));
  modified_ns_ = modified_ns;
  size_ = file.st_size;
  return token_;
}

}  // namespace servicekit
