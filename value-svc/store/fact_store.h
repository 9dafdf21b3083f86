#ifndef VALUE_SVC_STORE_FACT_STORE_H_
#define VALUE_SVC_STORE_FACT_STORE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "servicekit/access/row_rule.h"
#include "servicekit/mysql/transaction.h"
#include "value-svc/domain/fact.h"
#include "value-svc/store/statements.h"

namespace clientele::value {

using servicekit::Transaction;

// The ledger of facts.
class FactStore {
 public:
  // Adds facts of one feed, in any order. One that is there already changes nothing.
  absl::Status Add(Transaction& tx, absl::Span<const Fact> facts);
  // The facts that named `origin` and count for `from` count for `to` from here on.
  absl::Status Reassign(Transaction& tx, Id origin, Id from, Id to);

  // All facts up to `as_of`, by customer and time; of what tasks cost also later ones (TaskCosts).
  absl::StatusOr<std::vector<Fact>> OfCustomers(Transaction& tx, const CustomerRange& range,
                                                absl::Time as_of);
  absl::StatusOr<std::vector<Fact>> OfCustomers(Transaction& tx, absl::Span<const Id> customers,
                                                absl::Time as_of);
  // The orders that were won with these opportunities, with their cancellations and returns.
  absl::StatusOr<std::vector<Fact>> OrdersOf(Transaction& tx, absl::Span<const Id> opportunities,
                                             absl::Time as_of);
  // When the first of what is told of each of these sources happened.
  absl::StatusOr<absl::flat_hash_map<Id, absl::Time>> FirstTimes(Transaction& tx,
                                                                 absl::Span<const Id> sources);
  struct Referrer {
    Id customer;
    Id opportunity;
  };
  // Who helped to win these opportunities. A locking read: who is merged into another at the same time is
  // waited for.
  absl::StatusOr<std::vector<Referrer>> ReferrersOf(Transaction& tx, absl::Span<const Id> opportunities);
  struct Help {
    Id referrer;
    Id referred;
  };
  // Whom these customers helped to win orders of, as of a day.
  absl::StatusOr<std::vector<Help>> HelpBy(Transaction& tx, absl::Span<const Id> referrers, absl::Time as_of);
  // Who ever helped to win orders of these customers.
  absl::StatusOr<std::vector<Help>> HelpFor(Transaction& tx, absl::Span<const Id> referred);

  // What tells which deal a fact belongs to, and whose it is.
  struct Link {
    FactKind kind;
    Id source;
    std::optional<Id> order;
    std::optional<Id> opportunity;  // But for referrals: those are another customer's.
    std::optional<Id> service_project;
    Feed feed;
    int64_t position;
    absl::Time event_time;
    Id origin;
    Id customer;
  };
  static Link LinkOf(const Fact& fact);
  // The facts that name one of these orders, opportunities, projects or other sources.
  absl::StatusOr<std::vector<Link>> OfDeals(Transaction& tx, absl::Span<const Id> ids);
  // From here on the fact at `link` is taken to name `origin`, who counts as `customer`.
  absl::Status SetOrigin(Transaction& tx, const Link& link, Id origin, Id customer);

  struct PageKey {
    absl::Time event_time;
    Id id;
  };
  // One customer's facts after `after`, oldest first. All revisions of an opportunity, of an interaction the
  // newest if it was held, and of a task's cost the newest.
  absl::StatusOr<std::vector<Fact>> List(Transaction& tx, Id customer, const std::optional<PageKey>& after,
                                         int64_t limit);

  struct Sum {
    FactKind kind;
    int64_t count;
    Decimal amount;
    Decimal cost;
  };
  // By kind, over what `principal` may read, of the facts up to `as_of`, or of all; of each source the newest
  // of them.
  absl::StatusOr<std::vector<Sum>> Summarize(Transaction& tx, const servicekit::Principal& principal,
                                             std::optional<absl::Time> as_of);

  // How far the feeds have been applied.
  absl::StatusOr<std::vector<std::pair<std::string, int64_t>>> FeedPositions(Transaction& tx);

  struct Clock {
    absl::Time latest_event_time = absl::InfinitePast();  // Of all facts.
    std::string base_currency;                            // Empty until an amount was heard of.
  };
  // FAILED_PRECONDITION when the facts' currency is not the one that earlier ones were in. Empty when they
  // have none.
  absl::Status AdvanceClock(Transaction& tx, Feed feed, absl::Time event_time,
                            const std::string& base_currency);
  absl::StatusOr<Clock> ReadClock(Transaction& tx);
};

}  // namespace clientele::value

#endif  // VALUE_SVC_STORE_FACT_STORE_H_
