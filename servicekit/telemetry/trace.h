#ifndef SERVICEKIT_TELEMETRY_TRACE_H_
#define SERVICEKIT_TELEMETRY_TRACE_H_

#include <string>
#include <string_view>

// W3C trace context (https://www.w3.org/TR/trace-context/): `00-{trace id}-{span id}-{flags}`.
namespace servicekit {

// The traceparent of a call that came with `incoming`: the same trace and flags with a span of our own; a new
// trace when `incoming` is empty or malformed.
std::string ContinueTrace(std::string_view incoming);
// The 32 hex digits of a traceparent that ContinueTrace made.
std::string_view TraceIdOf(std::string_view traceparent);
// The 16 hex digits of its span; empty when it is malformed.
std::string_view SpanIdOf(std::string_view traceparent);
// Whether its flags say that it is recorded.
bool IsSampled(std::string_view traceparent);

}  // namespace servicekit

#endif  // SERVICEKIT_TELEMETRY_TRACE_H_
