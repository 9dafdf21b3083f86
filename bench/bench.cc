// The first ratios: each figure stands beside a baseline that was measured in the same run, in turn with it,
// so that a busy machine slows both. Imports are customers.cc's. Prints baseline, figure and ratio, the
// medians of the rounds. Needs h2load, wrk and the peers that bench/peers/build makes: ./dev bench sees to
// all of them.
#include <algorithm>
#include <atomic>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <regex>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "clientele/customer/v1/customer_service.grpc.pb.h"
#include "servicekit/mysql/transaction.h"
#include "servicekit/types/resource_name.h"
#include "tests/cluster/cluster.h"

namespace clientele::bench {
namespace {

using servicekit::Id;
using servicekit::Pool;
using servicekit::Sql;
using servicekit::Transaction;
using tests::Cluster;
using Part = Cluster::Part;

constexpr int kRounds = 5;
constexpr int kThreads = 8;
const absl::Duration kRoundTime = absl::Seconds(3);

void Check(const absl::Status& status) {
  if (status.ok()) return;
  std::cerr << status.ToString() << std::endl;
  std::exit(1);
}
void Check(const grpc::Status& status) {
  if (status.ok()) return;
  std::cerr << "gRPC " << status.error_code() << ": " << status.error_message() << std::endl;
  std::exit(1);
}

// Operations a second of `operation(thread)` on kThreads threads.
double Rate(const std::function<void(int)>& operation) {
  std::atomic<int64_t> count = 0;
  const absl::Time start = absl::Now(), end = start + kRoundTime;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      int64_t own = 0;
      for (; absl::Now() < end; ++own) operation(t);
      count += own;
    });
  }
  for (std::thread& thread : threads) thread.join();
  return static_cast<double>(count.load()) / absl::ToDoubleSeconds(absl::Now() - start);
}

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

struct Figure {
  std::string name;
  std::function<double()> measure;
  double aim;  // Of the baseline; 0 when there is none.
};

// Baseline and figures in turn, round by round; the ratio is the median of the rounds' ratios.
void Compare(const std::string& baseline_name, const std::function<double()>& baseline,
             const std::vector<Figure>& figures) {
  std::vector<double> base;
  std::vector<std::vector<double>> rates(figures.size()), ratios(figures.size());
  for (int round = 0; round < kRounds; ++round) {
    base.push_back(baseline());
    for (size_t i = 0; i < figures.size(); ++i) {
      rates[i].push_back(figures[i].measure());
      ratios[i].push_back(rates[i].back() / base.back());
    }
  }
  absl::PrintF("%-58s %10.0f /s\n", baseline_name, Median(base));
  for (size_t i = 0; i < figures.size(); ++i) {
    absl::PrintF("  %-56s %10.0f /s   ratio %.2f%s\n", figures[i].name, Median(rates[i]), Median(ratios[i]),
                 figures[i].aim > 0 ? absl::StrFormat(" (aim %.2f)", figures[i].aim) : std::string());
  }
  std::fflush(stdout);
}

double NumberIn(const std::string& output, const std::string& pattern) {
  std::smatch match;
  if (!std::regex_search(output, match, std::regex(pattern))) {
    std::cerr << "no rate in the load generator's output:\n" << output << std::endl;
    std::exit(1);
  }
  return std::stod(match[1]);
}

class Bench {
 public:
  Bench()
      : pool_({.address = cluster_.database_socket(),
               .schema = "customer",
               .user = "root",
               .connections = kThreads}),
        token_(cluster_.AdministratorToken()) {}

  void GetCustomer();
  // A write is compared with a bare INSERT, so what other services make of it (facts, new scores) is left
  // out: they would take the same two cores.
  void StopFollowers() {
    cluster_.Kill(Part::kValue);
    cluster_.Kill(Part::kLifecycle);
  }
  void LoggedWrite();

