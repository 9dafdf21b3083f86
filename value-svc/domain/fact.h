#ifndef VALUE_SVC_DOMAIN_FACT_H_
#define VALUE_SVC_DOMAIN_FACT_H_

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "servicekit/types/id.h"
#include "servicekit/types/money.h"

namespace clientele::value {

using servicekit::Decimal;
using servicekit::Id;

// The numbers below are stored, and those of FactKind, OpportunityStep and Channel are the contract's.
enum class Feed { kLifecycle = 1, kCustomer = 2 };

enum class FactKind {
  kOrderPlaced = 1,
  kPaymentReceived = 2,
  kOpportunityChanged = 3,
  kReferralRecorded = 4,
  kInteractionHeld = 5,
  kOrderCancelled = 6,
  kOrderReturned = 7,
  kServiceCostLogged = 8,
  kReferralCancelled = 9,
  kCreditLimitSet = 10,
};

enum class OpportunityStep {
  kNone = 0,
  kProspecting = 1,
  kQualification = 2,
  kProposal = 3,
  kNegotiation = 4,
  kWon = 5,
  kLost = 6,
};

enum class Channel {
  kNone = 0,
  kCall = 1,
  kMeeting = 2,
  kEmail = 3,
  kVisit = 4,
  kEvent = 5,
  kMessage = 6,
  kNote = 7
};

// A part of an order, and the first moment of the day until whose end it is to be paid.
struct Due {
  absl::Time time;
  Decimal amount;

  friend bool operator==(const Due&, const Due&) = default;
};

// One event that matters for value. Never changed once stored; a later one of the same source takes its
// place.
struct Fact {
  Id id;
  // Whom it counts for, and whom the event named: another one when that was merged into the first.
  Id customer;
  Id origin;
  FactKind kind = FactKind::kOrderPlaced;
  absl::Time event_time;
  Decimal amount;  // In the base currency, as is `cost`.
  Decimal cost;
  // The order, payment, opportunity, referral, interaction, return or task that it tells of; of a credit
  // limit the customer who was named.
  Id source;
  // Where it came from. Of several facts of one source, the one with the highest position counts.
  Feed feed = Feed::kLifecycle;
  int64_t position = 0;

  std::optional<Id> order;            // Of a payment, a cancellation and a return.
  std::optional<Id> opportunity;      // Of an order that was won with one, and of a referral.
  std::optional<Id> service_project;  // Of a task.
  std::optional<absl::Time>
      due_time;           // The first moment of the day: an order's due, an opportunity's expected close.
  std::vector<Due> dues;  // Of an order with instalments, by rising time; they sum to its amount.
  std::optional<absl::Time> open_time;
  std::optional<absl::Time> close_time;
  OpportunityStep step = OpportunityStep::kNone;
  int probability_percent = 0;
  int influence_percent = 0;
  Channel channel = Channel::kNone;
  bool held =
      true;  // False for an interaction that is only planned, or was not held: it costs and counts nothing.

  friend bool operator==(const Fact&, const Fact&) = default;
};

// The fact's id follows from where it came from, so that replaying a feed makes the same rows. It has the
// layout of a UUIDv7 with the event's time in front, so rows lie in the order of time.
Id FactId(absl::Time event_time, Feed feed, int64_t position);

// Facts of this kind are revised: the newest of one source counts.
bool IsRevised(FactKind kind);
// Placed, cancelled or returned.
bool IsAboutOrder(FactKind kind);

}  // namespace clientele::value

#endif  // VALUE_SVC_DOMAIN_FACT_H_
