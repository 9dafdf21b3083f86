#ifndef SERVICEKIT_FEED_PUBLISHER_H_
#define SERVICEKIT_FEED_PUBLISHER_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <google/protobuf/message.h>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "clientele/type/v1/feed.pb.h"
#include "servicekit/mysql/transaction.h"
#include "servicekit/rpc/serve.h"
#include "servicekit/types/id.h"

namespace servicekit {

// One event on its way into the feed. `customer` may be nil.
struct FeedEvent {
  FeedEvent(Id about, absl::Time when, const google::protobuf::Message& event);

  Id customer;
  absl::Time event_time;
  std::string type;     // The message's full name.
  std::string payload;  // A google.protobuf.Any.
};

// The writing end of a service's change feed: its `feed` table, the sequencer that gives committed entries
// gap-free positions (one holder at a time, by a row lock on `feed_sequencer`), and the ReadFeed stream.
class FeedPublisher {
 public:
  explicit FeedPublisher(Pool& pool);
  ~FeedPublisher();

  // Adds an event to the transaction that caused it. `customer` may be nil. The entries of one customer come
  // out in the order in which its transactions committed, as long as they lock the customer's row.
  absl::Status Publish(Transaction& tx, Id customer, absl::Time event_time,
                       const google::protobuf::Message& event) {
    return Publish(tx, {FeedEvent(customer, event_time, event)});
  }
  // The same for many, in few statements.
  absl::Status Publish(Transaction& tx, const std::vector<FeedEvent>& events);

  // Gives positions to what is committed and has none; returns the last position given. The thread does it
  // all the time; a test without one may call it.
  absl::StatusOr<int64_t> Sequence();

  // Starts and stops the sequencer's thread. Stop before the pool's and the executor's end.
  void Start();
  void Stop();

  // Serves ReadFeed: from `request.after`, live at the end of the log. Only services, analysts and
  // administrators may read a feed (PERMISSION_DENIED). With `until_end` the stream holds all that was
  // committed before the call.
  grpc::ServerWriteReactor<clientele::type::v1::ReadFeedResponse>* Read(
      Executor& executor, grpc::CallbackServerContext* context,
      const clientele::type::v1::ReadFeedRequest* request);

 private:
  struct State;
  std::shared_ptr<State> state_;  // Shared with streams and with what waits for a commit.
};

}  // namespace servicekit

#endif  // SERVICEKIT_FEED_PUBLISHER_H_
