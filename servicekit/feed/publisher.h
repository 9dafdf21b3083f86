#ifndef SERVICEKIT_FEED_PUBLISHER_H_
#define SERVICEKIT_FEED_PUBLISHER_H_

#include <functional>
#include <memory>

#include <google/protobuf/message.h>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "clientele/type/v1/feed.pb.h"
#include "servicekit/mysql/transaction.h"
#include "servicekit/rpc/serve.h"
#include "servicekit/types/id.h"

namespace servicekit {

// The writing end of a service's change feed: its `feed` table, the sequencer that gives committed entries gap-free
// positions (one holder at a time, by a row lock on `feed_sequencer`), and the ReadFeed stream.
class FeedPublisher {
 public:
  explicit FeedPublisher(Pool& pool);
  ~FeedPublisher();

  // Adds an event to the transaction that caused it. `customer` may be nil. The entries of one customer come out in
  // the order in which its transactions committed, as long as they lock the customer's row.
  absl::Status Publish(Transaction& tx, Id customer, absl::Time event_time, const google::protobuf::Message& event);

  // Starts and stops the sequencer's thread.
  void Start();
  void Stop();

  // Serves ReadFeed: from `request.after`, live at the end of the log. Only services, analysts and administrators may
  // read a feed (PERMISSION_DENIED).
  grpc::ServerWriteReactor<clientele::type::v1::ReadFeedResponse>* Read(
      Executor& executor, grpc::CallbackServerContext* context, const clientele::type::v1::ReadFeedRequest* request);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace servicekit

#endif  // SERVICEKIT_FEED_PUBLISHER_H_
