#ifndef CLIENTELE_CLI_COMMANDS_COMMAND_FIXTURE_H_
#define CLIENTELE_CLI_COMMANDS_COMMAND_FIXTURE_H_

#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "cli/commands/command.h"
#include "clientele/gateway/v1/account_service.grpc.pb.h"
#include "clientele/gateway/v1/sign_in_service.grpc.pb.h"

namespace clientele::cli {

struct FakeSignIn : gateway::v1::SignInService::Service {
  grpc::Status SignIn(grpc::ServerContext*, const gateway::v1::SignInRequest*,
                      gateway::v1::SignInResponse* response) override {
    response->set_access_token("good");
    return grpc::Status::OK;
  }
};

struct FakeAccounts : gateway::v1::AccountService::Service {
  grpc::Status WhoAmI(grpc::ServerContext* context, const gateway::v1::WhoAmIRequest*,
                      gateway::v1::WhoAmIResponse*) override {
    const auto& metadata = context->client_metadata();
    const auto token = metadata.find("authorization");
    const bool known = token != metadata.end() && token->second == "Bearer good";
    return known ? grpc::Status::OK : grpc::Status(grpc::UNAUTHENTICATED, "the token is not known");
  }
};

// Commands against a gateway that the test plays: the services that it starts with, and a development
// sign-in.
class CommandTest : public testing::Test {
 protected:
  // Before the test's services go.
  void TearDown() override {
    if (server_) server_->Shutdown();
  }

  void Serve(std::vector<grpc::Service*> services, bool with_sign_in = true,
             const std::string& address = "127.0.0.1:0") {
    if (with_sign_in) services.push_back(&sign_in_);
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort(address, grpc::InsecureServerCredentials(), &port);
    for (grpc::Service* service : services) builder.RegisterService(service);
    server_ = builder.BuildAndStart();
    options_.address = "127.0.0.1:" + std::to_string(port);
  }

  // What the command prints, or the error as people see it.
  std::string Run(const std::vector<std::string>& words, bool json = false) {
    CLI::App app("", "clientele");
    Command chosen;
    AddCommands(app, &chosen);
    std::vector<std::string> reversed(words.rbegin(), words.rend());
    app.parse(reversed);
    Gateway gateway(options_);
    Session session{gateway, json, {}, {}};
    testing::internal::CaptureStdout();
    const absl::Status done = chosen(session);
    std::string text = testing::internal::GetCapturedStdout();
    return done.ok() ? text : gateway.Explain(done);
  }

  FakeSignIn sign_in_;
  std::unique_ptr<grpc::Server> server_;
  GatewayOptions options_;
};

}  // namespace clientele::cli

#endif  // CLIENTELE_CLI_COMMANDS_COMMAND_FIXTURE_H_
