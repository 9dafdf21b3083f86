#ifndef LIFECYCLE_SVC_STORE_SERVICE_PROJECT_STORE_H_
#define LIFECYCLE_SVC_STORE_SERVICE_PROJECT_STORE_H_

#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lifecycle-svc/domain/service_project.h"
#include "servicekit/mysql/transaction.h"

namespace clientele::lifecycle {

using servicekit::Sql;
using servicekit::Transaction;

// Service projects with their tasks.
class ServiceProjectStore {
 public:
  // A task outside of its project.
  struct ListedTask {
    Id project;
    Id customer;
    int64_t version = 0;  // Of the project.
    ServiceTask task;
  };
  // What came of one delivery model.
  struct Outcome {
    DeliveryModel model;
    int64_t projects = 0;
    int64_t completed = 0;
    int64_t cancelled = 0;
    int64_t overdue = 0;
    int64_t dated = 0;
    int64_t on_time = 0;
    double days = 0;  // The sum over the completed ones.
    int64_t logged_minutes = 0;
    int64_t planned_minutes = 0;
    Decimal base_cost;
    Decimal base_total;
    int64_t satisfaction_count = 0;
    int64_t satisfaction_sum = 0;
    int64_t matured = 0;
    int64_t repurchased = 0;
  };

  // NOT_FOUND when there is none. Which customer it belongs to never changes.
  static absl::StatusOr<Id> FindCustomer(Transaction& tx, Id id);
  // With their tasks.
  static absl::StatusOr<std::vector<ServiceProject>> Find(Transaction& tx, const std::vector<Id>& ids);
  static absl::StatusOr<std::vector<ServiceProject>> Find(Transaction& tx,
                                                          const std::vector<ExternalId>& ids);
  static absl::StatusOr<std::vector<ServiceProject>> FindByOrder(Transaction& tx,
                                                                 const std::vector<Id>& orders);
  // NOT_FOUND unless there and `rule` (over journeys j) applies.
  static absl::StatusOr<ServiceProject> Get(Transaction& tx, Id id, const Sql& rule);
  // In order of id, those after `after`. `condition` starts with ` AND ` or is empty.
  static absl::StatusOr<std::vector<ServiceProject>> List(Transaction& tx, const Sql& rule,
                                                          const Sql& condition, Id after, int limit);
  // By due date, those without one last, after the one given (or from the start).
  static absl::StatusOr<std::vector<ListedTask>> ListTasks(Transaction& tx, const Sql& rule,
                                                           const Sql& condition,
                                                           std::optional<absl::CivilDay> after_date, Id after,
                                                           int limit);
  static absl::StatusOr<std::vector<Outcome>> Compare(Transaction& tx, const Sql& rule, const Sql& condition,
                                                      absl::Time now);
  // ALREADY_EXISTS when the order has a project of the model, or the external id is taken.
  static absl::Status Insert(Transaction& tx, const std::vector<ServiceProject>& projects);
  static absl::Status Update(Transaction& tx, const ServiceProject& project);
  static absl::Status InsertWork(Transaction& tx, Id project, const ServiceWork& work);
};

}  // namespace clientele::lifecycle

#endif  // LIFECYCLE_SVC_STORE_SERVICE_PROJECT_STORE_H_
