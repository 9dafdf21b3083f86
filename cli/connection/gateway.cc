#include "cli/connection/gateway.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/time/clock.h"
#include "clientele/gateway/v1/account_service.grpc.pb.h"
#include "clientele/gateway/v1/sign_in_service.grpc.pb.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "servicekit/types/str_cat.h"

namespace clientele::cli {
namespace {

using servicekit::StrCat;

constexpr int kMaxMessageBytes = 64 << 20;
// A token is renewed when it has less than this left.
constexpr absl::Duration kMargin = absl::Minutes(1);
constexpr absl::Duration kReconnect = absl::Milliseconds(2500);

}  // namespace

Endpoint EndpointOf(const std::string& address) {
  constexpr char kTls[] = "https://", kPlain[] = "http://";
  if (address.starts_with(kTls)) return {address.substr(sizeof(kTls) - 1), true};
  if (address.starts_with(kPlain)) return {address.substr(sizeof(kPlain) - 1), false};
  const bool here = address.starts_with("127.") || address.starts_with("localhost:") ||
                    address.starts_with("[::1]:") || address.starts_with("unix:");
  return {address, !here};
}

Gateway::Gateway(GatewayOptions options) : options_(std::move(options)) {
  const Endpoint endpoint = EndpointOf(options_.address);
  grpc::SslCredentialsOptions tls;
  if (endpoint.tls && !options_.ca_file.empty()) {
    std::ifstream file(options_.ca_file);
    tls.pem_root_certs.assign(std::istreambuf_iterator<char>(file), {});
    if (tls.pem_root_certs.empty()) {
      problem_ = absl::InvalidArgumentError(
          StrCat("--ca-file ", options_.ca_file, ": ", file ? "is empty" : std::strerror(errno)));
    }
  }
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kMaxMessageBytes);
  // A gateway that was started again is found again soon.
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 10'000);  // Also how long one attempt may take.
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 2000);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  channel_ = grpc::CreateCustomChannel(
      endpoint.target, endpoint.tls ? grpc::SslCredentials(tls) : grpc::InsecureChannelCredentials(),
      arguments);
}

absl::Status Gateway::Prepare(grpc::ClientContext* context, absl::Duration timeout, bool renew) {
  if (!problem_.ok()) return problem_;
  // After a break, a call made between two attempts to connect would fail without a new one.
  if (channel_->GetState(/*try_to_connect=*/true) == GRPC_CHANNEL_TRANSIENT_FAILURE) {
    channel_->WaitForConnected(absl::ToChronoTime(absl::Now() + std::min(timeout, kReconnect)));
  }
  if (renew || token_.empty() || absl::Now() + kMargin > expires_) {
    absl::Status signed_in = options_.token_file.empty() ? SignIn() : ReadTokenFile();
    if (!signed_in.ok()) return signed_in;
  }
  context->AddMetadata("authorization", "Bearer " + token_);
  context->set_deadline(absl::ToChronoTime(absl::Now() + timeout));
  return absl::OkStatus();
}

absl::Status Gateway::ReadTokenFile() {
  std::ifstream file(options_.token_file);
  if (!file) {
    return absl::NotFoundError(
        StrCat(options_.token_file, ": ", std::strerror(errno),
               "; --token-file (or CLIENTELE_TOKEN_FILE) names the file with your access token"));
  }
  token_.assign(std::istreambuf_iterator<char>(file), {});
  absl::StripAsciiWhitespace(&token_);
  if (token_.empty())
    return absl::InvalidArgumentError(StrCat(options_.token_file, ": is empty; it should hold a token"));
  expires_ = absl::InfiniteFuture();  // Whoever keeps the file renews it; it is read again when refused.
  return absl::OkStatus();
}

absl::Status Gateway::SignIn() {
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(20)));
  gateway::v1::SignInResponse response;
  const grpc::Status status = gateway::v1::SignInService::NewStub(channel_)->SignIn(
      &context, gateway::v1::SignInRequest(), &response);
  if (status.error_code() == grpc::StatusCode::UNIMPLEMENTED) {
    return absl::UnauthenticatedError(
        StrCat("the gateway at ", options_.address, " has no development sign-in"));
  }
  if (!status.ok()) return ToStatus(status);
  token_ = response.access_token();
  expires_ = response.has_expire_time() ? absl::FromUnixSeconds(response.expire_time().seconds())
                                        : absl::InfiniteFuture();
  return absl::OkStatus();
}

absl::Status Gateway::CheckSignedIn() {
  return Call<gateway::v1::AccountService>(&gateway::v1::AccountService::Stub::WhoAmI,
                                           gateway::v1::WhoAmIRequest())
      .status();
}

absl::Status Gateway::ToStatus(const grpc::Status& status) {
  std::string message = status.error_message();
  google::rpc::Status details;
  if (details.ParseFromString(status.error_details())) {
    for (const google::protobuf::Any& detail : details.details()) {
      google::rpc::BadRequest bad;
      google::rpc::PreconditionFailure missing;
      if (detail.UnpackTo(&bad)) {
        for (const auto& violation : bad.field_violations()) {
          servicekit::StrAppend(&message, "\n  ", violation.field(), ": ", violation.description());
        }
      } else if (detail.UnpackTo(&missing)) {
        for (const auto& violation : missing.violations()) {
          servicekit::StrAppend(&message, "\n  ", violation.subject(), ": ", violation.description());
        }
      }
    }
  }
  return absl::Status(static_cast<absl::StatusCode>(status.error_code()), message);
}

// What gRPC itself says; the gateway's own answers are worded by us.
bool Gateway::IsUnreachable(const absl::Status& status) {
  return absl::IsUnavailable(status) && absl::StrContains(status.message(), "failed to connect");
}

std::string Gateway::Why(const absl::Status& status) {
  if (IsUnreachable(status)) return "The gateway does not answer";
  return StrCat("Interrupted: ", servicekit::ToStd(status.message()));
}

std::string Gateway::Explain(const absl::Status& status) const {
  const std::string message(status.message());
  switch (status.code()) {
    case absl::StatusCode::kUnavailable:
      if (!IsUnreachable(status)) {
        return StrCat("A service is not available: ", message, "\nTry again in a moment; the gateway at ",
                      options_.address, " answers, so look at the service's log.");
      }
      return StrCat("No answer from a gateway at ", options_.address,
                    ".\nIs it running? ./run starts everything; --address or "
                    "CLIENTELE_ADDRESS names another one",
                    EndpointOf(options_.address).tls
                        ? "; this one is asked with TLS, and http:// before it asks without"
                        : "",
                    ". (", message, ")");
    case absl::StatusCode::kUnauthenticated:
      return StrCat("Not signed in: ", message,
                    options_.token_file.empty()
                        ? ".\nGive an access token with --token-file FILE (or CLIENTELE_TOKEN_FILE). For "
                          "development, start "
                          "the gateway with --dev."
                        : StrCat(".\nIs the token in ", options_.token_file, " still good?"));
    case absl::StatusCode::kPermissionDenied:
      return StrCat("Not allowed: ", message, "\nAsk an administrator, or use another --token-file.");
    case absl::StatusCode::kDeadlineExceeded:
      return StrCat("No answer in time from ", options_.address, ": ", message, "\nIs it busy? Try again.");
    case absl::StatusCode::kInternal:
    case absl::StatusCode::kUnknown:
      return StrCat("Something went wrong inside: ", message,
                    "\nThe service's log has a line about this call.");
    default:
      return message;
  }
}

}  // namespace clientele::cli
