#ifndef SERVICEKIT_ACCESS_JWKS_FETCHER_H_
#define SERVICEKIT_ACCESS_JWKS_FETCHER_H_

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace servicekit {

struct JwksFetcherOptions {
  std::string url;   // https, or http for a provider on the same machine.
  std::string file;  // Where the key set goes: what TokenVerifierOptions::jwks_file names.
  absl::Duration every = absl::Minutes(5);
  absl::Duration timeout = absl::Seconds(10);
  std::string ca_file;  // PEM; empty for the system's certificates.
};

// Keeps a JWKS file as its identity provider publishes it. The file is the cache: verifiers read it, and read
// it again when it changes, so keys are rotated without a restart, and a provider that is away for a while is
// not missed, not even by a process that starts meanwhile.
class JwksFetcher {
 public:
  // Fetches once. Fails when that fails and there is no file from before either.
  static absl::StatusOr<std::unique_ptr<JwksFetcher>> Start(JwksFetcherOptions options);
  ~JwksFetcher();

  // A token came with a key that is not known: looks soon, but not more often than every ten seconds.
  void LookSoon();

 private:
  explicit JwksFetcher(JwksFetcherOptions options) : options_(std::move(options)) {}
  absl::Status Fetch();
  void Run();

  const JwksFetcherOptions options_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  bool wanted_ = false;
  std::thread thread_;
};

}  // namespace servicekit

#endif  // SERVICEKIT_ACCESS_JWKS_FETCHER_H_
