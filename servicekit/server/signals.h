#ifndef SERVICEKIT_SERVER_SIGNALS_H_
#define SERVICEKIT_SERVER_SIGNALS_H_

#include <csignal>

#include "absl/time/time.h"

namespace servicekit {

// SIGTERM and SIGINT as something to wait for. Make it before any thread, so that all of them inherit the
// blocked signals; SIGPIPE is ignored from then on.
class StopSignals {
 public:
  StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

  // Waits for one of them and returns which. From then on another one ends the process at once, for whoever
  // does not want to wait for the drain.
  int Wait();
  // The same for at most `timeout`; 0 when none came.
  int WaitFor(absl::Duration timeout);

 private:
  int Received(int signal);
  sigset_t signals_;
};

}  // namespace servicekit

#endif  // SERVICEKIT_SERVER_SIGNALS_H_
