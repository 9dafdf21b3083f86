#ifndef GATEWAY_HTTP_LOOP_H_
#define GATEWAY_HTTP_LOOP_H_

#include <atomic>
#include <functional>
#include <memory>
#include <thread>
#include <unordered_map>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "absl/time/time.h"
#include "gateway/http/exchange.h"

namespace clientele::gateway {

struct HttpLimits {
  size_t max_header_bytes = 16 << 10;
  absl::Duration header_timeout = absl::Seconds(10);  // For a new connection's first request.
  absl::Duration idle_timeout = absl::Seconds(75);    // Between requests.
  absl::Duration body_timeout = absl::Seconds(30);    // For the next bytes of a body.
  absl::Duration write_timeout = absl::Seconds(30);   // For a peer that does not read.
  int max_connections = 10'000;
  uint32_t max_concurrent_streams = 256;
  // HTTP/2 streams reset by a peer (or because of it): a burst, then so many a second. More ends the
  // connection.
  double reset_burst = 200;
  double resets_per_second = 20;
};

// One connection; used on its loop only.
class Connection {
 public:
  virtual ~Connection() = default;
  virtual void Tick(absl::Time now) = 0;  // About once a second: time limits.
  virtual void BeginDrain() = 0;          // Finish what is in work, take nothing new, then close.
  virtual void Close() = 0;
};

// One thread with its io_context and its connections: no locks between what belongs to one connection.
class Loop {
 public:
  Loop(const HttpLimits& limits, HttpFrontDoor& door);
  ~Loop();  // Stop().

  void Start();
  // Ends the thread. No connection is served any more.
  void Stop();
  // Any thread. Connections finish their work, then close.
  void BeginDrain();
  // Any thread. Connections are closed as they are.
  void CloseAll();

  // On the loop's thread.
  void Add(std::shared_ptr<Connection> connection);
  void Remove(Connection* connection);

  boost::asio::io_context& context() { return context_; }
  const HttpLimits& limits() const { return limits_; }
  HttpFrontDoor& door() { return door_; }
  int connections() const { return count_; }
  bool draining() const { return draining_; }

 private:
  void Tick();
  // Over a copy: connections remove themselves.
  void ForEach(const std::function<void(Connection&)>& visit);

  const HttpLimits limits_;
  HttpFrontDoor& door_;
  boost::asio::io_context context_{1};
  boost::asio::steady_timer timer_{context_};
  std::unordered_map<Connection*, std::shared_ptr<Connection>> connections_;
  std::atomic<int> count_ = 0;
  bool draining_ = false;
  std::thread thread_;
};

}  // namespace clientele::gateway

#endif  // GATEWAY_HTTP_LOOP_H_
