#ifndef LIFECYCLE_SVC_OPERATIONS_UNIT_OF_WORK_H_
#define LIFECYCLE_SVC_OPERATIONS_UNIT_OF_WORK_H_

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <google/protobuf/message.h>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lifecycle-svc/domain/credit_limit.h"
#include "lifecycle-svc/domain/follow_up.h"
#include "lifecycle-svc/domain/opportunity.h"
#include "lifecycle-svc/domain/order.h"
#include "lifecycle-svc/domain/product.h"
#include "lifecycle-svc/domain/referral.h"
#include "lifecycle-svc/domain/service_project.h"
#include "lifecycle-svc/operations/environment.h"
#include "lifecycle-svc/store/alias_store.h"
#include "lifecycle-svc/store/history_store.h"
#include "lifecycle-svc/store/opportunity_store.h"
#include "servicekit/mysql/transaction.h"

namespace clientele::lifecycle {

// The rows of one table that a transaction looks at: found by id or external id, with what was changed.
template <typename T>
class Rows {
 public:
  void Load(std::vector<T> rows) {
    for (T& row : rows) {
      if (!by_id_.contains(row.id)) Keep(std::move(row), false);
    }
  }
  T* Find(Id id) const {
    const auto found = by_id_.find(id);
    return found == by_id_.end() ? nullptr : &found->second->row;
  }
  T* Find(const ExternalId& id) const {
    const auto found = by_external_id_.find(id);
    return found == by_external_id_.end() ? nullptr : found->second;
  }
  T* Find(const Reference& reference) const {
    return std::visit([this](const auto& id) { return Find(id); }, reference);
  }
  T& Insert(T row) { return Keep(std::move(row), true).row; }
  // To be called for each change of a row. The row's version rises once in a transaction.
  void Change(T& row) {
    Entry& entry = *by_id_.at(row.id);
    if (!entry.is_new && !entry.changed) ++row.version;
    entry.changed = true;
    if (const ExternalId* id = ExternalIdOf(row)) by_external_id_[*id] = &row;
  }
  std::vector<T*> all() const {
    std::vector<T*> rows;
    for (const auto& entry : entries_) rows.push_back(&entry->row);
    return rows;
  }
  std::vector<T> inserted() const {
    std::vector<T> rows;
    for (const auto& entry : entries_) {
      if (entry->is_new) rows.push_back(entry->row);
    }
    return rows;
  }
  std::vector<const T*> changed() const {
    std::vector<const T*> rows;
    for (const auto& entry : entries_) {
      if (!entry->is_new && entry->changed) rows.push_back(&entry->row);
    }
    return rows;
  }

 private:
  struct Entry {
    T row;
    bool is_new;
    bool changed = false;
  };
  Entry& Keep(T row, bool is_new) {
    Entry& entry = *entries_.emplace_back(new Entry{std::move(row), is_new});
    by_id_[entry.row.id] = &entry;
    if (const ExternalId* id = ExternalIdOf(entry.row)) by_external_id_[*id] = &entry.row;
    return entry;
  }
  // Null for one without, and for kinds that have none.
  static const ExternalId* ExternalIdOf(const T& row) {
    if constexpr (requires { row.external_id.has_value(); }) {
      if (row.external_id.has_value()) return &*row.external_id;
    }
    return nullptr;
  }
  std::vector<std::unique_ptr<Entry>> entries_;
  absl::flat_hash_map<Id, Entry*> by_id_;
  absl::flat_hash_map<ExternalId, T*> by_external_id_;
};

// What one transaction changes, whether by one RPC or by a thousand imported records: it is collected here
// and written by Flush() with few statements, together with what follows from it: the customers' journeys
// (folded once each), the change history and the feed.
class UnitOfWork {
 public:
  UnitOfWork(const Environment& environment, const CallContext& call, Transaction& tx);

  const Environment& environment() const { return environment_; }
  Transaction& tx() { return tx_; }
  absl::Time now() const { return now_; }
  const std::string& actor() const { return call_.principal.subject; }

  // Locks the customers' rows (and the referrals' lock), after adding those that were `heard` of only now; of
  // those that were merged into another, the other's. Comes first.
  absl::Status Lock(const std::vector<Id>& customers, const std::vector<KnownCustomer>& heard,
                    bool with_referrals = false);
  // Whom the customer counts as: itself, or the one it was merged into. For those that were locked.
  Id Resolve(Id customer) const;
  // The same for a new row of `customer`; when that is an alias, the row is remembered as its own.
  Id Settle(OwnedKind kind, Id row, Id customer);
  // The journey of a customer that was locked and that the caller may change; otherwise null.
  Journey* FindJourney(Id customer);
  // NOT_FOUND unless FindJourney() finds it.
  absl::Status CheckCustomer(Id customer);
  // Of a row that was found before the transaction to be `customer`'s, which was locked for that, and that is
  // `row_customer`'s by now: ABORTED (JOURNEY_CHANGED) when a split gave it to somebody else in between.
  absl::Status CheckStillOf(Id customer, Id row_customer) const;

  Rows<Product> products;
  Rows<Opportunity> opportunities;
  Rows<Order> orders;
  Rows<FollowUp> follow_ups;
  Rows<ServiceProject> service_projects;

