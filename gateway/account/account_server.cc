#include "gateway/account/account_server.h"

#include <string>
#include <string_view>
#include <utility>

#include <grpcpp/health_check_service_interface.h>
#include <openssl/rand.h>

#include "absl/strings/escaping.h"
#include "absl/time/clock.h"
#include "clientele/gateway/v1/account_service.grpc.pb.h"
#include "clientele/gateway/v1/sign_in_service.grpc.pb.h"
#include "gateway/account/account.h"
#include "servicekit/rpc/status.h"

namespace clientele::gateway {
namespace {

constexpr char kDefaultSubject[] = "users/administrator";
constexpr int kMaxMessageBytes = 16 << 20;  // As the services have it.

grpc::ServerUnaryReactor* Finish(grpc::CallbackServerContext* context, const absl::Status& status) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  reactor->Finish(servicekit::ToGrpcStatus(status));
  return reactor;
}

}  // namespace

class AccountServer::SignInImpl final : public v1::SignInService::CallbackService {
 public:
  SignInImpl(const servicekit::TokenSigner& signer, absl::Duration lifetime)
      : signer_(signer), lifetime_(lifetime) {}

  grpc::ServerUnaryReactor* SignIn(grpc::CallbackServerContext* context, const v1::SignInRequest* request,
                                   v1::SignInResponse* response) override {
    v1::Account account = request->account();
    if (!request->has_account()) {
      account.set_subject(kDefaultSubject);
      account.set_role(v1::Account::ADMINISTRATOR);
    }
    const absl::StatusOr<servicekit::Principal> principal = ToPrincipal(account);
    if (!principal.ok()) return Finish(context, principal.status());
    const absl::Time expires = absl::Now() + lifetime_;
    absl::StatusOr<std::string> token = signer_.Sign(*principal, lifetime_);
    if (!token.ok()) return Finish(context, token.status());
    response->set_access_token(*std::move(token));
    response->mutable_expire_time()->set_seconds(absl::ToUnixSeconds(expires));
    *response->mutable_account() = ToAccount(*principal);
    return Finish(context, absl::OkStatus());
  }

 private:
  const servicekit::TokenSigner& signer_;
  const absl::Duration lifetime_;
};

class AccountServer::AccountImpl final : public v1::AccountService::CallbackService {
 public:
  explicit AccountImpl(servicekit::TokenVerifier& verifier) : verifier_(verifier) {}

  grpc::ServerUnaryReactor* WhoAmI(grpc::CallbackServerContext* context, const v1::WhoAmIRequest*,
                                   v1::WhoAmIResponse* response) override {
    // Verified by the pipeline already; said again here, as every service does.
    constexpr size_t kScheme = 7;  // `Bearer `.
    const auto it = context->client_metadata().find("authorization");
    const std::string_view header =
        it == context->client_metadata().end() ? "" : std::string_view(it->second.data(), it->second.size());
    const absl::StatusOr<servicekit::Principal> principal =
        verifier_.Verify(header.size() < kScheme ? std::string_view() : header.substr(kScheme));
    if (!principal.ok()) return Finish(context, principal.status());
    *response->mutable_account() = ToAccount(*principal);
    return Finish(context, absl::OkStatus());
  }

 private:
  servicekit::TokenVerifier& verifier_;
};

AccountServer::AccountServer() = default;

absl::StatusOr<std::unique_ptr<AccountServer>> AccountServer::Start(servicekit::TokenVerifier& verifier,
                                                                    const servicekit::TokenSigner* signer,
                                                                    absl::Duration token_lifetime,
                                                                    const std::vector<grpc::Service*>& more) {
  auto server = std::unique_ptr<AccountServer>(new AccountServer());
  unsigned char name[16];
  if (RAND_bytes(name, sizeof name) != 1) return absl::InternalError("there are no random numbers");
  server->address_ = "unix-abstract:clientele-gateway-" +
                     absl::BytesToHexString({reinterpret_cast<const char*>(name), sizeof name});
  grpc::EnableDefaultHealthCheckService(true);  // So that readiness needs no exception for it.
  grpc::ServerBuilder builder;
  builder.AddListeningPort(server->address_, grpc::InsecureServerCredentials());
  builder.SetMaxReceiveMessageSize(kMaxMessageBytes);
  server->accounts_ = std::make_unique<AccountImpl>(verifier);
  builder.RegisterService(server->accounts_.get());
  if (signer != nullptr) {
    server->sign_in_ = std::make_unique<SignInImpl>(*signer, token_lifetime);
    builder.RegisterService(server->sign_in_.get());
  }
  for (grpc::Service* service : more) builder.RegisterService(service);
  server->server_ = builder.BuildAndStart();
  if (server->server_ == nullptr) return absl::InternalError("the gateway's own services cannot be started");
  server->server_->GetHealthCheckService()->SetServingStatus(true);
  return server;
}

AccountServer::~AccountServer() {
  if (server_ != nullptr) server_->Shutdown(std::chrono::system_clock::now() + std::chrono::seconds(5));
}

std::shared_ptr<grpc::Channel> AccountServer::channel() {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kMaxMessageBytes);
  return grpc::CreateCustomChannel(address_, grpc::InsecureChannelCredentials(), arguments);
}

}  // namespace clientele::gateway