 private:
  // A gRPC body for h2load: the five-byte frame head and the message.
  std::string GrpcBody(const google::protobuf::Message& message) {
    const std::string bytes = message.SerializeAsString();
    const std::string path = cluster_.folder() + "/body.bin";
    std::ofstream file(path, std::ios::binary);
    const uint32_t size = static_cast<uint32_t>(bytes.size());
    for (char c : {char(0), char(size >> 24), char(size >> 16), char(size >> 8), char(size)}) file.put(c);
    file << bytes;
    return path;
  }
  double H2Load(const std::string& address, const std::string& method, const std::string& body) {
    std::string output;
    tests::RunCommand({"h2load", absl::StrCat("-D", absl::ToInt64Seconds(kRoundTime)), "-c8", "-m8", "-t1",
                       "-d", body, "-H", "content-type: application/grpc", "-H", "te: trailers", "-H",
                       "authorization: Bearer " + token_, absl::StrCat("http://", address, method)},
                      &output);
    return NumberIn(output, R"(finished in [^,]+, ([0-9.]+) req/s)");
  }
  double Wrk(const std::string& address, const std::string& path) {
    std::string output;
    tests::RunCommand({"wrk", "-t1", "-c64", absl::StrCat("-d", absl::ToInt64Seconds(kRoundTime), "s"), "-H",
                       "Authorization: Bearer " + token_, absl::StrCat("http://", address, path)},
                      &output);
    if (output.find("Non-2xx") != std::string::npos) {
      std::cerr << output << std::endl;
      std::exit(1);
    }
    return NumberIn(output, R"(Requests/sec:\s+([0-9.]+))");
  }
  // Others that do the gateway's job, in front of customer-svc; where they listen.
  std::string StartGrpcGateway();
  std::string StartNginx();
  // As clients do, with a token that they keep: signing and verifying one is no part of a write.
  std::unique_ptr<grpc::ClientContext> Context() {
    auto context = std::make_unique<grpc::ClientContext>();
    context->AddMetadata("authorization", "Bearer " + token_);
    context->set_deadline(absl::ToChronoTime(absl::Now() + absl::Minutes(10)));
    return context;
  }

  Cluster cluster_;
  Pool pool_;
  std::string token_;
  std::vector<tests::Process> peers_;
};

std::string WaitForListener(int port) {
  const absl::Time end = absl::Now() + absl::Seconds(10);
  std::string output;
  while (tests::RunCommand({"bash", "-c", absl::StrCat("echo > /dev/tcp/127.0.0.1/", port)}, &output) != 0) {
    if (absl::Now() > end) {
      std::cerr << "nobody listens on port " << port << ": " << output << std::endl;
      std::exit(1);
    }
    absl::SleepFor(absl::Milliseconds(50));
  }
  return absl::StrCat("127.0.0.1:", port);
}

std::string Bench::StartGrpcGateway() {
  const int port = tests::FreePort();
  peers_.emplace_back(
      std::vector<std::string>{CLIENTELE_SOURCE_DIR "/build/peers/grpc-gateway",
                               absl::StrCat("127.0.0.1:", port), cluster_.Address(Part::kCustomer)},
      cluster_.folder() + "/grpc-gateway.log");
  return WaitForListener(port);
}

std::string Bench::StartNginx() {
  const int port = tests::FreePort();
  const std::string folder = cluster_.folder() + "/nginx";
  std::filesystem::create_directories(folder);
  std::ofstream(folder + "/nginx.conf")
      << "daemon off; worker_processes 2; pid nginx.pid; error_log stderr warn;\n"
         "events { worker_connections 1024; }\n"
         "http { access_log off; keepalive_requests 100000000;\n"
         "client_body_temp_path b; proxy_temp_path p; fastcgi_temp_path f; uwsgi_temp_path u; scgi_temp_path "
         "s;\n"
      << "upstream service { server " << cluster_.Address(Part::kCustomer)
      << "; keepalive 64; keepalive_requests 100000000; }\n"
      << "server { listen 127.0.0.1:" << port << " http2; location / { grpc_pass grpc://service; } } }\n";
  peers_.emplace_back(std::vector<std::string>{CLIENTELE_SOURCE_DIR "/build/peers/nginx", "-e", "stderr",
                                               "-p", folder + "/", "-c", folder + "/nginx.conf"},
                      folder + "/log");
  return WaitForListener(port);
}

