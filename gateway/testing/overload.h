#ifndef GATEWAY_TESTING_OVERLOAD_H_
#define GATEWAY_TESTING_OVERLOAD_H_

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <grpcpp/grpcpp.h>

#include "absl/synchronization/blocking_counter.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gateway/testing/echo.grpc.pb.h"
#include "servicekit/rpc/executor.h"
#include "servicekit/rpc/serve.h"

// More calls than a service can answer: for the test that says what must hold, and the bench that says how
// well it does.
namespace clientele::gateway::testing {

// A service made as ours are: so many workers, each of which waits for its database so long.
class BusyService final : private EchoService::CallbackService {
 public:
  BusyService(int workers, absl::Duration work)
      : work_(work),
        executor_(
            {.workers = workers},
            [](std::string_view) { return servicekit::Principal{.subject = "users/tester"}; }, metrics_) {
    grpc::EnableDefaultHealthCheckService(true);
    grpc::ServerBuilder builder;
    servicekit::Executor::Prepare(builder);
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
  }
  ~BusyService() override { server_->Shutdown(std::chrono::system_clock::now()); }

  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

 private:
  grpc::ServerUnaryReactor* GetThing(grpc::CallbackServerContext* context, const GetThingRequest* request,
                                     Thing* response) override {
    return servicekit::Serve(
        executor_, context, request, response,
        [this](const servicekit::CallContext&, const GetThingRequest& asked) -> absl::StatusOr<Thing> {
          absl::SleepFor(work_);
          Thing thing;
          thing.set_name(asked.name());
          return thing;
        });
  }

  const absl::Duration work_;
  servicekit::Metrics metrics_;
  servicekit::Executor executor_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

// What became of the calls that were made.
struct Outcome {
  absl::Duration time;
  std::map<int, int64_t> codes;
  std::vector<absl::Duration> latencies;  // Of the answered ones, rising.

  double offered() const {
    int64_t all = 0;
    for (const auto& [code, count] : codes) all += count;
    return static_cast<double>(all) / absl::ToDoubleSeconds(time);
  }
  double goodput() const { return static_cast<double>(latencies.size()) / absl::ToDoubleSeconds(time); }
  absl::Duration Percentile(double share) const {
    if (latencies.empty()) return absl::InfiniteDuration();
    return latencies[std::min(latencies.size() - 1,
                              static_cast<size_t>(share * static_cast<double>(latencies.size())))];
  }
};

// Makes calls for a thing through a gateway.
class Callers {
 public:
  Callers(const std::string& gateway, std::string token) : token_(std::move(token)) {
    for (int i = 0; i < 4; ++i) {
      grpc::ChannelArguments arguments;
      arguments.SetInt("channel", i);  // Its own connection: equal ones would share.
      stubs_.push_back(EchoService::NewStub(
          grpc::CreateCustomChannel(gateway, grpc::InsecureChannelCredentials(), arguments)));
    }
  }

  // So many callers, each of whom waits for its answer before it asks again: the most that there is to be
  // had.
  Outcome Wait(int callers, absl::Duration time) {
    const absl::Time start = absl::Now();
    std::vector<std::thread> threads;
    for (int i = 0; i < callers; ++i) {
      threads.emplace_back([this, i, end = start + time] {
        while (absl::Now() < end) {
          grpc::ClientContext context;
          Prepare(context);
          GetThingRequest request;
          request.set_name("things/a");
          Thing thing;
          const absl::Time asked = absl::Now();
          Note(stubs_[static_cast<size_t>(i) % stubs_.size()]->GetThing(&context, request, &thing), asked);
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    return Take(absl::Now() - start);
  }

  // So many calls a second, whatever becomes of them.
  Outcome Insist(double calls_per_second, absl::Duration time) {
    const absl::Time start = absl::Now();
    const auto count = static_cast<int>(calls_per_second * absl::ToDoubleSeconds(time));
    absl::BlockingCounter open(count);
    for (int i = 0; i < count; ++i) {
      const absl::Time due = start + i * absl::Seconds(1) / calls_per_second;
      if (due > absl::Now() + absl::Milliseconds(1)) absl::SleepFor(due - absl::Now());
      auto call = std::make_shared<One>();
      Prepare(call->context);
      call->request.set_name("things/a");
      stubs_[static_cast<size_t>(i) % stubs_.size()]->async()->GetThing(
          &call->context, &call->request, &call->thing, [this, call, &open](const grpc::Status& status) {
            Note(status, call->asked);
            open.DecrementCount();
          });
    }
    const absl::Duration took = absl::Now() - start;
    open.Wait();
    return Take(took);
  }

 private:
  struct One {
    grpc::ClientContext context;
    GetThingRequest request;
    Thing thing;
    absl::Time asked = absl::Now();
  };

  void Prepare(grpc::ClientContext& context) const {
    context.AddMetadata("authorization", "Bearer " + token_);
    context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(2)));
  }
  void Note(const grpc::Status& status, absl::Time asked) {
    const std::lock_guard lock(mutex_);
    ++outcome_.codes[status.error_code()];
    if (status.ok()) outcome_.latencies.push_back(absl::Now() - asked);
  }
  Outcome Take(absl::Duration time) {
    const std::lock_guard lock(mutex_);
    Outcome outcome = std::exchange(outcome_, {});
    outcome.time = time;
    std::sort(outcome.latencies.begin(), outcome.latencies.end());
    return outcome;
  }

  const std::string token_;
  std::vector<std::unique_ptr<EchoService::Stub>> stubs_;
  std::mutex mutex_;
  Outcome outcome_;
};

}  // namespace clientele::gateway::testing

#endif  // GATEWAY_TESTING_OVERLOAD_H_
