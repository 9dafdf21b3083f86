#ifndef TESTS_CLUSTER_PROCESS_H_
#define TESTS_CLUSTER_PROCESS_H_

#include <sys/types.h>

#include <string>
#include <vector>

namespace clientele::tests {

// One child process, started with its output going to a log file, and certainly ended when this is destroyed.
class Process {
 public:
  Process() = default;
  Process(const std::vector<std::string>& command, const std::string& log_file);
  ~Process();
  Process(Process&& other) noexcept;
  Process& operator=(Process&& other) noexcept;

  bool running() const;
  pid_t pid() const { return pid_; }
  // Sends the signal and waits for the end; returns the wait status.
  int End(int signal);
  // Waits for the end; returns the wait status.
  int Wait();

 private:
  pid_t pid_ = -1;
};

// Runs a command to its end. Output goes to `output` (both streams) when given. Returns the exit code, 128 +
// signal when it was killed.
int RunCommand(const std::vector<std::string>& command, std::string* output = nullptr);

// A TCP port on loopback that was free a moment ago.
int FreePort();

}  // namespace clientele::tests

#endif  // TESTS_CLUSTER_PROCESS_H_