void Bench::GetCustomer() {
  const auto stub = customer::v1::CustomerService::NewStub(cluster_.channel());
  customer::v1::CreateCustomerRequest create;
  create.mutable_customer()->set_display_name("한빛 솔루션");
  create.mutable_customer()->set_type(customer::v1::Customer::ORGANIZATION);
  create.mutable_customer()->set_industry("software");
  customer::v1::Customer created;
  Check(stub->CreateCustomer(Context().get(), create, &created));
  const Id id = *servicekit::ParseName("name", "customers", created.name());

  customer::v1::GetCustomerRequest get;
  get.set_name(created.name());
  customer::v1::Customer read;
  Check(stub->GetCustomer(Context().get(), get, &read));  // h2load would count an error as a success.
  const std::string body = GrpcBody(get);
  const std::string method = "/clientele.customer.v1.CustomerService/GetCustomer";

  const auto select = [&] {
    return Rate([&](int) {
      Check(servicekit::RunReading(pool_, absl::InfiniteFuture(), [&](Transaction& tx) -> absl::Status {
        return tx
            .QueryOne(Sql("SELECT * FROM customers WHERE id = ?", {id}),
                      [](const servicekit::Row& row) { return row.Blob(0).size(); })
            .status();
      }));
    });
  };
  Compare("SELECT of one customer by key, 8 threads", select,
          {{"GetCustomer at customer-svc, gRPC, 64 outstanding",
            [&] { return H2Load(cluster_.Address(Part::kCustomer), method, body); }, 0.5}});
  const std::string path = "/v1/" + created.name();
  const std::string nginx = StartNginx(), grpc_gateway = StartGrpcGateway();
  Compare("GetCustomer at customer-svc, gRPC, 64 outstanding",
          [&] { return H2Load(cluster_.Address(Part::kCustomer), method, body); },
          {{"the same through the gateway, gRPC",
            [&] { return H2Load(cluster_.gateway_address(), method, body); }, 0.6},
           {"the same through nginx, gRPC", [&] { return H2Load(nginx, method, body); }, 0},
           {"the same through the gateway, JSON", [&] { return Wrk(cluster_.gateway_address(), path); }, 0.5},
           {"the same through grpc-gateway, JSON", [&] { return Wrk(grpc_gateway, path); }, 0}});
  peers_.clear();
}

void Bench::LoggedWrite() {
  const auto channel =
      grpc::CreateChannel(cluster_.Address(Part::kCustomer), grpc::InsecureChannelCredentials());
  const auto stub = customer::v1::CustomerService::NewStub(channel);
  std::vector<std::string> names;
  for (int t = 0; t < kThreads; ++t) {  // One customer a thread: no waiting for each other's rows.
    customer::v1::CreateCustomerRequest create;
    create.mutable_customer()->set_display_name(absl::StrCat("writer ", t));
    create.mutable_customer()->set_type(customer::v1::Customer::ORGANIZATION);
    customer::v1::Customer created;
    Check(stub->CreateCustomer(Context().get(), create, &created));
    names.push_back(created.name());
  }
  Check(servicekit::RunInTransaction(pool_, absl::InfiniteFuture(), [](Transaction& tx) -> absl::Status {
    return tx
        .Execute(Sql(
            "CREATE TABLE IF NOT EXISTS bench_rows (id BINARY(16) PRIMARY KEY, customer_id BINARY(16) NOT "
            "NULL, subject VARCHAR(255) NOT NULL, event_time DATETIME(6) NOT NULL)"))
        .status();
  }));
  const auto bare = [&] {
    return Rate([&](int) {
      Check(servicekit::RunInTransaction(pool_, absl::InfiniteFuture(), [](Transaction& tx) -> absl::Status {
        const Id row = Id::New(absl::Now());
        return tx
            .Execute(Sql(
                "INSERT INTO bench_rows (id, customer_id, subject, event_time) VALUES (?, ?, ?, ?)",
                {row, row, "called about the offer", absl::FromUnixMicros(absl::ToUnixMicros(absl::Now()))}))
            .status();
      }));
    });
  };
  const auto logged = [&] {
    return Rate([&](int thread) {
      customer::v1::CreateInteractionRequest request;
      request.set_parent(names[thread]);
      request.mutable_interaction()->set_channel(customer::v1::Interaction::CALL);
      request.mutable_interaction()->set_subject("called about the offer");
      request.mutable_interaction()->mutable_event_time()->set_seconds(absl::ToUnixSeconds(absl::Now()));
      customer::v1::Interaction interaction;
      Check(stub->CreateInteraction(Context().get(), request, &interaction));
    });
  };
  Compare("one bare INSERT transaction, 8 threads", bare,
          {{"CreateInteraction (history, feed, request_id)", logged, 0.35}});
}

}  // namespace
}  // namespace clientele::bench

// All of it, or what is named: `reads`, `writes`.
int main(int argc, char** argv) {
  const auto wanted = [&](std::string_view part) {
    return argc == 1 || std::find(argv + 1, argv + argc, part) != argv + argc;
  };
  clientele::bench::Bench bench;
  if (wanted("reads")) bench.GetCustomer();
  bench.StopFollowers();
  if (wanted("writes")) bench.LoggedWrite();
}
