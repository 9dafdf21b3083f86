#ifndef LIFECYCLE_SVC_STORE_FUNNEL_STORE_H_
#define LIFECYCLE_SVC_STORE_FUNNEL_STORE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lifecycle-svc/domain/funnel.h"
#include "lifecycle-svc/domain/journey.h"
#include "servicekit/mysql/transaction.h"

namespace clientele::lifecycle {

using servicekit::Sql;
using servicekit::Transaction;

// A customer as it stood in the funnel.
struct FunnelCustomer {
  Id customer;
  std::string display_name;
  std::optional<Id> owner;
  std::optional<Id> team;
  std::string industry;
  Progress progress;
};

struct StageVisit {
  Id customer;
  Id transition;
  std::string display_name;
  Stage stage;
  absl::Time start;
  absl::Time end;  // kForever while it goes on.
};

// What the funnel reads: journeys as they are, or as they were at a time, from the moves that held then.
// Every `condition` starts with ` AND ` or is empty; rules and conditions are over `journeys j`, as in
// JourneyStore, but of its columns only those of the customer and stage, furthest_stage, lost_from_stage,
// recycled_count, stage_time and enter_time may be used.
class FunnelStore {
 public:
  // Which time a report speaks of; nullopt: now.
  using AsOf = std::optional<absl::Time>;

  static absl::StatusOr<std::vector<FunnelCell>> Count(Transaction& tx, const AsOf& as_of, bool by_month,
                                                       const Sql& rule, const Sql& condition);
  // In order of customer, those after `after`.
  static absl::StatusOr<std::vector<FunnelCustomer>> List(Transaction& tx, const AsOf& as_of, const Sql& rule,
                                                          const Sql& condition, Id after, int limit);
  // Visits that began up to `as_of`, by stage and length. Here `cohort` is over `moves m`.
  static absl::StatusOr<std::vector<VisitCell>> CountVisits(Transaction& tx, absl::Time as_of,
                                                            const Sql& rule, const Sql& condition,
                                                            const Sql& cohort);
  struct VisitKey {
    Id customer;
    absl::Time start;
    Id transition;
  };
  // Those after `after`, by customer in order of time; ended by `as_of`, or open then.
  static absl::StatusOr<std::vector<StageVisit>> ListVisits(Transaction& tx, absl::Time as_of, Stage stage,
                                                            bool open, const Sql& rule, const Sql& condition,
                                                            const Sql& cohort, const VisitKey& after,
                                                            int limit);
};

// What opportunities are grouped by.
enum class VelocityGroup { kNone, kOwner, kTeam, kIndustry, kProduct, kTargetMarket };

// Opportunities as deals that were won, lost or open at a time. Conditions are over `opportunities o` and
// `journeys j`.
class VelocityStore {
 public:
  static absl::StatusOr<std::vector<VelocityRow>> Count(Transaction& tx, VelocityGroup group,
                                                        absl::Time start, absl::Time as_of, const Sql& rule,
                                                        const Sql& condition);
  static Sql IsOpen(absl::Time as_of);
  static Sql IsClosed(bool won, absl::Time start, absl::Time as_of);
  // Who works on it, and of which team they are; otherwise the customer's.
  static Sql OwnerIs(Id owner);
  static Sql TeamIsUnder(Id team);
  // Those that one row of Count() counts, as ` AND …`: of `industry` when grouped by it, else of `id` or of
  // none.
  static Sql GroupIs(VelocityGroup group, const std::optional<Id>& id, const std::string& industry);
};

}  // namespace clientele::lifecycle

#endif  // LIFECYCLE_SVC_STORE_FUNNEL_STORE_H_
