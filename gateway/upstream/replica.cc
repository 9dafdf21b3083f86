#include "gateway/upstream/replica.h"

#include <string_view>
#include <utility>

#include "absl/time/clock.h"

namespace clientele::gateway {
namespace {

// HealthCheckResponse{status: SERVING} on the wire: field 1, varint 1. The health contract has not changed
// since 2016, and Debian has no header for it.
constexpr std::string_view kServing("\x08\x01", 2);
constexpr int kMaxUnreachedCalls = 3;
constexpr int kMaxUnansweredChecks = 1;

bool IsServing(const grpc::ByteBuffer& response) {
  grpc::Slice slice;
  if (!response.DumpToSingleSlice(&slice).ok()) return false;
  return std::string_view(reinterpret_cast<const char*>(slice.begin()), slice.size()) == kServing;
}

}  // namespace

Replica::Replica(std::string address, std::shared_ptr<grpc::Channel> channel)
    : address_(std::move(address)), channel_(std::move(channel)), stub_(channel_) {}

void Replica::CallFinished(bool reached) {
  active_.fetch_sub(1, std::memory_order_relaxed);
  if (reached) {
    if (unreached_calls_.load(std::memory_order_relaxed) != 0) unreached_calls_ = 0;
  } else if (++unreached_calls_ >= kMaxUnreachedCalls) {
    health_ = Health::kAway;  // Until a check is answered.
  }
}

void Replica::Take(const grpc::Status& status, bool serving) {
  const bool answered =
      status.error_code() != grpc::UNAVAILABLE && status.error_code() != grpc::DEADLINE_EXCEEDED;
  if (!answered) {
    if (++unanswered_checks_ > kMaxUnansweredChecks) health_ = Health::kAway;
    return;
  }
  unanswered_checks_ = 0;
  unreached_calls_ = 0;
  health_ = status.ok() && serving ? Health::kReady : Health::kUnready;
}

void Replica::CheckHealth(absl::Duration timeout, std::function<void(Health)> done) {
  struct Check {
    grpc::ClientContext context;
    grpc::ByteBuffer request;
    grpc::ByteBuffer response;
  };
  auto check = std::make_shared<Check>();
  const grpc::Slice empty;
  check->request = grpc::ByteBuffer(&empty, 1);
  check->context.set_deadline(absl::ToChronoTime(absl::Now() + timeout));
  stub_.UnaryCall(
      &check->context, "/grpc.health.v1.Health/Check", {}, &check->request, &check->response,
      [this, check, done = std::move(done)](const grpc::Status& status) {
        const bool serving = status.ok() && IsServing(check->response);
        Take(status, serving);
        // The caller asks about now; health() forgives.
        done(serving ? Health::kReady : health() == Health::kAway ? Health::kAway : Health::kUnready);
      });
}

}  // namespace clientele::gateway
