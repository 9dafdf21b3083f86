#ifndef LIFECYCLE_SVC_OPERATIONS_IMPORT_BATCH_H_
#define LIFECYCLE_SVC_OPERATIONS_IMPORT_BATCH_H_

#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "clientele/type/v1/reference.pb.h"
#include "lifecycle-svc/operations/credit_limits.h"
#include "lifecycle-svc/operations/deals.h"
#include "lifecycle-svc/operations/import_references.h"
#include "lifecycle-svc/operations/service_projects.h"
#include "lifecycle-svc/operations/unit_of_work.h"

namespace clientele::lifecycle {

// That a record differs from what was imported before as `name`.
absl::Status Differs(const std::string& name);

// The records of one message inside one transaction. Everything they refer to is read first, with few
// queries; then each record is taken by itself, against what is read and what the records before it did;
// Flush() writes.
class ImportBatch {
 public:
  struct Taken {
    type::v1::ImportResult::Outcome outcome;
    std::string name;
  };

  ImportBatch(const Environment& environment, const CallContext& call, Transaction& tx,
              const ImportReferences& references)
      : call_(call),
        references_(references),
        work_(environment, call, tx),
        deals_(work_),
        projects_(work_),
        credit_limits_(work_) {}

  absl::Status Load(absl::Span<const ImportItem> items);
  // An error says why the record is refused; it has changed nothing then.
  absl::StatusOr<Taken> Take(const ImportItem& item);
  absl::Status Flush() { return work_.Flush(); }

 private:
  absl::StatusOr<Taken> TakeProduct(const ImportItem& item);
  absl::StatusOr<Taken> TakeRate(const ImportItem& item);
  absl::StatusOr<Taken> TakeOpportunity(const ImportItem& item);
  absl::StatusOr<Taken> TakeOrder(const ImportItem& item);
  absl::StatusOr<Taken> TakePayment(const ImportItem& item);
  absl::StatusOr<Taken> TakeCancellation(const ImportItem& item);
  absl::StatusOr<Taken> TakeReturn(const ImportItem& item);
  absl::StatusOr<Taken> TakeRefund(const ImportItem& item);
  absl::StatusOr<Taken> TakeServiceProject(const ImportItem& item);
  absl::StatusOr<Taken> TakeCreditLimit(const ImportItem& item);
  absl::StatusOr<Taken> TakeReferral(const ImportItem& item);
  absl::StatusOr<Taken> TakeTransition(const ImportItem& item);

  absl::StatusOr<Id> Customer(std::string_view field, const Reference& reference);
  absl::StatusOr<Id> ProductOf(std::string_view field, const Reference& reference);
  // Null unless it is there and the caller may change it.
  Order* OrderOf(const Reference& reference);
  // By itself or the opportunity that it came from; `record` is where both references lie.
  absl::StatusOr<Order*> TargetOrder(const std::string& record, const ImportItem& item);
  // The record's project: `current`, or a new one, as it is told now. Its tasks keep their places.
  absl::StatusOr<ServiceProject> DecodeProject(const ImportItem& item, const Order* order,
                                               const ServiceProject& current);
  // The work that is new in a project compared with what was known of it.
  void LogTold(const ServiceProject& project, const ServiceProject& before);
  // The record's opportunity as a change: with names in place of references, without what closes it.
  absl::StatusOr<v1::Opportunity> ChangeOf(const ImportItem& item);
  // Whether such a record tells of a closed opportunity what is known of it.
  absl::StatusOr<bool> TellsTheSame(const Opportunity& closed, const v1::Opportunity& change);

  const CallContext& call_;
  const ImportReferences& references_;
  UnitOfWork work_;
  Deals deals_;
  ServiceProjects projects_;
  CreditLimits credit_limits_;
  absl::flat_hash_map<ExternalId, Payment> payments_;
  absl::flat_hash_map<ExternalId, Refund> refunds_;
  absl::flat_hash_map<ExternalId, OrderReturn> returns_;
  absl::flat_hash_map<ExternalId, Referral> referrals_;
  absl::flat_hash_map<ExternalId, Move> moves_;
};

}  // namespace clientele::lifecycle

#endif  // LIFECYCLE_SVC_OPERATIONS_IMPORT_BATCH_H_
