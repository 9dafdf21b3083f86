#ifndef SERVICEKIT_TELEMETRY_METRICS_H_
#define SERVICEKIT_TELEMETRY_METRICS_H_

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace prometheus {
class Registry;
}

namespace servicekit {

// How the calls of one method go: requests by code, latency, in flight. Cheap to use on each call.
class MethodMetrics {
 public:
  virtual ~MethodMetrics() = default;
  virtual void Started() = 0;
  // `code` is the canonical code (0 is OK) that the caller got.
  virtual void Finished(int code, absl::Duration took) = 0;
};

// The process's metrics, in Prometheus' text form on a port of their own.
class Metrics {
 public:
  Metrics();
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  // `/pkg.Service/Method`; always the same object for one method, until the Metrics end.
  MethodMetrics& Method(std::string_view method);

  // A gauge that is asked when scraped; `read` must not block and must stay valid until RemoveGauges or the
  // end.
  //   metrics.AddGauge("clientele_feed_lag_entries", "Entries not applied yet", {{"source", "lifecycle"}},
  //                    [&] { return static_cast<double>(consumer.lag()); });
  void AddGauge(const std::string& name, const std::string& help,
                const std::map<std::string, std::string>& labels, std::function<double()> read);
  // Forgets every gauge of AddGauge: what they read is about to go.
  void RemoveGauges();

  // For counters and histograms of one's own.
  prometheus::Registry& registry();

  // Serves `http://{address}/metrics` (`127.0.0.1:9100`; port 0 takes a free one) and returns the port.
  absl::StatusOr<int> Expose(const std::string& address);
  // What a scrape would answer.
  std::string Text() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace servicekit

#endif  // SERVICEKIT_TELEMETRY_METRICS_H_
