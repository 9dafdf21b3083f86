#include "tests/cluster/cluster.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <stdexcept>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace clientele::tests {
namespace {

using Part = Cluster::Part;

constexpr Part kServices[] = {Part::kCustomer, Part::kLifecycle, Part::kValue};

std::string NameOf(Part part) {
  switch (part) {
    case Part::kDatabase:
      return "mysql";
    case Part::kCustomer:
      return "customer-svc";
    case Part::kLifecycle:
      return "lifecycle-svc";
    case Part::kValue:
      return "value-svc";
    case Part::kGateway:
      return "gateway";
  }
  return "";
}

std::string SchemaOf(Part part) {
  const std::string name = NameOf(part);
  return name.substr(0, name.find('-'));
}

std::string Binary(const std::string& name) { return absl::StrCat(CLIENTELE_BINARIES, "/", name); }
std::string Source(const std::string& path) { return absl::StrCat(CLIENTELE_SOURCE_DIR, "/", path); }

void RunOrThrow(const std::vector<std::string>& command) {
  std::string output;
  if (const int code = RunCommand(command, &output); code != 0) {
    throw std::runtime_error(absl::StrCat(command[0], " ended with ", code, ":\n", output));
  }
}

void WriteFile(const std::string& path, const std::string& text) {
  std::ofstream(path) << text;
  std::filesystem::permissions(path,
                               std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

}  // namespace

Cluster::Cluster(std::string console_folder) : console_folder_(std::move(console_folder)) {
  char path[] = "/tmp/clientele-cluster-XXXXXX";
  if (mkdtemp(path) == nullptr) throw std::runtime_error("cannot make a temporary folder");
  folder_ = path;
  for (Part part : {Part::kCustomer, Part::kLifecycle, Part::kValue, Part::kGateway})
    ports_[part] = FreePort();
  for (Part part : {Part::kCustomer, Part::kLifecycle}) {
    links_[part] = std::make_unique<servicekit::FaultProxy>(Address(part));
  }

  std::filesystem::create_directory(folder_ + "/keys");
  if (const absl::Status status = servicekit::NewSigningKey(folder_ + "/keys"); !status.ok()) {
    throw std::runtime_error(status.ToString());
  }
  absl::StatusOr<std::unique_ptr<servicekit::TokenSigner>> signer =
      servicekit::TokenSigner::Open({.signing_key_file = folder_ + "/keys/signing-key.pem"});
  if (!signer.ok()) throw std::runtime_error(signer.status().ToString());
  signer_ = *std::move(signer);
  for (Part part : kServices) {
    WriteFile(
        absl::StrCat(folder_, "/", NameOf(part), ".token"),
        TokenFor({.subject = absl::StrCat("services/", NameOf(part)), .role = servicekit::Role::kService}));
  }

  Start(Part::kDatabase);
  for (Part part : kServices) {
    RunOrThrow({Source("node_modules/.bin/dbmate"), "--wait", "--no-dump-schema", "--url",
                absl::StrCat("mysql://root@/", SchemaOf(part), "?socket=", database_socket()),
                "--migrations-dir", Source("servicekit/mysql/migrations"), "--migrations-dir",
                Source("servicekit/feed/migrations"), "--migrations-dir",
                Source(NameOf(part) + "/migrations"), "up"});
  }
  MakeUsers();
  for (Part part : kServices) Start(part);
  Start(Part::kGateway);
  WaitUntilReady();
}

// As in production: each service's user reaches its own schema only, and has no DDL.
void Cluster::MakeUsers() {
  const std::string password = "0123456789abcdef";
  WriteFile(folder_ + "/mysql.password", password);
  std::string sql;
  for (Part part : kServices) {
    const std::string schema = SchemaOf(part);
    absl::StrAppend(&sql, "CREATE USER ", schema, "@localhost IDENTIFIED BY '", password, "';",
                    "GRANT SELECT, INSERT, UPDATE, DELETE ON ", schema, ".* TO ", schema, "@localhost;");
  }
  RunOrThrow(
      {"mariadb", "--no-defaults", "--user=root", "--socket=" + database_socket(), "--execute=" + sql});
}

Cluster::~Cluster() {
  for (Part part : {Part::kGateway, Part::kValue, Part::kLifecycle, Part::kCustomer}) {
    processes_.erase(part);
  }
  RunCommand({Source("tests/mariadb"), "stop", folder_ + "/mysql"});
  if (::testing::Test::HasFailure()) {
    std::cerr << "The logs of the failed run are kept in " << folder_ << std::endl;
  } else {
    std::filesystem::remove_all(folder_);
  }
}

std::vector<std::string> Cluster::Command(Part part) const {
  std::vector<std::string> command = {
      Binary(NameOf(part)), absl::StrCat("--listen=", Address(part)),
      "--metrics_address=", absl::StrCat("--jwks_file=", folder_, "/keys/jwks.json")};
  const auto add = [&](const std::string& flag, const std::string& value) {
    command.push_back(absl::StrCat("--", flag, "=", value));
  };
  if (part == Part::kGateway) {
    add("customer_address", Address(Part::kCustomer));
    add("lifecycle_address", Address(Part::kLifecycle));
    add("value_address", Address(Part::kValue));
    command.push_back("--dev");
    add("dev_signing_key_file", folder_ + "/keys/signing-key.pem");
    if (!console_folder_.empty()) add("console_folder", console_folder_);
    return command;
  }
  add("mysql_address", database_socket());
  add("mysql_schema", SchemaOf(part));
  add("mysql_user", SchemaOf(part));
  add("mysql_password_file", folder_ + "/mysql.password");
  add("service_token_file", absl::StrCat(folder_, "/", NameOf(part), ".token"));
  if (part != Part::kCustomer) add("customer_address", links_.at(Part::kCustomer)->address());
  if (part == Part::kValue) add("lifecycle_address", links_.at(Part::kLifecycle)->address());
  if (part == Part::kLifecycle) add("value_address", Address(Part::kValue));
  return command;
}

void Cluster::Start(Part part) {
  if (part == Part::kDatabase) {
    RunOrThrow({Source("tests/mariadb"), "start", folder_ + "/mysql"});
    return;
  }
  processes_[part] = Process(Command(part), absl::StrCat(folder_, "/", NameOf(part), ".log"));
}

void Cluster::Kill(Part part) {
  if (part == Part::kDatabase) {
    RunOrThrow({Source("tests/mariadb"), "kill", folder_ + "/mysql"});
    return;
  }
  processes_.at(part).End(SIGKILL);
}

int Cluster::Terminate(Part part) {
  const int status = processes_.at(part).End(SIGTERM);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void Cluster::WaitUntilReady() {
  const std::string url = absl::StrCat("http://", gateway_address(), "/readyz");
  const absl::Time limit = absl::Now() + absl::Seconds(60);
  while (RunCommand({"curl", "-fsS", "--max-time", "2", url}) != 0) {
    for (const auto& [part, process] : processes_) {
      if (process.running()) continue;
      throw std::runtime_error(absl::StrCat(NameOf(part), " ended; its log is in ", folder_));
    }
    if (absl::Now() > limit)
      throw std::runtime_error(absl::StrCat("not ready after 60 s; logs are in ", folder_));
    absl::SleepFor(absl::Milliseconds(50));
  }
}

std::string Cluster::Address(Part part) const { return absl::StrCat("127.0.0.1:", ports_.at(part)); }

std::string Cluster::TokenFor(const servicekit::Principal& principal) const {
  absl::StatusOr<std::string> token = signer_->Sign(principal, absl::Hours(12));
  if (!token.ok()) throw std::runtime_error(token.status().ToString());
  return *token;
}

std::string Cluster::AdministratorToken() const {
  return TokenFor({.subject = "users/test", .role = servicekit::Role::kAdministrator});
}

std::shared_ptr<grpc::Channel> Cluster::channel() const {
  grpc::ChannelArguments arguments;
  // A test that kills the gateway wants to be back as soon as it is.
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 50);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 200);
  return grpc::CreateCustomChannel(gateway_address(), grpc::InsecureChannelCredentials(), arguments);
}

std::unique_ptr<grpc::ClientContext> Cluster::Context(absl::Duration timeout) const {
  auto context = std::make_unique<grpc::ClientContext>();
  context->AddMetadata("authorization", "Bearer " + AdministratorToken());
  context->set_deadline(absl::ToChronoTime(absl::Now() + timeout));
  return context;
}

int Cluster::Clientele(const std::vector<std::string>& arguments, std::string* output) const {
  std::vector<std::string> command = {Binary("clientele"), "--address", gateway_address()};
  command.insert(command.end(), arguments.begin(), arguments.end());
  return RunCommand(command, output);
}

bool Eventually(const std::function<bool()>& done, absl::Duration limit) {
  const absl::Time end = absl::Now() + limit;
  while (!done()) {
    if (absl::Now() > end) return false;
    absl::SleepFor(absl::Milliseconds(50));
  }
  return true;
}

}  // namespace clientele::tests
