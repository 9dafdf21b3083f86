#include "gateway/pipeline/limits_file.h"

#include <cmath>
#include <fstream>
#include <sstream>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "servicekit/telemetry/log.h"
#include "servicekit/types/str_cat.h"

namespace clientele::gateway {
namespace {

bool SetNumber(const std::string& text, int least, int* number) {
  return absl::SimpleAtoi(text, number) && *number >= least;
}
bool SetNumber(const std::string& text, double* number) {
  return absl::SimpleAtod(text, number) && std::isfinite(*number) && *number >= 0;
}

}  // namespace

absl::StatusOr<Limits> ParseLimits(std::string_view text, Limits base) {
  int number = 0;
  for (const absl::string_view raw : absl::StrSplit(servicekit::ToAbsl(text), '\n')) {
    ++number;
    const absl::string_view line = absl::StripAsciiWhitespace(raw);
    if (line.empty() || line.front() == '#') continue;
    const std::pair<std::string, std::string> flag = absl::StrSplit(line, absl::MaxSplits('=', 1));
    bool good = false;
    if (flag.first == "--max_concurrent_calls") {
      good = SetNumber(flag.second, 1, &base.max_concurrent_calls);
    } else if (flag.first == "--concurrent_calls_of_one") {
      good = SetNumber(flag.second, 0, &base.principal.concurrent_calls);
    } else if (flag.first == "--calls_per_second") {
      good = SetNumber(flag.second, &base.principal.calls_per_second);
    } else if (flag.first == "--call_burst") {
      good = SetNumber(flag.second, &base.principal.burst);
    } else {
      return absl::InvalidArgumentError(
          absl::StrCat("line ", number,
                       ": only --max_concurrent_calls, --concurrent_calls_of_one, --calls_per_second and "
                       "--call_burst can be changed here"));
    }
    if (!good)
      return absl::InvalidArgumentError(absl::StrCat("line ", number, ": not a number that makes sense"));
  }
  return base;
}

absl::StatusOr<std::unique_ptr<LimitsFile>> LimitsFile::Open(const std::string& path, const Limits& base,
                                                             std::function<void(const Limits&)> take,
                                                             absl::Duration look_every) {
  auto file = std::unique_ptr<LimitsFile>(new LimitsFile(path, base, std::move(take)));
  if (absl::Status loaded = file->Load(); !loaded.ok()) return loaded;
  file->thread_ = std::thread([self = file.get(), look_every] { self->Watch(look_every); });
  return file;
}

LimitsFile::~LimitsFile() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  stop_.notify_all();
  if (thread_.joinable()) thread_.join();
}

absl::Status LimitsFile::Load() {
  std::ifstream file(path_, std::ios::binary);
  std::ostringstream text;
  if (!file || (file.peek() != std::ifstream::traits_type::eof() && !(text << file.rdbuf()))) {
    return absl::InvalidArgumentError(absl::StrCat("cannot read ", path_));
  }
  // It is small: comparing it costs less than asking when it was changed, and cannot be wrong.
  if (text.str() == text_ && thread_.joinable()) return absl::OkStatus();
  text_ = text.str();
  const absl::StatusOr<Limits> limits = ParseLimits(text_, base_);
  if (!limits.ok()) return absl::InvalidArgumentError(absl::StrCat(path_, ", ", limits.status().message()));
  take_(*limits);
  return absl::OkStatus();
}

void LimitsFile::Watch(absl::Duration look_every) {
  std::unique_lock lock(mutex_);
  std::string told;
  while (!stop_.wait_for(lock, absl::ToChronoMilliseconds(look_every), [this] { return stopping_; })) {
    const absl::Status loaded = Load();
    if (loaded.ok()) {
      told.clear();
    } else if (std::exchange(told, loaded.ToString()) != loaded.ToString()) {
      servicekit::Log(servicekit::LogLevel::kError,
                      "the limits file cannot be used; the limits stay as they were",
                      {{"error", loaded.ToString()}});
    }
  }
}

}  // namespace clientele::gateway