  absl::Status LoadProducts(const std::vector<Id>& ids);
  // Needed before matrix().
  absl::Status LoadMatrix();
  const DeliveryMatrix& matrix() const { return *matrix_; }
  absl::Status LoadRates(const std::vector<std::string>& currencies);
  // FAILED_PRECONDITION when none is known, telling which and how to set it.
  absl::StatusOr<Decimal> RateAt(const std::string& currency, absl::CivilDay day) const;
  const ExchangeRate* FindRate(const std::string& currency, absl::CivilDay start_date) const;
  void PutRate(const ExchangeRate& rate);

  // Needed before sales_steps().
  absl::Status LoadSalesSteps();
  const SalesSteps& sales_steps() const { return *sales_steps_; }

  void AddStep(const Opportunity& opportunity, absl::Time time);
  // The lines or competitors of an opportunity changed.
  void ReplaceParts(Id opportunity) { replaced_parts_.insert(opportunity); }
  void AddPayment(const Payment& payment) { payments_.push_back(payment); }
  void AddWork(Id project, const ServiceWork& work) { service_work_.emplace_back(project, work); }
  void AddRefund(const Refund& refund) { refunds_.push_back(refund); }
  void AddReturn(const OrderReturn& order_return) { returns_.push_back(order_return); }
  void PutCreditLimit(const CreditLimit& limit) { credit_limits_.push_back(limit); }
  void AddReferral(const Referral& referral) { referrals_.push_back(referral); }

  // All moves of the customers are read; needed before moves_of().
  absl::Status LoadMoves(const std::vector<Id>& customers);
  // In order, those added among them.
  std::vector<Move> MovesOf(Id customer) const;
  // Adds a move; `id`, `actor` and `create_time` are set here. Returns its id, which is final when the
  // customer's moves were loaded before: then it comes after those of the same moment. Otherwise that is made
  // so when the journey is folded.
  Id AddMove(Move move);
  // Works out the customer's journey anew though no move is added.
  void Refold(Id customer) { touched_.push_back(Resolve(customer)); }
  // An opportunity was opened at another time than it says still: so did the move that followed from that
  // happen, and what is known of its steps begins then.
  void Retime(const Opportunity& opportunity, absl::Time time);

  // The order was cancelled: its move is taken out, as if it had never been placed.
  void Strike(Id customer, Id order);

  // Remembers a change for the history; `before` is null for something new.
  void Record(Id customer, const std::string& resource, const google::protobuf::Message* before,
              const google::protobuf::Message& after);
  // Tells the other services.
  void Announce(Id customer, absl::Time event_time, std::unique_ptr<google::protobuf::Message> event);

  // Writes everything. ALREADY_EXISTS when an external id was taken meanwhile.
  absl::Status Flush();

 private:
  struct Event {
    Id customer;
    absl::Time event_time;
    std::unique_ptr<google::protobuf::Message> event;
  };
  struct History {
    std::vector<StoredMove> moves;  // As stored, in order.
    std::vector<Move> added;
    std::vector<std::pair<Id, absl::Time>> retimed;  // By opportunity.
    absl::flat_hash_set<Id> struck;                  // Orders.
  };
  absl::Status LockRows(const std::vector<Id>& customers, const std::vector<KnownCustomer>& heard);
  absl::Status WriteRows();
  // Deals that moved keep customers from standing still.
  absl::Status TouchProgress();
  absl::Status FoldJourneys();
  absl::Status Fold(Journey& journey, History& history, std::vector<StoredMove>& inserted,
                    std::vector<StoredMove>& changed_steps);
  // Gives an added move an id that comes after those of the same moment, if it has not.
  void PlaceLast(Move& move, const std::vector<Move>& earlier);

  const Environment& environment_;
  const CallContext& call_;
  Transaction& tx_;
  const absl::Time now_;
  absl::flat_hash_map<Id, Journey> journeys_;
  absl::flat_hash_map<Id, Id> survivors_;  // By alias.
  std::vector<AliasStore::OwnedRow> owned_;
  absl::flat_hash_map<std::string, std::vector<ExchangeRate>> rates_;  // By date.
  std::vector<ExchangeRate> put_rates_;
  std::vector<OpportunityStore::StepEntry> steps_;
  std::vector<OpportunityStore::Retimed> retimed_steps_;
  absl::flat_hash_set<Id> replaced_parts_;
  std::optional<SalesSteps> sales_steps_;
  std::vector<Payment> payments_;
  std::vector<Refund> refunds_;
  std::vector<OrderReturn> returns_;
  std::vector<Referral> referrals_;
  std::vector<CreditLimit> credit_limits_;
  std::vector<std::pair<Id, ServiceWork>> service_work_;  // By project.
  std::optional<DeliveryMatrix> matrix_;
  absl::flat_hash_set<Id> moves_loaded_;
  absl::flat_hash_map<Id, History> histories_;
  std::vector<Id> touched_;  // Customers with new moves, in the order of the first.
  std::vector<HistoryStore::Entry> changes_;
  std::vector<Event> events_;
};

}  // namespace clientele::lifecycle

#endif  // LIFECYCLE_SVC_OPERATIONS_UNIT_OF_WORK_H_
