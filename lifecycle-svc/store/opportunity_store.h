#ifndef LIFECYCLE_SVC_STORE_OPPORTUNITY_STORE_H_
#define LIFECYCLE_SVC_STORE_OPPORTUNITY_STORE_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lifecycle-svc/domain/opportunity.h"
#include "servicekit/mysql/transaction.h"

namespace clientele::lifecycle {

using servicekit::Sql;
using servicekit::Transaction;

class OpportunityStore {
 public:
  struct StepEntry {
    Id opportunity;
    SalesStep step;
    absl::Time event_time;
    int probability_percent = 0;
    std::optional<servicekit::Money> amount;
    std::string actor;  // Only read.
  };
  struct SummaryRow {
    SalesStep step;
    std::string currency;  // Empty for those without an amount.
    int64_t count;
    servicekit::Decimal amount;
  };

  // What came of those where a competitor offers.
  struct CompetitorRow {
    std::string display_name;
    int64_t open = 0;
    int64_t won = 0;
    int64_t lost = 0;
    int64_t lost_to = 0;
  };

  // NOT_FOUND when there is none. Merges and splits change whose it is.
  static absl::StatusOr<Id> FindCustomer(Transaction& tx, Id id);
  // With their lines and competitors.
  static absl::StatusOr<std::vector<Opportunity>> Find(Transaction& tx, const std::vector<Id>& ids);
  static absl::StatusOr<std::vector<Opportunity>> Find(Transaction& tx, const std::vector<ExternalId>& ids);
  // NOT_FOUND unless there and `rule` (over journeys j) applies.
  static absl::StatusOr<Opportunity> Get(Transaction& tx, Id id, const Sql& rule);
  // Opportunities `o` of journeys `j`. `condition` starts with ` AND ` or is empty, `order_by` is as it
  // stands behind ORDER BY.
  static absl::StatusOr<std::vector<Opportunity>> List(Transaction& tx, const Sql& rule, const Sql& condition,
                                                       const Sql& order_by, int limit);
  // The steps of one, in order of time.
  static absl::StatusOr<std::vector<StepEntry>> ListSteps(Transaction& tx, Id opportunity);
  static absl::StatusOr<std::vector<SummaryRow>> Summarize(Transaction& tx, const Sql& rule,
                                                           const Sql& condition);
  // By how often they were met, at most `limit`.
  static absl::StatusOr<std::vector<CompetitorRow>> SummarizeCompetitors(Transaction& tx, const Sql& rule,
                                                                         const Sql& condition, int limit);
  // ALREADY_EXISTS when an external id is taken.
  static absl::Status Insert(Transaction& tx, const std::vector<Opportunity>& opportunities);
  // Without its lines and competitors.
  static absl::Status Update(Transaction& tx, const Opportunity& opportunity);
  static absl::Status ReplaceParts(Transaction& tx, const Opportunity& opportunity);
  static absl::Status InsertSteps(Transaction& tx, const std::vector<StepEntry>& steps,
                                  const std::string& actor, absl::Time now);
  // What is known of the steps from before it was opened, as is said now, counts from then on.
  struct Retimed {
    Id opportunity;
    absl::Time old_open_time;
    absl::Time open_time;
  };
  static absl::Status RetimeSteps(Transaction& tx, const Retimed& retimed);
};

}  // namespace clientele::lifecycle

#endif  // LIFECYCLE_SVC_STORE_OPPORTUNITY_STORE_H_
