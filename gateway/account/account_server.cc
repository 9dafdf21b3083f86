#include "gateway/account/account_server.h"

#include <string>
#include <string_view>
#include <utility>

#include <grpcpp/health_check_service_interface.h>

#include "absl/time/clock.h"
#include "clientele/gateway/v1/account_service.grpc.pb.h"
#include "clientele/gateway/v1/sign_in_service.grpc.pb.h"
#include "gateway/account/account.h"
#include "servicekit/rpc/status.h"

namespace clientele::gateway {
namespace {

constexpr char kDefaultSubject[] = "users/administrator";

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

AccountServer::AccountServer(servicekit::TokenVerifier& verifier, const servicekit::TokenSigner* signer,
                             absl::Duration token_lifetime)
    : accounts_(std::make_unique<AccountImpl>(verifier)) {
  grpc::EnableDefaultHealthCheckService(true);  // So that readiness needs no exception for it.
  grpc::ServerBuilder builder;
  builder.RegisterService(accounts_.get());
  if (signer != nullptr) {
    sign_in_ = std::make_unique<SignInImpl>(*signer, token_lifetime);
    builder.RegisterService(sign_in_.get());
  }
  server_ = builder.BuildAndStart();
  server_->GetHealthCheckService()->SetServingStatus(true);
}

AccountServer::~AccountServer() { server_->Shutdown(); }

std::shared_ptr<grpc::Channel> AccountServer::channel() { return server_->InProcessChannel({}); }

}  // namespace clientele::gateway
