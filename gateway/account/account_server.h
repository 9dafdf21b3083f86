#ifndef GATEWAY_ACCOUNT_ACCOUNT_SERVER_H_
#define GATEWAY_ACCOUNT_ACCOUNT_SERVER_H_

#include <memory>
#include <vector>

#include <grpcpp/grpcpp.h>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "servicekit/access/token.h"

namespace clientele::gateway {

// The gateway's own RPCs: an ordinary gRPC server in this process, so that they go through the same pipeline
// as all others. It is reached over an abstract Unix socket with a name that nobody can guess.
class AccountServer {
 public:
  // `signer` is null outside of development: SignIn is not served then. `more` are served beside.
  static absl::StatusOr<std::unique_ptr<AccountServer>> Start(servicekit::TokenVerifier& verifier,
                                                              const servicekit::TokenSigner* signer,
                                                              absl::Duration token_lifetime,
                                                              const std::vector<grpc::Service*>& more = {});
  ~AccountServer();

  std::shared_ptr<grpc::Channel> channel();

 private:
  class SignInImpl;
  class AccountImpl;

  AccountServer();

  std::unique_ptr<SignInImpl> sign_in_;
  std::unique_ptr<AccountImpl> accounts_;
  std::string address_;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace clientele::gateway

#endif  // GATEWAY_ACCOUNT_ACCOUNT_SERVER_H_
