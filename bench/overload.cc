// Ten times as many calls as a service can answer, through the gateway: how much of what there is to be had
// is still had, and how long those wait who are served. The service is made as ours are, its work is a wait,
// so that the processors of this machine are not what there is too little of.
#include <cstdio>
#include <filesystem>
#include <string>

#include "absl/strings/str_format.h"
#include "gateway/server/gateway.h"
#include "gateway/testing/overload.h"
#include "servicekit/telemetry/log.h"

namespace clientele::gateway::testing {
namespace {

constexpr int kWorkers = 8;
const absl::Duration kWork = absl::Milliseconds(16);
const absl::Duration kTime = absl::Seconds(10);

void Print(const char* what, const Outcome& outcome, double peak) {
  absl::PrintF("%-34s %8.0f offered/s %8.0f answered/s   ratio %.2f   p50 %4d ms   p99 %4d ms", what,
               outcome.offered(), outcome.goodput(), outcome.goodput() / peak,
               absl::ToInt64Milliseconds(outcome.Percentile(0.5)),
               absl::ToInt64Milliseconds(outcome.Percentile(0.99)));
  for (const auto& [code, count] : outcome.codes) absl::PrintF("   code %d: %d", code, count);
  absl::PrintF("\n");
  std::fflush(stdout);
}

int Main() {
  servicekit::SetLogSink([](std::string_view) {});
  std::string folder = (std::filesystem::temp_directory_path() / "overloadXXXXXX").string();
  if (mkdtemp(folder.data()) == nullptr || !servicekit::NewSigningKey(folder).ok()) return 1;
  BusyService service(kWorkers, kWork);
  GatewayOptions options;
  options.http.listen = "127.0.0.1:0";
  options.tokens.jwks_file = folder + "/jwks.json";
  options.targets = {{"clientele.gateway.testing.", {service.address()}}};
  auto gateway = Gateway::Start(options);
  auto signer = servicekit::TokenSigner::Open({.signing_key_file = folder + "/signing-key.pem"});
  if (!gateway.ok() || !signer.ok()) return 1;
  const auto token =
      (*signer)->Sign({.subject = "users/tester", .role = servicekit::Role::kAdministrator}, absl::Hours(1));
  std::filesystem::remove_all(folder);
  Callers callers(absl::StrFormat("127.0.0.1:%d", (*gateway)->port()), *token);

  const Outcome peak = callers.Wait(2 * kWorkers, kTime);
  Print("as many callers as it can serve", peak, peak.goodput());
  Print("ten times the capacity (aim 0.80)", callers.Insist(10 * peak.goodput(), kTime), peak.goodput());
  Print("and again", callers.Insist(10 * peak.goodput(), kTime), peak.goodput());
  Print("when it is over", callers.Wait(2 * kWorkers, kTime), peak.goodput());
  return 0;
}

}  // namespace
}  // namespace clientele::gateway::testing

int main() { return clientele::gateway::testing::Main(); }
