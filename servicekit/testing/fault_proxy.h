#ifndef SERVICEKIT_TESTING_FAULT_PROXY_H_
#define SERVICEKIT_TESTING_FAULT_PROXY_H_

#include <memory>
#include <string>

namespace servicekit {

// Stands between a client and a server and breaks what it is told to. Both sides are `host:port` or the path
// of a Unix socket; `address()` is where clients connect (a TCP port of 127.0.0.1 if the server's is TCP, a
// socket if not).
class FaultProxy {
 public:
  explicit FaultProxy(const std::string& server);
  ~FaultProxy();
  FaultProxy(const FaultProxy&) = delete;
  FaultProxy& operator=(const FaultProxy&) = delete;

  const std::string& address() const;

  // The next time a client sends bytes that contain `request`, they reach the server, but its connection is
  // closed before any answer does: as when the server, or the way back, dies at that moment. Once.
  void CutAnswerTo(const std::string& request);
  // The same, but the request does not reach the server either.
  void CutRequest(const std::string& request);
  // Closes all connections, and refuses (accepts and closes) new ones until Heal(). No byte passes after it
  // returns.
  void Partition();
  // Bytes stay where they are, in both directions, until Heal(): a peer that hangs.
  void Stall();
  // The connections that are open now pass nothing any more, as when the machine at their other end went
  // away. New ones work.
  void Hang();
  void Heal();
  // How many cuts have happened.
  int cuts() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace servicekit

#endif  // SERVICEKIT_TESTING_FAULT_PROXY_H_
