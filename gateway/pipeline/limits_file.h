#ifndef GATEWAY_PIPELINE_LIMITS_FILE_H_
#define GATEWAY_PIPELINE_LIMITS_FILE_H_

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "gateway/pipeline/principal_limits.h"

namespace clientele::gateway {

// What an operator may want to change while the gateway runs.
struct Limits {
  int max_concurrent_calls = 10'000;  // Of all callers together.
  PrincipalLimitOptions principal;
};

// Reads flags, `--calls_per_second=20` a line, as a flag file has them; what it does not name stays as in
// `base`. INVALID_ARGUMENT naming the line for anything but the flags of these limits.
absl::StatusOr<Limits> ParseLimits(std::string_view text, Limits base);

// Such a file, which is read again when it changes. One that cannot be used changes nothing, and is logged.
class LimitsFile {
 public:
  // `take` hears the limits at once, and then on a thread of this one.
  static absl::StatusOr<std::unique_ptr<LimitsFile>> Open(const std::string& path, const Limits& base,
                                                          std::function<void(const Limits&)> take,
                                                          absl::Duration look_every = absl::Seconds(1));
  ~LimitsFile();

 private:
  LimitsFile(std::string path, const Limits& base, std::function<void(const Limits&)> take)
      : path_(std::move(path)), base_(base), take_(std::move(take)) {}
  absl::Status Load();
  void Watch(absl::Duration look_every);

  const std::string path_;
  const Limits base_;
  const std::function<void(const Limits&)> take_;
  std::string text_;  // As it was last read.
  std::mutex mutex_;
  std::condition_variable stop_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace clientele::gateway

#endif  // GATEWAY_PIPELINE_LIMITS_FILE_H_
