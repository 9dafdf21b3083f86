#ifndef GATEWAY_ACCOUNT_ACCOUNT_SERVER_H_
#define GATEWAY_ACCOUNT_ACCOUNT_SERVER_H_

#include <memory>

#include <grpcpp/grpcpp.h>

#include "absl/time/time.h"
#include "servicekit/access/token.h"

namespace clientele::gateway {

// The gateway's own RPCs: an ordinary gRPC server, reached in process, so that they go through the same
// pipeline as all others.
class AccountServer {
 public:
  // `signer` is null outside of development: SignIn is not served then.
  AccountServer(servicekit::TokenVerifier& verifier, const servicekit::TokenSigner* signer,
                absl::Duration token_lifetime);
  ~AccountServer();

  std::shared_ptr<grpc::Channel> channel();

 private:
  class SignInImpl;
  class AccountImpl;

  std::unique_ptr<SignInImpl> sign_in_;
  std::unique_ptr<AccountImpl> accounts_;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace clientele::gateway

#endif  // GATEWAY_ACCOUNT_ACCOUNT_SERVER_H_
