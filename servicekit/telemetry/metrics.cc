#include "servicekit/telemetry/metrics.h"

#include <array>
#include <atomic>
#include <exception>
#include <shared_mutex>
#include <utility>
#include <vector>

#include <prometheus/counter.h>
#include <prometheus/exposer.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "servicekit/types/str_cat.h"

namespace servicekit {
namespace {

constexpr int kCodes = 17;

// From a cached point read to a slow import batch.
const prometheus::Histogram::BucketBoundaries kSeconds = {
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30};

class CountedMethod : public MethodMetrics {
 public:
  CountedMethod(std::string method, prometheus::Family<prometheus::Counter>& calls,
                prometheus::Histogram& seconds, prometheus::Gauge& in_flight)
      : method_(std::move(method)), calls_(calls), seconds_(seconds), in_flight_(in_flight) {}

  void Started() override { in_flight_.Increment(); }
  void Finished(int code, absl::Duration took) override {
    in_flight_.Decrement();
    if (code < 0 || code >= kCodes) code = static_cast<int>(absl::StatusCode::kUnknown);
    prometheus::Counter* counter = by_code_[code].load(std::memory_order_acquire);
    if (counter ==
        nullptr) {  // Made when first needed, so that a scrape is not full of zeros. Add() is idempotent.
      counter = &calls_.Add(
          {{"method", method_}, {"code", absl::StatusCodeToString(static_cast<absl::StatusCode>(code))}});
      by_code_[code].store(counter, std::memory_order_release);
    }
    counter->Increment();
    seconds_.Observe(absl::ToDoubleSeconds(took));
  }

 private:
  const std::string method_;
  prometheus::Family<prometheus::Counter>& calls_;
  prometheus::Histogram& seconds_;
  prometheus::Gauge& in_flight_;
  std::array<std::atomic<prometheus::Counter*>, kCodes> by_code_{};
};

struct AskedGauge {
  std::string help;
  std::vector<std::pair<std::map<std::string, std::string>, std::function<double()>>> readers;
};

class AskedGauges : public prometheus::Collectable {
 public:
  void Add(const std::string& name, const std::string& help, const std::map<std::string, std::string>& labels,
           std::function<double()> read) {
    std::lock_guard lock(mutex_);
    gauges_[name].help = help;
    gauges_[name].readers.emplace_back(labels, std::move(read));
  }
  void Clear() {
    std::lock_guard lock(mutex_);
    gauges_.clear();
  }
  std::vector<prometheus::MetricFamily> Collect() const override {
    std::lock_guard lock(mutex_);
    std::vector<prometheus::MetricFamily> families;
    for (const auto& [name, gauge] : gauges_) {
      prometheus::MetricFamily& family = families.emplace_back();
      family.name = name;
      family.help = gauge.help;
      family.type = prometheus::MetricType::Gauge;
      for (const auto& [labels, read] : gauge.readers) {
        prometheus::ClientMetric& metric = family.metric.emplace_back();
        for (const auto& [key, value] : labels) metric.label.push_back({key, value});
        metric.gauge.value = read();
      }
    }
    return families;
  }

 private:
  mutable std::mutex mutex_;
  std::map<std::string, AskedGauge> gauges_;
};

}  // namespace

struct Metrics::State {
  std::shared_ptr<prometheus::Registry> registry = std::make_shared<prometheus::Registry>();
  std::shared_ptr<AskedGauges> gauges = std::make_shared<AskedGauges>();
  prometheus::Family<prometheus::Counter>& calls =
      prometheus::BuildCounter().Name("clientele_calls_total").Help("Calls answered").Register(*registry);
  prometheus::Family<prometheus::Histogram>& seconds = prometheus::BuildHistogram()
                                                           .Name("clientele_call_seconds")
                                                           .Help("Time from a call's arrival to its answer")
                                                           .Register(*registry);
  prometheus::Family<prometheus::Gauge>& in_flight = prometheus::BuildGauge()
                                                         .Name("clientele_calls_in_flight")
                                                         .Help("Calls not answered yet")
                                                         .Register(*registry);

  std::shared_mutex mutex;
  absl::flat_hash_map<std::string, std::unique_ptr<CountedMethod>> methods;
  std::unique_ptr<prometheus::Exposer> exposer;
};

Metrics::Metrics() : state_(std::make_unique<State>()) {}
Metrics::~Metrics() = default;

MethodMetrics& Metrics::Method(std::string_view method) {
  {
    std::shared_lock lock(state_->mutex);
    const auto found = state_->methods.find(ToAbsl(method));
    if (found != state_->methods.end()) return *found->second;
  }
  std::unique_lock lock(state_->mutex);
  std::unique_ptr<CountedMethod>& made = state_->methods[std::string(method)];
  if (!made) {
    const std::map<std::string, std::string> labels = {{"method", std::string(method)}};
    made =
        std::make_unique<CountedMethod>(std::string(method), state_->calls,
                                        state_->seconds.Add(labels, kSeconds), state_->in_flight.Add(labels));
  }
  return *made;
}

void Metrics::AddGauge(const std::string& name, const std::string& help,
                       const std::map<std::string, std::string>& labels, std::function<double()> read) {
  state_->gauges->Add(name, help, labels, std::move(read));
}

void Metrics::RemoveGauges() { state_->gauges->Clear(); }

prometheus::Registry& Metrics::registry() { return *state_->registry; }

absl::StatusOr<int> Metrics::Expose(const std::string& address) {
  try {
    // One thread: a scraper comes every few seconds.
    state_->exposer = std::make_unique<prometheus::Exposer>(address, 1);
  } catch (const std::exception& error) {
    return absl::UnavailableError(StrCat("cannot serve metrics on ", address, ": ", error.what()));
  }
  state_->exposer->RegisterCollectable(state_->registry);
  state_->exposer->RegisterCollectable(state_->gauges);
  const std::vector<int> ports = state_->exposer->GetListeningPorts();
  return ports.empty() ? 0 : ports.front();
}

std::string Metrics::Text() const {
  std::vector<prometheus::MetricFamily> families = state_->registry->Collect();
  for (prometheus::MetricFamily& family : state_->gauges->Collect()) families.push_back(std::move(family));
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace servicekit
