#include "servicekit/telemetry/log.h"

#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <thread>

#include "servicekit/types/utf8.h"

namespace servicekit {
namespace {

thread_local std::string_view trace_of_thread;

constexpr size_t kFlushAtBytes = size_t{64} << 10;
// More than this is held back only when standard error does not take it; then lines are dropped rather than
// memory filled or callers stopped.
constexpr size_t kDropAtBytes = size_t{8} << 20;

void WriteAll(std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(STDERR_FILENO, text.data(), text.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      return;  // Nobody is left to tell.
    }
    text.remove_prefix(static_cast<size_t>(written));
  }
}

void AppendText(std::string& line, std::string_view text) {
  static constexpr char kHex[] = "0123456789abcdef";
  line += '"';
  while (!text.empty()) {
    const auto c = static_cast<unsigned char>(text[0]);
    const size_t length = Utf8Length(text);
    if (c == '"' || c == '\\') {
      line += '\\';
      line += text[0];
    } else if (c == '\n') {
      line += "\\n";
    } else if (c < 0x20 || c == 0x7F) {
      line += "\\u00";
      line += kHex[c >> 4];
      line += kHex[c & 15];
    } else if (length == 0) {
      line += "\\ufffd";
    } else {
      line.append(text.substr(0, length));
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  line += '"';
}

void AppendNumber(std::string& line, int64_t value) {
  char digits[24];
  line.append(digits, std::to_chars(digits, digits + sizeof(digits), value).ptr);
}

void AppendValue(std::string& line, const LogField::Value& value) {
  if (const auto* text = std::get_if<std::string_view>(&value)) {
    AppendText(line, *text);
  } else if (const auto* integer = std::get_if<int64_t>(&value)) {
    AppendNumber(line, *integer);
  } else if (const auto* number = std::get_if<double>(&value)) {
    char digits[64];
    if (std::isfinite(*number)) {
      line.append(digits,
                  std::to_chars(digits, digits + sizeof(digits), *number, std::chars_format::general, 6).ptr);
    } else {
      line += "null";
    }
  } else {
    line += std::get<bool>(value) ? "true" : "false";
  }
}

// `2026-11-23T20:45:01.123456Z`. The second's text is kept, since thousands of lines share it.
void AppendTime(std::string& line) {
  const auto now = std::chrono::duration_cast<std::chrono::microseconds>(
      std::chrono::system_clock::now().time_since_epoch());
  const time_t second = static_cast<time_t>(now.count() / 1'000'000);
  thread_local time_t text_second = -1;
  thread_local char text[32];
  if (second != text_second) {
    tm parts{};
    gmtime_r(&second, &parts);
    strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S.", &parts);
    text_second = second;
  }
  line += text;
  char micros[8] = "000000Z";
  int64_t rest = now.count() % 1'000'000;
  for (int i = 5; i >= 0; --i, rest /= 10) micros[i] = static_cast<char>('0' + rest % 10);
  line += micros;
}

class Writer {
 public:
  // Never destroyed: threads may log while the process ends.
  static Writer& Get() {
    static Writer* const writer = [] {
      auto* made = new Writer;
      std::atexit([] { FlushLog(); });
      return made;
    }();
    return *writer;
  }

  // Never waits for standard error: whoever reads it may be stuck, and callers must not be.
  void Write(const std::string& line, bool at_once) {
    std::shared_ptr<const std::function<void(std::string_view)>> sink;
    {
      std::lock_guard lock(mutex_);
      sink = sink_;
      if (!sink) {
        if (held_.size() > kDropAtBytes) {
          ++dropped_;
          return;
        }
        held_ += line;
        held_ += '\n';
        wanted_ = wanted_ || at_once || held_.size() >= kFlushAtBytes;
        at_once = wanted_;
        if (!flusher_started_) {
          flusher_started_ = true;
          std::thread([this] { FlushForEver(); }).detach();
        }
      }
    }
    if (sink) return (*sink)(line);
    if (at_once) flush_wanted_.notify_one();
  }

  void Flush() {
    std::lock_guard writing(writing_mutex_);  // Keeps the lines in order.
    std::string text;
    {
      std::lock_guard lock(mutex_);
      text.swap(held_);
      if (dropped_ > 0) {
        text += "{\"level\":\"warning\",\"message\":\"log lines were dropped\",\"lines\":";
        AppendNumber(text, dropped_);
        text += "}\n";
        dropped_ = 0;
      }
    }
    WriteAll(text);
  }

  void SetSink(std::function<void(std::string_view)> sink) {
    std::lock_guard lock(mutex_);
    sink_ = sink ? std::make_shared<const std::function<void(std::string_view)>>(std::move(sink)) : nullptr;
  }
  void SetService(std::string_view service) {
    std::lock_guard lock(mutex_);
    service_ = std::make_shared<const std::string>(service);
  }
  std::shared_ptr<const std::string> service() {
    std::lock_guard lock(mutex_);
    return service_;
  }

 private:
  void FlushForEver() {
    while (true) {
      {
        std::unique_lock lock(mutex_);
        flush_wanted_.wait_for(lock, std::chrono::milliseconds(100), [this] { return wanted_; });
        wanted_ = false;
        if (held_.empty()) continue;
      }
      Flush();
    }
  }

  std::mutex mutex_;
  std::mutex writing_mutex_;
  std::condition_variable flush_wanted_;
  std::string held_;
  int64_t dropped_ = 0;
  bool wanted_ = false;
  bool flusher_started_ = false;
  std::shared_ptr<const std::function<void(std::string_view)>> sink_;
  std::shared_ptr<const std::string> service_ = std::make_shared<const std::string>();
};

}  // namespace

void Log(LogLevel level, std::string_view message, std::initializer_list<LogField> fields) {
  Writer& writer = Writer::Get();
  std::string line;
  line.reserve(384);
  line += "{\"ts\":\"";
  AppendTime(line);
  line += level == LogLevel::kInfo      ? "\",\"level\":\"info\""
          : level == LogLevel::kWarning ? "\",\"level\":\"warning\""
                                        : "\",\"level\":\"error\"";
  if (const auto service = writer.service(); !service->empty()) {
    line += ",\"service\":";
    AppendText(line, *service);
  }
  if (!trace_of_thread.empty()) {
    line += ",\"trace\":";
    AppendText(line, trace_of_thread);
  }
  line += ",\"message\":";
  AppendText(line, message);
  for (const LogField& field : fields) {
    line += ',';
    AppendText(line, field.key);
    line += ':';
    AppendValue(line, field.value);
  }
  line += '}';
  writer.Write(line, level != LogLevel::kInfo);
}

void SetLogService(std::string_view service) { Writer::Get().SetService(service); }
void FlushLog() { Writer::Get().Flush(); }
void SetLogSink(std::function<void(std::string_view)> sink) { Writer::Get().SetSink(std::move(sink)); }

LogTrace::LogTrace(std::string_view trace_id) : before_(trace_of_thread) { trace_of_thread = trace_id; }
LogTrace::~LogTrace() { trace_of_thread = before_; }

}  // namespace servicekit
