#ifndef LIFECYCLE_SVC_STORE_DEPARTMENT_STORE_H_
#define LIFECYCLE_SVC_STORE_DEPARTMENT_STORE_H_

#include <map>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "lifecycle-svc/domain/department.h"
#include "servicekit/mysql/transaction.h"

namespace clientele::lifecycle {

using servicekit::Sql;
using servicekit::Transaction;

// A period of moves, seen as the work of departments. Conditions start with ` AND ` and are over `moves m`;
// rules and slices over `journeys j`.
struct DepartmentPeriod {
  absl::Time start;
  absl::Time end;  // What happened from then on is left out of account.
  int acceptance_days;
};

class DepartmentStore {
 public:
  // The figures' conditions: what each counts.
  static Sql IsTransition();
  static Sql IsHandedOver();
  static Sql IsBounced(const DepartmentPeriod& period);
  static Sql IsPending(const DepartmentPeriod& period);
  static Sql IsAccepted(const DepartmentPeriod& period);
  static Sql IsLost();
  static Sql EndsStay();
  static Sql IsRepurchase();
  // One that followed a completed service project of the customer within its re-purchase days.
  static Sql IsServedRepurchase();
  // Moves of the period that are anyone's.
  static Sql IsWithin(const DepartmentPeriod& period);
  // Those of one row.
  static Sql IsOf(const DepartmentKey& key, DepartmentLevel level);

  // Two statements: run it in a transaction that reads one snapshot.
  static absl::StatusOr<std::map<DepartmentKey, DepartmentCounts>> Count(Transaction& tx,
                                                                         const DepartmentPeriod& period,
                                                                         DepartmentLevel level,
                                                                         const Sql& rule, const Sql& slice);
};

}  // namespace clientele::lifecycle

#endif  // LIFECYCLE_SVC_STORE_DEPARTMENT_STORE_H_
