#include "servicekit/telemetry/span_exporter.h"

#include <curl/curl.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "servicekit/telemetry/log.h"
#include "servicekit/telemetry/trace.h"
#include "servicekit/types/str_cat.h"

namespace servicekit {
namespace {

constexpr size_t kMaxBatch = 512;
constexpr int kServerSpan = 2;  // opentelemetry.proto.trace.v1.Span.SpanKind
constexpr int kErrorStatus = 2;

size_t Ignore(char*, size_t size, size_t count, void*) { return size * count; }

// Method names, hex digits and numbers: nothing in here needs escaping but what a caller could have put into
// the method's name, so that is checked.
bool IsPlain(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return c > ' ' && c < 0x7f && c != '"' && c != '\\'; });
}

std::string SpanJson(const Span& span) {
  const std::string_view path = span.method.starts_with('/') ? span.method.substr(1) : span.method;
  const size_t slash = path.find('/');
  const std::string_view service = path.substr(0, slash);
  const std::string_view method =
      slash == std::string_view::npos ? std::string_view() : path.substr(slash + 1);
  std::string json =
      StrCat(R"({"traceId":")", TraceIdOf(span.traceparent), R"(","spanId":")", SpanIdOf(span.traceparent),
             R"(","name":")", path, R"(","kind":)", kServerSpan, R"(,"startTimeUnixNano":")",
             absl::ToUnixNanos(span.start), R"(","endTimeUnixNano":")", absl::ToUnixNanos(span.end), "\"");
  if (const std::string_view parent = SpanIdOf(span.parent_traceparent); !parent.empty()) {
    StrAppend(&json, R"(,"parentSpanId":")", parent, "\"");
  }
  StrAppend(&json, R"(,"attributes":[{"key":"rpc.system","value":{"stringValue":"grpc"}},)",
            R"({"key":"rpc.service","value":{"stringValue":")", service, R"("}},)",
            R"({"key":"rpc.method","value":{"stringValue":")", method, R"("}},)",
            R"({"key":"rpc.grpc.status_code","value":{"intValue":")", span.code, R"("}}])");
  if (span.code != 0) StrAppend(&json, R"(,"status":{"code":)", kErrorStatus, "}");
  return json + "}";
}

}  // namespace

struct SpanExporter::State {
  SpanExporterOptions options;
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<std::string> waiting;  // As JSON.
  int64_t dropped = 0;
  bool stopping = false;
  bool failing = false;
  std::thread thread;

  void Add(std::string span) {
    const std::lock_guard lock(mutex);
    if (waiting.size() >= options.max_waiting) {
      ++dropped;
      return;
    }
    waiting.push_back(std::move(span));
    if (waiting.size() == kMaxBatch) changed.notify_all();
  }

  void Run() {
    std::unique_lock lock(mutex);
    while (true) {
      changed.wait_for(lock, absl::ToChronoMilliseconds(options.every),
                       [this] { return stopping || waiting.size() >= kMaxBatch; });
      std::vector<std::string> batch;
      batch.swap(waiting);
      const bool last = stopping;
      lock.unlock();
      for (size_t i = 0; i < batch.size(); i += kMaxBatch) {
        const bool sent = Send(batch.begin() + static_cast<ptrdiff_t>(i),
                               batch.begin() + static_cast<ptrdiff_t>(std::min(batch.size(), i + kMaxBatch)));
        if (last && !sent) break;  // A collector that does not answer must not hold up the process's end.
      }
      lock.lock();
      if (last) return;
    }
  }

  bool Send(std::vector<std::string>::const_iterator from, std::vector<std::string>::const_iterator to) {
    std::string body = StrCat(
        R"({"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":")",
        options.service, R"("}}]},"scopeSpans":[{"scope":{"name":"clientele"},"spans":[)");
    for (auto it = from; it != to; ++it) StrAppend(&body, it == from ? "" : ",", *it);
    body += "]}]}]}";

    const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl(curl_easy_init(), &curl_easy_cleanup);
    const std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> fields(
        curl_slist_append(nullptr, "content-type: application/json"), &curl_slist_free_all);
    curl_easy_setopt(curl.get(), CURLOPT_URL, options.endpoint.c_str());
    curl_easy_setopt(curl.get(), CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl.get(), CURLOPT_HTTPHEADER, fields.get());
    curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
    curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDS, body.data());
    curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, Ignore);
    curl_easy_setopt(curl.get(), CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl.get(), CURLOPT_FAILONERROR, 1L);
    curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT_MS,
                     static_cast<long>(absl::ToInt64Milliseconds(options.timeout)));
    const CURLcode result = curl_easy_perform(curl.get());
    // Told once, not every second.
    if (result != CURLE_OK && !failing) {
      Log(LogLevel::kWarning, "spans cannot be sent; they are dropped",
          {{"error", curl_easy_strerror(result)}});
    }
    failing = result != CURLE_OK;
    if (failing) {
      const std::lock_guard lock(mutex);
      dropped += to - from;
    }
    return !failing;
  }
};

namespace {
// The running exporter's; a shared pointer, so that a call that is just being told of may finish.
std::mutex current_mutex;
std::atomic<bool> running = false;
std::shared_ptr<void> current;
}  // namespace

SpanExporter::SpanExporter(SpanExporterOptions options) : state_(std::make_shared<State>()) {
  state_->options = std::move(options);
}

absl::StatusOr<std::unique_ptr<SpanExporter>> SpanExporter::Start(SpanExporterOptions options) {
  if (!options.endpoint.starts_with("http://") && !options.endpoint.starts_with("https://")) {
    return absl::InvalidArgumentError("the trace endpoint must be like http://collector:4318/v1/traces");
  }
  curl_global_init(CURL_GLOBAL_DEFAULT);
  auto exporter = std::unique_ptr<SpanExporter>(new SpanExporter(std::move(options)));
  State* state = exporter->state_.get();
  state->thread = std::thread([state] { state->Run(); });
  const std::lock_guard lock(current_mutex);
  current = exporter->state_;
  running = true;
  return exporter;
}

SpanExporter::~SpanExporter() {
  {
    const std::lock_guard lock(current_mutex);
    running = false;
    current.reset();
  }
  {
    const std::lock_guard lock(state_->mutex);
    state_->stopping = true;
  }
  state_->changed.notify_all();
  state_->thread.join();
}

int64_t SpanExporter::dropped() const {
  const std::lock_guard lock(state_->mutex);
  return state_->dropped;
}

void ExportSpan(const Span& span) {
  if (!running.load(std::memory_order_relaxed)) return;
  if (!IsSampled(span.traceparent) || !IsPlain(span.method)) return;
  std::shared_ptr<SpanExporter::State> state;
  {
    const std::lock_guard lock(current_mutex);
    state = std::static_pointer_cast<SpanExporter::State>(current);
  }
  if (state != nullptr) state->Add(SpanJson(span));
}

}  // namespace servicekit
