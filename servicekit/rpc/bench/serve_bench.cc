// What Serve costs: the same empty handler behind gRPC's own callback API and behind Serve (queue, workers,
// token, deadline, metrics, log line), called over loopback by the same client in the same process, in turns.
//
//   serve_bench [seconds] 2> /dev/null

#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include <grpcpp/grpcpp.h>

#include "absl/synchronization/blocking_counter.h"
#include "absl/time/clock.h"
#include "echo.grpc.pb.h"
#include "servicekit/rpc/serve.h"
#include "servicekit/rpc/testing/in_process_server.h"

namespace servicekit {
namespace {

using echo::EchoRequest;
using echo::EchoResponse;
using echo::EchoService;

constexpr int kOutstanding = 64;

class Bare : public EchoService::CallbackService {
 public:
  grpc::ServerUnaryReactor* Echo(grpc::CallbackServerContext* context, const EchoRequest* request,
                                 EchoResponse* response) override {
    response->set_text(request->text());
    grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }
};

class Served : public EchoService::CallbackService {
 public:
  explicit Served(Executor& executor) : executor_(executor) {}
  grpc::ServerUnaryReactor* Echo(grpc::CallbackServerContext* context, const EchoRequest* request,
                                 EchoResponse* response) override {
    return Serve(executor_, context, request, response,
                 [](const CallContext&, const EchoRequest& r) -> absl::StatusOr<EchoResponse> {
                   EchoResponse answer;
                   answer.set_text(r.text());
                   return answer;
                 });
  }

 private:
  Executor& executor_;
};

// One of the calls that are always outstanding: each answer starts the next.
struct Caller {
  EchoService::Stub* stub;
  absl::Time until;
  std::atomic<int64_t>* answered;
  absl::BlockingCounter* finished;
  EchoRequest request;
  EchoResponse response;
  std::unique_ptr<grpc::ClientContext> context;

  void Next() {
    context = TestContext();
    stub->async()->Echo(context.get(), &request, &response, [this](const grpc::Status& status) {
      if (!status.ok()) {
        std::fprintf(stdout, "a call failed: %s\n", status.error_message().c_str());
        std::exit(1);
      }
      answered->fetch_add(1, std::memory_order_relaxed);
      if (absl::Now() < until) return Next();
      finished->DecrementCount();
    });
  }
};

double CpuMicros() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return 1e6 * static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

struct Figures {
  double calls_per_second;
  double
      cpu_micros;  // Of client and server together, for one call: says more than the rate on a busy machine.
};

Figures Measure(const std::string& address, absl::Duration time) {
  std::vector<std::unique_ptr<EchoService::Stub>> stubs;
  for (int i = 0; i < 4; ++i) {
    grpc::ChannelArguments own_connection;
    own_connection.SetInt("bench.channel", i);
    stubs.push_back(EchoService::NewStub(
        grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), own_connection)));
  }
  std::atomic<int64_t> answered = 0;
  absl::BlockingCounter finished(kOutstanding);
  const absl::Time start = absl::Now();
  const double cpu_start = CpuMicros();
  std::vector<Caller> callers(kOutstanding);
  for (int i = 0; i < kOutstanding; ++i) {
    Caller& caller = callers[i];
    caller.stub = stubs[i % stubs.size()].get();
    caller.until = start + time;
    caller.answered = &answered;
    caller.finished = &finished;
    caller.request.set_text("홍길동");
    caller.Next();
  }
  finished.Wait();
  const auto calls = static_cast<double>(answered);
  return {calls / absl::ToDoubleSeconds(absl::Now() - start), (CpuMicros() - cpu_start) / calls};
}

int Main(double seconds) {
  Bare bare;
  TestExecutor shared({.workers = 8, .queue_length = 1024});
  Served served(shared.executor);
  InProcessServer bare_server({&bare}), served_server({&served});
  const absl::Duration turn = absl::Seconds(seconds) / 6;
  Measure(bare_server.address(), turn / 4);  // Warm up.
  Measure(served_server.address(), turn / 4);
  std::vector<Figures> baselines, figures;
  for (int round = 0; round < 3; ++round) {
    baselines.push_back(Measure(bare_server.address(), turn));
    figures.push_back(Measure(served_server.address(), turn));
  }
  const auto median = [](std::vector<Figures>& all) {
    std::sort(all.begin(), all.end(),
              [](const Figures& a, const Figures& b) { return a.calls_per_second < b.calls_per_second; });
    return all[all.size() / 2];
  };
  const Figures baseline = median(baselines), figure = median(figures);
  std::printf("callback API, empty handler  %8.0f calls/s  %6.1f us of CPU a call\n",
              baseline.calls_per_second, baseline.cpu_micros);
  std::printf("Serve, the same handler      %8.0f calls/s  %6.1f us of CPU a call\n", figure.calls_per_second,
              figure.cpu_micros);
  std::printf("ratio                        %8.2f          %6.2f\n",
              figure.calls_per_second / baseline.calls_per_second, figure.cpu_micros / baseline.cpu_micros);
  return 0;
}

}  // namespace
}  // namespace servicekit

int main(int argc, char** argv) { return servicekit::Main(argc > 1 ? std::atof(argv[1]) : 12); }
