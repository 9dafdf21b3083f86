#ifndef LIFECYCLE_SVC_OPERATIONS_DEALS_H_
#define LIFECYCLE_SVC_OPERATIONS_DEALS_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lifecycle-svc/contract/decode.h"
#include "lifecycle-svc/operations/unit_of_work.h"

namespace clientele::lifecycle {

// What is done with deals inside a transaction, by RPCs and by imports alike: the rules that span rows, and
// the moves, history and events that follow. A step that fails has changed nothing in the unit of work. The
// customers concerned are locked and checked by the caller.
class Deals {
 public:
  explicit Deals(UnitOfWork& work) : work_(work) {}

  // A draft with what follows from its step, its products and its lines. NOT_FOUND when there is no such
  // product; INVALID_ARGUMENT at a field of the opportunity.
  absl::StatusOr<Opportunity> Completed(Opportunity draft);
  // Opens `draft`, whose id and times are set here.
  absl::StatusOr<Opportunity*> Open(Opportunity draft);
  // Makes an open opportunity into `next`, which differs in what a caller may set only, since `time`.
  absl::Status Change(Opportunity& current, Opportunity next, absl::Time time);

  struct Winning {
    absl::Time close_time;
    std::optional<Money> amount;
    std::optional<absl::CivilDay> due_date;
    std::vector<Instalment> instalments;
    std::string instalment_currency;
    std::vector<OpportunityLine> lines;  // What was agreed on; those of the opportunity when empty.
  };
  absl::Status Win(Opportunity& opportunity, const Winning& winning);
  // What Win() would say of such an opportunity, without doing it.
  absl::Status CheckWin(Opportunity opportunity, const Winning& winning);
  absl::Status CheckLose(const Opportunity& opportunity, absl::Time close_time) const;
  absl::Status Lose(Opportunity& opportunity, const LostDetails& details, absl::Time close_time);

  absl::StatusOr<Order*> Place(Id customer, const OrderDraft& draft);
  absl::StatusOr<Payment> Pay(Order& order, const PaymentDraft& draft);
  absl::StatusOr<Refund> GiveBack(Order& order, const RefundDraft& draft);
  // Reads at once what Refer() would ask for one referral after another.
  absl::Status LoadReferrals(const std::vector<Id>& opportunities, const std::vector<Id>& referred);
  // Shares and cycles are checked against what is stored and what was recorded here before.
  absl::StatusOr<Referral> Refer(Referral draft);

  // NOT_FOUND when the caller may not read such a customer.
  absl::Status CheckReadable(const servicekit::Principal& principal, Id customer);

 private:
  absl::Status Complete(Opportunity& opportunity);
  absl::StatusOr<const Product*> FindProduct(Id id);
  absl::Status CheckCloseTime(const Opportunity& opportunity, absl::Time close_time) const;
  absl::StatusOr<Order> Draft(Id customer, const OrderDraft& draft);
  // Makes `opportunity` what was agreed on in the end.
  absl::StatusOr<Order> DraftWon(Opportunity& opportunity, const Winning& winning);
  // What a piece costs, converted; 0 when no rate of that day is known.
  Decimal CostIn(const std::string& currency, const Money& cost, absl::CivilDay day) const;
  Order& Keep(Order order);
  // `time` is when it became what it is now: whoever replays the feed sees no change before.
  void Announce(const Opportunity& opportunity, absl::Time time);

  UnitOfWork& work_;
  absl::flat_hash_map<Id, int> shares_;  // Percent given so far, by opportunity.
  ReferralGraph graph_;
  absl::flat_hash_set<Id> reached_;  // Those of whom graph_ holds whatever they lead to.
};

}  // namespace clientele::lifecycle

#endif  // LIFECYCLE_SVC_OPERATIONS_DEALS_H_
