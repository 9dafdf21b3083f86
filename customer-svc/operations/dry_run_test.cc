#include "customer-svc/operations/dry_run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/types/span.h"

namespace clientele::customer {
namespace {

using Outcome = ImportResult::Outcome;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

ExternalId Crm(const std::string& id) { return {"crm", id}; }

ImportRecord Team(const std::string& id) {
  return {.record = TeamRecord{.team = {.display_name = "team", .external_id = Crm(id)}, .parent = {}}};
}
ImportRecord CustomerOf(const std::string& id, const std::string& team) {
  CustomerRecord record;
  record.customer.display_name = "한빛";
  record.customer.registration_number = "N" + id;
  record.customer.external_ids = {Crm(id)};
  if (!team.empty()) record.team = Crm(team);
  return {.record = std::move(record)};
}
ImportRecord ContactOf(const std::string& customer) {
  ChildRecord<Contact> record;
  record.customer = Crm(customer);
  record.child.external_id = Crm("c");
  return {.record = std::move(record)};
}

// The external ids and names of the stand-ins for one record.
std::vector<std::string> StandIns(const DryRun& dry_run, const ImportRecord& record) {
  std::vector<std::string> told;
  for (const ImportRecord& one : dry_run.StandIns(absl::MakeConstSpan(&record, 1))) {
    if (const auto* team = std::get_if<TeamRecord>(&one.record)) told.push_back(team->team.external_id->id);
    if (const auto* customer = std::get_if<CustomerRecord>(&one.record)) {
      told.push_back(customer->customer.external_ids[0].id + " " + customer->customer.display_name);
    }
  }
  return told;
}

TEST(DryRun, RecordStandsInWithAllThatItBuildsOn) {
  DryRun dry_run;
  dry_run.Remember({Team("T"), CustomerOf("A", "T"), CustomerOf("B", ""), CustomerOf("C", "")},
                   {{.outcome = Outcome::kCreated},
                    {.outcome = Outcome::kUpdated},
                    {.outcome = Outcome::kUnchanged},
                    {.outcome = Outcome::kRejected}});
  EXPECT_THAT(StandIns(dry_run, ContactOf("A")), ElementsAre("T", "A 한빛"));
  CustomerRecord by_number;
  by_number.customer.registration_number = "NA";
  EXPECT_THAT(StandIns(dry_run, {.record = by_number}), ElementsAre("T", "A 한빛"));
  EXPECT_THAT(StandIns(dry_run, ContactOf("B")), IsEmpty()) << "it was there before";
  EXPECT_THAT(StandIns(dry_run, ContactOf("C")), IsEmpty());
}

TEST(DryRun, BeyondTheLimitOnlyExistenceIsRemembered) {
  DryRun dry_run(/*most_whole=*/1);
  dry_run.Remember(
      {CustomerOf("A", ""), CustomerOf("B", "T"), CustomerOf("C", "")},
      {{.outcome = Outcome::kCreated}, {.outcome = Outcome::kCreated}, {.outcome = Outcome::kUpdated}});
  EXPECT_THAT(StandIns(dry_run, ContactOf("A")), ElementsAre("A 한빛"));
  EXPECT_THAT(StandIns(dry_run, ContactOf("B")), ElementsAre("some team", "B B"));
  EXPECT_THAT(StandIns(dry_run, ContactOf("C")), IsEmpty());
}

}  // namespace
}  // namespace clientele::customer
