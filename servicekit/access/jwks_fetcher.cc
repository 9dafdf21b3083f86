#include "servicekit/access/jwks_fetcher.h"

#include <curl/curl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <utility>

#include "absl/time/clock.h"
#include "servicekit/access/key_set.h"
#include "servicekit/telemetry/log.h"
#include "servicekit/types/str_cat.h"

namespace servicekit {
namespace {

constexpr size_t kMaxBytes = 1 << 20;
constexpr absl::Duration kLeastPause = absl::Seconds(10);

size_t Append(char* data, size_t size, size_t count, void* body) {
  auto& text = *static_cast<std::string*>(body);
  if (text.size() + size * count > kMaxBytes) return 0;  // Ends the transfer.
  text.append(data, size * count);
  return size * count;
}

absl::StatusOr<std::string> Get(const JwksFetcherOptions& options) {
  static const CURLcode initialized = curl_global_init(CURL_GLOBAL_DEFAULT);
  const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl(curl_easy_init(), &curl_easy_cleanup);
  if (initialized != CURLE_OK || curl == nullptr) return absl::InternalError("libcurl cannot be used");
  std::string body;
  curl_easy_setopt(curl.get(), CURLOPT_URL, options.url.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, Append);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &body);
  curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT_MS,
                   static_cast<long>(absl::ToInt64Milliseconds(options.timeout)));
  curl_easy_setopt(curl.get(), CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_FAILONERROR, 1L);
  // Where the keys are is what the operator said, not what an answer says.
  curl_easy_setopt(curl.get(), CURLOPT_FOLLOWLOCATION, 0L);
  if (!options.ca_file.empty()) curl_easy_setopt(curl.get(), CURLOPT_CAINFO, options.ca_file.c_str());
  if (const CURLcode result = curl_easy_perform(curl.get()); result != CURLE_OK) {
    return absl::UnavailableError(StrCat(options.url, ": ", curl_easy_strerror(result)));
  }
  long status = 0;
  curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
  if (status != 200) return absl::UnavailableError(StrCat(options.url, ": status ", status));
  return body;
}

std::string ReadAll(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

}  // namespace

absl::StatusOr<std::unique_ptr<JwksFetcher>> JwksFetcher::Start(JwksFetcherOptions options) {
  if (options.file.empty())
    return absl::InvalidArgumentError("--jwks_url needs --jwks_file, where the keys are kept");
  auto fetcher = std::unique_ptr<JwksFetcher>(new JwksFetcher(std::move(options)));
  if (const absl::Status fetched = fetcher->Fetch(); !fetched.ok()) {
    // A file that cannot be written would never have the provider's keys.
    if (absl::IsFailedPrecondition(fetched) || !KeySet::Parse(ReadAll(fetcher->options_.file)).ok())
      return fetched;
    Log(LogLevel::kWarning, "the identity provider cannot be asked; its keys of before are used",
        {{"error", ToStd(fetched.message())}});
  }
  fetcher->thread_ = std::thread([fetcher = fetcher.get()] { fetcher->Run(); });
  return fetcher;
}

JwksFetcher::~JwksFetcher() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void JwksFetcher::LookSoon() {
  {
    const std::lock_guard lock(mutex_);
    wanted_ = true;
  }
  changed_.notify_all();
}

void JwksFetcher::Run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    // First a pause in which nothing is asked again, then until somebody wants it or it is time.
    changed_.wait_for(lock, absl::ToChronoMilliseconds(std::min(kLeastPause, options_.every)),
                      [this] { return stopping_; });
    changed_.wait_for(lock, absl::ToChronoMilliseconds(options_.every),
                      [this] { return stopping_ || wanted_; });
    if (stopping_) return;
    wanted_ = false;
    lock.unlock();
    if (const absl::Status fetched = Fetch(); !fetched.ok()) {
      Log(LogLevel::kError, "the identity provider's keys cannot be fetched; those known before stay",
          {{"error", ToStd(fetched.message())}});
    }
    lock.lock();
  }
}

absl::Status JwksFetcher::Fetch() {
  const absl::StatusOr<std::string> jwks = Get(options_);
  if (!jwks.ok()) return jwks.status();
  if (const auto keys = KeySet::Parse(*jwks); !keys.ok()) return keys.status();
  if (*jwks == ReadAll(options_.file)) return absl::OkStatus();
  const std::string beside = StrCat(options_.file, ".", getpid());
  std::ofstream file(beside, std::ios::binary);
  file << *jwks;
  file.close();
  if (!file || std::rename(beside.c_str(), options_.file.c_str()) != 0) {
    return absl::FailedPreconditionError("cannot write " + options_.file);
  }
  Log(LogLevel::kInfo, "the identity provider has other keys now");
  return absl::OkStatus();
}

}  // namespace servicekit
