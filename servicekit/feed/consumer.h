#ifndef SERVICEKIT_FEED_CONSUMER_H_
#define SERVICEKIT_FEED_CONSUMER_H_

#include <functional>
#include <memory>
#include <string>

#include <grpcpp/grpcpp.h>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "clientele/type/v1/feed.pb.h"
#include "servicekit/mysql/transaction.h"
#include "servicekit/telemetry/metrics.h"

namespace servicekit {

// The reading end: follows another service's feed from the stored position (`feed_positions`), and stores the
// new position in the same transaction as the effect, so each entry has its effect exactly once whatever is
// sent twice. Reconnects with a growing random pause, for ever. Several replicas may run it: the row lock on
// the position decides. With the position goes a mark of the entry there, and each stream begins with that
// entry: a feed that was restored from a backup and has grown again holds another one, and is not followed.
class FeedConsumer {
 public:
  using ClientReader = grpc::ClientReader<clientele::type::v1::ReadFeedResponse>;
  struct Options {
    std::string source;  // For example `lifecycle`; the key in `feed_positions`.
    // Opens the stream, with the service's own token already in `context`:
    //   [stub](auto* context, const auto& request) { return stub->ReadFeed(context, request); }
    std::function<std::unique_ptr<ClientReader>(grpc::ClientContext*,
                                                const clientele::type::v1::ReadFeedRequest&)>
        open;
    // The effect of one batch, in order. May run more than once (rolled back in between). An entry whose type
    // it does not know is skipped by the caller's choice; an error makes the consumer try again later from
    // the same position, so a wrong entry stops the feed loudly (metric and log) rather than being lost.
    std::function<absl::Status(Transaction&, const clientele::type::v1::ReadFeedResponse&)> apply;
    std::function<std::string()> token;  // The service's own token, read for each connection.
    // Three heartbeats: a stream that says nothing for so long is opened anew.
    absl::Duration silence = absl::Seconds(45);
  };

  FeedConsumer(Pool& pool, Options options);
  ~FeedConsumer();
  void Start();
  void Stop();
  // The position of the last entry whose effect is stored, as far as this process knows.
  int64_t position() const;
  // Entries between our position and the head of the log when last heard; -1 while the feed is not followed:
  // before the first contact, between streams, and as long as its entries cannot be applied.
  int64_t lag() const;
  // Adds the gauge clientele_feed_lag_entries{source}; for a consumer that lives as long as `metrics` has
  // gauges.
  void ExportLag(Metrics& metrics) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace servicekit

#endif  // SERVICEKIT_FEED_CONSUMER_H_
