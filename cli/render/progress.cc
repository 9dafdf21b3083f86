#include "cli/render/progress.h"

#include <algorithm>
#include <iostream>

#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "cli/render/charts.h"
#include "cli/render/text.h"
#include "servicekit/types/str_cat.h"

namespace clientele::cli {
namespace {

using servicekit::StrCat;

constexpr absl::Duration kRedraw = absl::Milliseconds(100), kLineEvery = absl::Seconds(10);
constexpr size_t kBarWidth = 30;

std::string Left(absl::Duration left) {
  const int64_t seconds = absl::ToInt64Seconds(left);
  return seconds < 3600 ? absl::StrFormat("%d:%02d left", seconds / 60, seconds % 60)
                        : absl::StrFormat("%d:%02d h left", seconds / 3600, seconds / 60 % 60);
}

}  // namespace

Progress::Progress(std::string what, const Terminal& terminal)
    : what_(std::move(what)), terminal_(terminal), start_(absl::Now()), drawn_(start_) {
  if (!terminal_.interactive) std::cerr << what_ << "\n";
}

Progress::~Progress() { Clear(); }

void Progress::Update(int64_t done, int64_t total, std::string_view note) {
  const absl::Time now = absl::Now();
  if (now - drawn_ < (terminal_.interactive ? kRedraw : kLineEvery)) return;
  drawn_ = now;
  Draw(done, total, note);
}

void Progress::Draw(int64_t done, int64_t total, std::string_view note) {
  const double share =
      total <= 0 ? 0 : std::clamp(static_cast<double>(done) / static_cast<double>(total), 0.0, 1.0);
  if (!terminal_.interactive) {
    std::cerr << what_ << ": " << FormatPercent(share) << (note.empty() ? "" : ", ") << note << std::endl;
    return;
  }
  std::string line =
      StrCat(what_, " ", terminal_.Coloured(74, PadRight(BarFromLeft(share, kBarWidth), kBarWidth)), " ",
             PadLeft(FormatPercent(share), 6), "  ", note);
  const absl::Duration elapsed = absl::Now() - start_;
  if (share > 0.02 && elapsed > absl::Seconds(2))
    line += StrCat("  ", terminal_.Dim(Left(elapsed / share - elapsed)));
  std::cerr << "\r\033[K" << line << std::flush;
  on_screen_ = true;
}

void Progress::Say(std::string_view message) {
  Clear();
  std::cerr << message << std::endl;
}

void Progress::Clear() {
  if (on_screen_) std::cerr << "\r\033[K" << std::flush;
  on_screen_ = false;
}

}  // namespace clientele::cli
