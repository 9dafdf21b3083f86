#include "customer-svc/operations/background_steps.h"

#include "servicekit/telemetry/log.h"

namespace clientele::customer {
namespace {

using servicekit::Log;
using servicekit::LogLevel;

const absl::Duration kPause = absl::Milliseconds(500);

}  // namespace

void BackgroundSteps::Run() {
  bool failed = false;
  while (true) {
    const absl::StatusOr<bool> done = step_();
    if (!done.ok() && !failed) {
      Log(LogLevel::kError, "background work failed, tries on",
          {{"what", what_}, {"status", done.status().ToString()}});
    }
    if (done.ok() && failed) Log(LogLevel::kInfo, "background work goes on", {{"what", what_}});
    failed = !done.ok();
    const absl::Duration pause = done.ok() && *done ? absl::ZeroDuration() : kPause;
    absl::MutexLock lock(&mutex_);
    mutex_.AwaitWithTimeout(absl::Condition(&stopping_), pause);
    if (stopping_) return;
  }
}

void BackgroundSteps::Start() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = false;
  }
  if (!thread_.joinable()) thread_ = std::thread([this] { Run(); });
}

void BackgroundSteps::Stop() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  if (thread_.joinable()) thread_.join();
}

}  // namespace clientele::customer
