#include "lifecycle-svc/operations/periodic.h"

#include <utility>

#include "servicekit/telemetry/log.h"

namespace clientele::lifecycle {

Periodic::Periodic(std::string name, absl::Duration every, std::function<absl::StatusOr<bool>()> once)
    : name_(std::move(name)), every_(every), once_(std::move(once)) {}

void Periodic::Start() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = false;
  }
  thread_ = std::thread([this] { Run(); });
}

void Periodic::Stop() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  if (thread_.joinable()) thread_.join();
}

void Periodic::Run() {
  while (true) {
    const absl::StatusOr<bool> more = once_();
    if (!more.ok()) {
      servicekit::Log(servicekit::LogLevel::kError, "background work failed, will try again",
                      {{"work", name_}, {"status", more.status().ToString()}});
    }
    absl::MutexLock lock(&mutex_);
    if (stopping_) return;
    if (more.ok() && *more) continue;
    mutex_.AwaitWithTimeout(absl::Condition(&stopping_), every_);
    if (stopping_) return;
  }
}

}  // namespace clientele::lifecycle
