#ifndef SERVICEKIT_TELEMETRY_SPAN_EXPORTER_H_
#define SERVICEKIT_TELEMETRY_SPAN_EXPORTER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace servicekit {

struct SpanExporterOptions {
  std::string endpoint;  // `http://collector:4318/v1/traces`
  std::string service;   // `customer-svc`
  absl::Duration every = absl::Seconds(1);
  absl::Duration timeout = absl::Seconds(5);
  size_t max_waiting = 8192;  // What comes on top is dropped: a collector that is away must not cost memory.
};

// One call as a span. Holds views: made in the call to ExportSpan and nowhere else.
struct Span {
  std::string_view traceparent;         // The span's own, as ContinueTrace makes it.
  std::string_view parent_traceparent;  // The caller's; empty or malformed where the trace begins.
  std::string_view method;              // `/package.Service/Method`
  absl::Time start;
  absl::Time end;
  int code = 0;  // The canonical code that the caller got.
};

// Sends spans to a collector as OTLP over HTTP in JSON (https://opentelemetry.io/docs/specs/otlp/), in
// batches from a thread of its own. While it lives, ExportSpan() reaches it; one at a time in a process.
class SpanExporter {
 public:
  static absl::StatusOr<std::unique_ptr<SpanExporter>> Start(SpanExporterOptions options);
  // Sends what waits, once.
  ~SpanExporter();
  SpanExporter(const SpanExporter&) = delete;
  SpanExporter& operator=(const SpanExporter&) = delete;

  int64_t dropped() const;

 private:
  struct State;
  friend void ExportSpan(const Span& span);
  explicit SpanExporter(SpanExporterOptions options);
  std::shared_ptr<State> state_;
};

// Costs next to nothing when no exporter runs, or when the trace is not sampled (its flags say so).
void ExportSpan(const Span& span);

}  // namespace servicekit

#endif  // SERVICEKIT_TELEMETRY_SPAN_EXPORTER_H_
