// For random teams, owners and principals: list, batch get, export, duplicates, history, preview of a
// transfer and the rest show exactly the same customers, and a foreign one is not there, whatever is asked of
// it.
#include <gmock/gmock.h>

#include <map>
#include <random>
#include <set>

#include "customer-svc/rpc/service_fixture.h"
#include "servicekit/types/str_cat.h"

namespace clientele::customer {
namespace {

using servicekit::Role;
using servicekit::StrCat;

class AccessPropertyTest : public ServiceTest {
 protected:
  // Who may see a customer, said once more and without SQL.
  struct Someone {
    Role role;
    std::string representative;
    std::vector<std::string> teams;
  };
  bool IsAbove(const std::string& above, std::string team) const {
    for (; !team.empty(); team = parents_.at(team)) {
      if (team == above) return true;
    }
    return false;
  }
  bool Sees(const Someone& someone, const v1::Customer& customer) const {
    if (someone.role == Role::kAnalyst || someone.role == Role::kAdministrator) return true;
    for (const std::string& team : someone.teams) {
      if (someone.role == Role::kManager && IsAbove(team, customer.team())) return true;
      if (someone.role == Role::kRepresentative && customer.owner().empty() && customer.team() == team)
        return true;
    }
    return someone.role == Role::kRepresentative && customer.owner() == someone.representative;
  }

  std::set<std::string> Exported(const std::string& token) {
    const auto context = servicekit::TestContext(token);
    auto stream = imports_->ExportRecords(context.get(), v1::ExportRecordsRequest());
    std::set<std::string> names;
    v1::ExportRecordsResponse response;
    while (stream->Read(&response)) {
      for (const auto& record : response.records()) names.insert(record.customer().customer().name());
    }
    EXPECT_TRUE(stream->Finish().ok());
    return names;
  }

  std::map<std::string, std::string> parents_;
};

TEST_F(AccessPropertyTest, EveryWayToLookShowsTheSameCustomers) {
  std::mt19937_64 random(42);
  std::vector<std::string> teams, representatives;
  std::map<std::string, std::string> team_of;
  for (int i = 0; i < 7; ++i) {
    const std::string parent = teams.empty() || random() % 3 == 0 ? "" : teams[random() % teams.size()];
    teams.push_back(CreateTeam(StrCat("t", i), parent).name());
    parents_[teams.back()] = parent;
  }
  for (int i = 0; i < 9; ++i) {
    const std::string team = teams[random() % teams.size()];
    representatives.push_back(CreateRepresentative(team).name());
    team_of[representatives.back()] = team;
  }
  std::vector<v1::Customer> all;
  for (int i = 0; i < 60; ++i) {
    v1::Customer customer = Named("같은 이름");
    if (random() % 2 == 0) {
      customer.set_owner(representatives[random() % representatives.size()]);
    } else if (random() % 8 != 0) {
      customer.set_team(teams[random() % teams.size()]);
    }
    all.push_back(*Create(customer));
  }
  // A team that moved is seen from its new place only.
  v1::UpdateTeamRequest move;
  move.mutable_team()->set_name(teams.back());
  move.mutable_team()->set_parent(teams.front());
  move.mutable_update_mask()->add_paths("parent");
  ASSERT_TRUE(Call(teams_, &Teams::UpdateTeam, move).ok());
  parents_[teams.back()] = teams.front();

  for (int round = 0; round < 12; ++round) {
    Someone someone{
        std::vector<Role>{Role::kRepresentative, Role::kManager, Role::kAnalyst}[round % 3], "", {}};
    if (someone.role == Role::kRepresentative) {
      someone.representative = representatives[random() % representatives.size()];
      someone.teams = {team_of[someone.representative]};
    } else if (someone.role == Role::kManager) {
      for (size_t i = 1 + random() % 2; i > 0; --i) someone.teams.push_back(teams[random() % teams.size()]);
    }
    const std::string token = Token(someone.role, someone.representative, someone.teams);
    std::set<std::string> expected;
    for (const v1::Customer& customer : all) {
      if (Sees(someone, customer)) expected.insert(customer.name());
    }

    std::set<std::string> listed;
    v1::ListCustomersRequest list;
    list.set_page_size(7);
    const auto rows = List(list, token);
    ASSERT_TRUE(rows.ok()) << rows.status();
    for (const v1::Customer& customer : *rows) listed.insert(customer.name());
    EXPECT_EQ(listed, expected);
    EXPECT_EQ(Exported(token), expected);

    v1::BatchGetCustomersRequest batch;
    for (const v1::Customer& customer : all) batch.add_names(customer.name());
    std::set<std::string> got;
    const auto batch_rows = Call(customers_, &Customers::BatchGetCustomers, batch, token);
    ASSERT_TRUE(batch_rows.ok()) << batch_rows.status();
    for (const v1::Customer& customer : batch_rows->customers()) {
      got.insert(customer.name());
    }
    EXPECT_EQ(got, expected);

    // All have the same name, so each is a duplicate of each other one that is seen.
    for (const v1::Customer& customer : all) {
      const bool seen = expected.contains(customer.name());
      v1::ListDuplicatesRequest duplicates;
      duplicates.set_parent(customer.name());
      const auto found = Call(duplicates_, &v1::DuplicateService::Stub::ListDuplicates, duplicates, token);
      v1::ListChangesRequest changes;
      changes.set_parent(customer.name());
      const auto history = Call(histories_, &v1::HistoryService::Stub::ListChanges, changes, token);
      v1::ListOwnershipsRequest owners;
      owners.set_parent(customer.name());
      const auto ownerships = Call(ownerships_, &v1::OwnershipService::Stub::ListOwnerships, owners, token);
      v1::ListCustomerMergesRequest merges;
      merges.set_customer(customer.name());
      const auto merged = Call(merges_, &v1::MergeService::Stub::ListCustomerMerges, merges, token);
      v1::ListContactsRequest contacts;
      contacts.set_parent(customer.name());
      const auto children = Call(customers_, &Customers::ListContacts, contacts, token);
      for (const absl::Status& status :
           {found.status(), history.status(), ownerships.status(), merged.status(), children.status(),
            Get(customer.name(), token).status()}) {
        EXPECT_TRUE(seen ? status.ok() : absl::IsNotFound(status)) << status;
      }
      if (seen && found.ok()) {
        EXPECT_EQ(found->duplicates_size(), static_cast<int>(expected.size()) - 1);
      }
    }

    // What a manager could transfer is what they see.
    if (someone.role == Role::kManager) {
      v1::PreviewTransferRequest preview;
      preview.mutable_transfer()->set_filter("type = ORGANIZATION");
      preview.mutable_transfer()->set_team(someone.teams.front());
      const auto counted = Call(ownerships_, &v1::OwnershipService::Stub::PreviewTransfer, preview, token);
      ASSERT_TRUE(counted.ok()) << counted.status();
      EXPECT_EQ(counted->moving_count() + counted->unchanged_count(), static_cast<int64_t>(expected.size()));
    }
  }
}

}  // namespace
}  // namespace clientele::customer
