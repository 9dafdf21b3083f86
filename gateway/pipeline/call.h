#ifndef GATEWAY_PIPELINE_CALL_H_
#define GATEWAY_PIPELINE_CALL_H_

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <grpcpp/grpcpp.h>
#include <boost/asio/io_context.hpp>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gateway/pipeline/principal_limits.h"
#include "gateway/routing/method_table.h"
#include "gateway/upstream/upstreams.h"
#include "servicekit/telemetry/metrics.h"

namespace clientele::gateway {

// Values of `-bin` keys are raw bytes here, as gRPC's API has them.
using Metadata = std::vector<std::pair<std::string, std::string>>;

// How a call ended, for its caller.
struct CallEnd {
  grpc::Status status;
  Metadata trailers;
};

// The caller's side of a call: a codec. Everything happens on the loop of its connection.
class CallPeer {
 public:
  virtual void OnHeaders() {}  // The service accepted the call. Streams only.
  virtual void OnMessage(
      grpc::ByteBuffer message) = 0;                // Answers a Read(); a unary call's message comes unasked.
  virtual void OnWritten() {}                       // The service took the message; the next may be written.
  virtual void OnFinished(const CallEnd& end) = 0;  // The last thing to be heard.

 protected:
  ~CallPeer() = default;
};

// What is told of a call when it is over, once.
struct CallRecord {
  const Method* method;
  std::string_view codec;  // `grpc`, `grpc-web` or `json`.
  std::string subject;
  std::string traceparent;
  std::string parent_traceparent;  // The caller's; empty when the trace begins here.
  absl::Time start;
  servicekit::MethodMetrics* metrics;
  std::atomic<int>* active;   // Calls in progress; counted down when this one is over.
  std::atomic<int>* pending;  // Calls that gRPC will still report on, to a loop that must be there.
  PrincipalLimits::Ticket ticket;
};

// One admitted call to a service. Used on one loop; what gRPC reports from its own threads is posted there.
class Call : public std::enable_shared_from_this<Call> {
 public:
  Call(boost::asio::io_context& loop, CallRecord record, CallPeer* peer, Upstream& upstream,
       Metadata metadata, absl::Time deadline);
  virtual ~Call() = default;
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  // Opens the call. A unary call begins when its message is complete. The peer may hear of its end at once.
  virtual void Start() {}
  // One message of the request; for streams the next one only after OnWritten().
  virtual void Write(grpc::ByteBuffer message) = 0;
  virtual void WritesDone() = 0;
  // Asks for the next message of a stream; at most one Read at a time.
  virtual void Read() = 0;
  // About once a second: does not wait for a replica that does not answer any more.
  virtual void Tick() {}

  // The caller is gone, or has been answered by its codec: no more is heard of the call. `why` is what the
  // log says.
  void Abandon(const grpc::Status& why);

  const Method& method() const { return *record_.method; }
  bool unary() const { return record_.method->unary; }
  // Who calls, as the token says; empty for a public method.
  const std::string& subject() const { return record_.subject; }
  absl::Time deadline() const { return deadline_; }

 protected:
  virtual void Cancel() = 0;
  // Tells the peer, unless it is gone, and closes the record. `context` has the trailers, when there are
  // some.
  void Finish(const grpc::Status& status, const grpc::ClientContext* context = nullptr);
  // Metadata and deadline.
  void Prepare(grpc::ClientContext& context) const;
  CallPeer* peer() { return peer_; }
  bool closed() const { return closed_; }
  std::atomic<int>& pending() { return *record_.pending; }

  boost::asio::io_context& loop_;
  Upstream& upstream_;
  bool limited_ = false;  // Holds one of the places of `upstream_.limit()`.

 private:
  void Close(const grpc::Status& status);

  CallRecord record_;
  const Metadata metadata_;
  CallPeer* peer_;
  bool closed_ = false;
  const absl::Time deadline_;
};

std::shared_ptr<Call> NewCall(boost::asio::io_context& loop, CallRecord record, CallPeer* peer,
                              Upstream& upstream, Metadata metadata, absl::Time deadline);

// The log line and metrics of a call; also for those refused before they became one.
void Report(const CallRecord& record, const grpc::Status& status);

}  // namespace clientele::gateway

#endif  // GATEWAY_PIPELINE_CALL_H_
