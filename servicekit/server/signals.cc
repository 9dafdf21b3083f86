#include "servicekit/server/signals.h"

#include <pthread.h>

namespace servicekit {

StopSignals::StopSignals() {
  sigemptyset(&signals_);
  sigaddset(&signals_, SIGTERM);
  sigaddset(&signals_, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

int StopSignals::Wait() {
  int signal = 0;
  while (sigwait(&signals_, &signal) != 0) {
  }
  return Received(signal);
}

int StopSignals::WaitFor(absl::Duration timeout) {
  const timespec limit = absl::ToTimespec(timeout);
  const int signal = sigtimedwait(&signals_, nullptr, &limit);
  return signal > 0 ? Received(signal) : 0;
}

int StopSignals::Received(int signal) {
  pthread_sigmask(SIG_UNBLOCK, &signals_, nullptr);
  return signal;
}

}  // namespace servicekit
