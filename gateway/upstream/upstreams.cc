#include "gateway/upstream/upstreams.h"

#include <atomic>
#include <mutex>
#include <utility>

namespace clientele::gateway {
namespace {

// HealthCheckResponse{status: SERVING} on the wire: field 1, varint 1. The health contract has not changed
// since 2016, and Debian has no header for it.
constexpr std::string_view kServing("\x08\x01", 2);

bool IsServing(const grpc::ByteBuffer& response) {
  grpc::Slice slice;
  if (!response.DumpToSingleSlice(&slice).ok()) return false;
  return std::string_view(reinterpret_cast<const char*>(slice.begin()), slice.size()) == kServing;
}

}  // namespace

Upstream::Upstream(std::string prefix, std::shared_ptr<grpc::Channel> channel)
    : prefix_(std::move(prefix)), channel_(std::move(channel)), stub_(channel_) {}

void Upstream::CheckHealth(absl::Duration timeout, std::function<void(bool)> done) {
  struct Check {
    grpc::ClientContext context;
    grpc::ByteBuffer request;
    grpc::ByteBuffer response;
  };
  auto check = std::make_shared<Check>();
  const grpc::Slice empty;
  check->request = grpc::ByteBuffer(&empty, 1);
  check->context.set_deadline(absl::ToChronoTime(absl::Now() + timeout));
  stub_.UnaryCall(&check->context, "/grpc.health.v1.Health/Check", {}, &check->request, &check->response,
                  [check, done = std::move(done)](const grpc::Status& status) {
                    done(status.ok() && IsServing(check->response));
                  });
}

void Upstreams::Add(std::string prefix, std::shared_ptr<grpc::Channel> channel) {
  upstreams_.emplace_back(std::move(prefix), std::move(channel));
}

Upstream* Upstreams::Find(std::string_view full_name) {
  for (Upstream& upstream : upstreams_) {
    if (full_name.starts_with(upstream.prefix())) return &upstream;
  }
  return nullptr;
}

std::vector<std::string> Upstreams::prefixes() const {
  std::vector<std::string> result;
  for (const Upstream& upstream : upstreams_) result.push_back(upstream.prefix());
  return result;
}

void Upstreams::CheckHealth(absl::Duration timeout, std::function<void(std::vector<std::string>)> done) {
  struct Checks {
    std::mutex mutex;
    size_t left;
    std::vector<std::string> unready;
    std::function<void(std::vector<std::string>)> done;
  };
  if (upstreams_.empty()) return done({});
  auto checks = std::make_shared<Checks>();
  checks->left = upstreams_.size();
  checks->done = std::move(done);
  for (Upstream& upstream : upstreams_) {
    upstream.CheckHealth(timeout, [checks, name = upstream.prefix()](bool serving) {
      {
        const std::lock_guard lock(checks->mutex);
        if (!serving) checks->unready.push_back(name);
        if (--checks->left > 0) return;
      }
      checks->done(std::move(checks->unready));
    });
  }
}

}  // namespace clientele::gateway
