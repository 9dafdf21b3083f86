#ifndef GATEWAY_PIPELINE_PIPELINE_H_
#define GATEWAY_PIPELINE_PIPELINE_H_

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/io_context.hpp>

#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "gateway/pipeline/api_key_tokens.h"
#include "gateway/pipeline/body_budget.h"
#include "gateway/pipeline/call.h"
#include "gateway/pipeline/limits_file.h"
#include "gateway/routing/method_table.h"
#include "gateway/upstream/upstreams.h"
#include "servicekit/access/token.h"
#include "servicekit/telemetry/metrics.h"

namespace clientele::gateway {

struct PipelineOptions {
  // For a unary call that names no time of its own. Streams may last as long as both sides like.
  absl::Duration default_timeout = absl::Seconds(15);
  Limits limits;
  // No unary call lasts longer, whatever its caller asks for.
  absl::Duration max_timeout = absl::Minutes(5);
  size_t max_message_bytes = 4 << 20;
  // Of all requests that are still coming in.
  int64_t max_waiting_bytes = int64_t{128} << 20;
  // A token came whose key is not known: there may be newer keys to fetch. Must not block.
  std::function<void()> on_unknown_key;
  // Methods that need no sign-in, as `/package.Service/Method`.
  absl::flat_hash_set<std::string> public_methods;
};

// What a codec knows of a call before its first message.
struct CallStart {
  const Method* method;
  std::string_view codec;
  std::string_view authorization;  // The whole header.
  std::string_view api_key;
  std::string_view traceparent;
  std::optional<absl::Duration> timeout;
  Metadata metadata;  // To be passed on, without authorization and traceparent.
};

// What every call goes through, whatever it came in as: who are you, limits, deadline, then the service.
// Thread-safe.
class Pipeline {
 public:
  Pipeline(PipelineOptions options, const MethodTable& methods, Upstreams& upstreams,
           servicekit::TokenVerifier& verifier, ApiKeyTokens* api_keys, servicekit::Metrics& metrics);

  // An open call whose `peer` hears on `loop`, or why there is none. A refusal has been logged and counted.
  absl::StatusOr<std::shared_ptr<Call>> Start(boost::asio::io_context& loop, CallStart start, CallPeer* peer);

  // Other limits than those of the options, from the next call on.
  void SetLimits(const Limits& limits) {
    max_concurrent_calls_ = limits.max_concurrent_calls;
    limits_.Set(limits.principal);
  }
  // From now on there are no new calls: UNAVAILABLE.
  void BeginDrain() { draining_ = true; }
  bool draining() const { return draining_; }
  // Waits until gRPC has nothing more to report of any call. Loops may be destroyed after that, not before.
  void WaitForGrpc();
  std::atomic<int>& pending() { return pending_; }
  int active_calls() const { return active_; }
  BodyBudget& bodies() { return bodies_; }
  const PipelineOptions& options() const { return options_; }

 private:
  struct Served {
    Upstream* upstream;
    servicekit::MethodMetrics* metrics;
    bool is_public;
    bool is_own;  // Served in this process: it stays within reach when everything else is too busy.
  };
  struct Caller {
    std::string subject;
    std::string authorization;  // For the service; empty for a public method.
  };

  absl::StatusOr<Caller> Authenticate(const CallStart& start, const Served& served);
  absl::Status CheckLoad(const Served& served);

  const PipelineOptions options_;
  servicekit::TokenVerifier& verifier_;
  ApiKeyTokens* const api_keys_;
  PrincipalLimits limits_;
  std::atomic<int> max_concurrent_calls_;
  std::vector<Served> served_;  // By Method::index.
  std::atomic<int> active_ = 0;
  std::atomic<int> pending_ = 0;
  std::atomic<bool> draining_ = false;
  BodyBudget bodies_{options_.max_waiting_bytes};
};

}  // namespace clientele::gateway

#endif  // GATEWAY_PIPELINE_PIPELINE_H_
