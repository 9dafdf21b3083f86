#ifndef SERVICEKIT_TELEMETRY_LOG_H_
#define SERVICEKIT_TELEMETRY_LOG_H_

#include <concepts>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

namespace servicekit {

enum class LogLevel { kInfo, kWarning, kError };

// One key and value of a log line. Holds views: made in the call to Log and nowhere else.
struct LogField {
  using Value = std::variant<std::string_view, int64_t, double, bool>;

  LogField(std::string_view k, std::string_view v) : key(k), value(v) {}
  LogField(std::string_view k, const std::string& v) : key(k), value(std::string_view(v)) {}
  LogField(std::string_view k, const char* v) : key(k), value(std::string_view(v)) {}
  LogField(std::string_view k, bool v) : key(k), value(v) {}
  template <std::integral T>
  LogField(std::string_view k, T v) : key(k), value(static_cast<int64_t>(v)) {}
  LogField(std::string_view k, double v) : key(k), value(v) {}

  std::string_view key;
  Value value;
};

// Writes one line of JSON to standard error: `ts`, `level`, `service`, `trace` (when a call is being served
// on this thread), `message`, then the fields. Any byte is safe in a text. Lines of level info are written
// within a tenth of a second, others at once. Never put tokens, passwords or a customer's personal data into
// it.
//
//   Log(LogLevel::kError, "the database refused a statement", {{"code", error.getErrorCode()}, {"text",
//   error.what()}});
void Log(LogLevel level, std::string_view message, std::initializer_list<LogField> fields = {});

// What `service` says in each line of this process; once, at start.
void SetLogService(std::string_view service);
// Writes what is still held back.
void FlushLog();
// Sends lines (without the line break) elsewhere, for tests; nullptr sends them to standard error again.
void SetLogSink(std::function<void(std::string_view line)> sink);

// While it lives, lines of this thread carry this trace id.
class LogTrace {
 public:
  explicit LogTrace(std::string_view trace_id);
  ~LogTrace();
  LogTrace(const LogTrace&) = delete;
  LogTrace& operator=(const LogTrace&) = delete;

 private:
  std::string_view before_;
};

}  // namespace servicekit

#endif  // SERVICEKIT_TELEMETRY_LOG_H_
