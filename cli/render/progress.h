#ifndef CLIENTELE_CLI_RENDER_PROGRESS_H_
#define CLIENTELE_CLI_RENDER_PROGRESS_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "cli/render/terminal.h"

namespace clientele::cli {

// How far long work has come: a bar on a terminal, else a line every ten seconds. Goes to the error output,
// so that it never mixes with results. (Debian has no C++ library for this.)
class Progress {
 public:
  // `what` as in `Importing`.
  Progress(std::string what, const Terminal& terminal);
  ~Progress();

  // `note` stands behind the bar, as in `12,000 records`.
  void Update(int64_t done, int64_t total, std::string_view note);
  // A line of its own, above the bar.
  void Say(std::string_view message);
  // Leaves the terminal as if there had been no bar.
  void Clear();

 private:
  void Draw(int64_t done, int64_t total, std::string_view note);

  const std::string what_;
  const Terminal terminal_;
  const absl::Time start_;
  absl::Time drawn_;
  bool on_screen_ = false;
};

}  // namespace clientele::cli

#endif  // CLIENTELE_CLI_RENDER_PROGRESS_H_
