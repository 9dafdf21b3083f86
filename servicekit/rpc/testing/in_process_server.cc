#include "servicekit/rpc/testing/in_process_server.h"

#include <chrono>

#include "absl/strings/numbers.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "servicekit/types/str_cat.h"

namespace servicekit {
namespace {

constexpr std::pair<const char*, Role> kRoles[] = {{"representative", Role::kRepresentative},
                                                   {"manager", Role::kManager},
                                                   {"analyst", Role::kAnalyst},
                                                   {"administrator", Role::kAdministrator},
                                                   {"service", Role::kService}};

}  // namespace

// `subject|role|department|representative|team,team`.
std::string TestToken(const Principal& principal) {
  std::vector<std::string> teams;
  for (const Id& team : principal.teams) teams.push_back(team.ToString());
  return absl::StrCat(principal.subject, "|", static_cast<int>(principal.role), "|",
                      static_cast<int>(principal.department), "|",
                      principal.representative.has_value() ? principal.representative->ToString() : "", "|",
                      absl::StrJoin(teams, ","));
}

absl::StatusOr<Principal> VerifyTestToken(std::string_view token) {
  for (const auto& [word, role] : kRoles) {
    if (token == word) return Principal{.subject = word, .role = role};
  }
  const std::vector<std::string> parts = absl::StrSplit(ToAbsl(token), '|');
  int role = 0, department = 0;
  if (parts.size() != 5 || !absl::SimpleAtoi(parts[1], &role) || !absl::SimpleAtoi(parts[2], &department)) {
    return absl::UnauthenticatedError("not a test token");
  }
  Principal principal{.subject = parts[0],
                      .role = static_cast<Role>(role),
                      .department = static_cast<Department>(department)};
  if (!parts[3].empty()) {
    absl::StatusOr<Id> id = Id::Parse(parts[3]);
    if (!id.ok()) return absl::UnauthenticatedError("not a test token");
    principal.representative = *id;
  }
  for (const std::string& text : std::vector<std::string>(absl::StrSplit(parts[4], ',', absl::SkipEmpty()))) {
    absl::StatusOr<Id> id = Id::Parse(text);
    if (!id.ok()) return absl::UnauthenticatedError("not a test token");
    principal.teams.push_back(*id);
  }
  return principal;
}

std::unique_ptr<grpc::ClientContext> TestContext(std::string_view token, absl::Duration timeout) {
  auto context = std::make_unique<grpc::ClientContext>();
  context->set_deadline(absl::ToChronoTime(absl::Now() + timeout));
  context->AddMetadata("authorization", StrCat("Bearer ", token));
  return context;
}

InProcessServer::InProcessServer(const std::vector<grpc::Service*>& services) {
  grpc::ServerBuilder builder;
  Executor::Prepare(builder);
  int port = 0;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  for (grpc::Service* service : services) builder.RegisterService(service);
  server_ = builder.BuildAndStart();
  address_ = StrCat("127.0.0.1:", port);
}

InProcessServer::~InProcessServer() { server_->Shutdown(std::chrono::system_clock::now()); }

std::shared_ptr<grpc::Channel> InProcessServer::channel() { return server_->InProcessChannel({}); }

TestExecutor::TestExecutor(Executor::Options options) : executor(options, VerifyTestToken, metrics) {}

}  // namespace servicekit
