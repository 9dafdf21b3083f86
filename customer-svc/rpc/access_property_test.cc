// For random teams, owners and principals: list, batch get, search, export, target markets and their figures,
// duplicates, history, timeline, preview of a transfer and the rest show exactly the same customers, and a
// foreign one is not there, whatever is asked of it or done to it.
#include <gmock/gmock.h>

#include <map>
#include <random>
#include <set>

#include "absl/time/clock.h"
#include "customer-svc/operations/target_market_search.h"
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

  // The names of all pages.
  std::vector<std::string> Found(const std::string& query, const std::string& token) {
    std::vector<std::string> names;
    v1::SearchCustomersRequest request;
    request.set_query(query);
    request.set_page_size(7);
    do {
      const auto page = Call(searches_, &Searches::SearchCustomers, request, token);
      EXPECT_TRUE(page.ok()) << page.status();
      if (!page.ok()) break;
      for (const auto& result : page->results()) names.push_back(result.customer().name());
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return names;
  }
  std::vector<std::string> Members(const std::string& market, const std::string& token) {
    std::vector<std::string> names;
    v1::ListTargetMarketMembersRequest request;
    request.set_parent(market);
    request.set_page_size(7);
    do {
      const auto page = Call(target_markets_, &TargetMarkets::ListTargetMarketMembers, request, token);
      EXPECT_TRUE(page.ok()) << page.status();
      if (!page.ok()) break;
      for (const auto& member : page->members()) names.push_back(member.name());
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return names;
  }
  // A target market of everybody, with its members found.
  std::string DefineMarketOfAll() {
    v1::CreateTargetMarketRequest request;
    request.mutable_target_market()->set_display_name("all");
    request.mutable_target_market()->set_filter("type = ORGANIZATION");
    request.mutable_target_market()->set_estimated_size(120);
    const auto market = Call(target_markets_, &TargetMarkets::CreateTargetMarket, request);
    EXPECT_TRUE(market.ok()) << market.status();
    for (bool more = true; more;) {
      const auto step = SearchTargetMarkets(stores_, Database().pool(), clock_);
      EXPECT_TRUE(step.ok()) << step.status();
      more = step.value_or(false);
    }
    return market->name();
  }

  // What each look at the customer says to `token`.
  std::vector<std::pair<std::string, absl::Status>> Looks(const std::string& name, const std::string& token) {
    std::vector<std::pair<std::string, absl::Status>> looks;
    looks.emplace_back("GetCustomer", Get(name, token).status());
    v1::ListChangesRequest changes;
    changes.set_parent(name);
    looks.emplace_back("ListChanges",
                       Call(histories_, &v1::HistoryService::Stub::ListChanges, changes, token).status());
    v1::ListOwnershipsRequest owners;
    owners.set_parent(name);
    looks.emplace_back(
        "ListOwnerships",
        Call(ownerships_, &v1::OwnershipService::Stub::ListOwnerships, owners, token).status());
    v1::ListCustomerMergesRequest merges;
    merges.set_customer(name);
    looks.emplace_back("ListCustomerMerges",
                       Call(merges_, &v1::MergeService::Stub::ListCustomerMerges, merges, token).status());
    v1::ListContactsRequest contacts;
    contacts.set_parent(name);
    looks.emplace_back("ListContacts", Call(customers_, &Customers::ListContacts, contacts, token).status());
    v1::ListNeedsRequest needs;
    needs.set_parent(name);
    looks.emplace_back("ListNeeds", Call(customers_, &Customers::ListNeeds, needs, token).status());
    v1::ListInteractionsRequest interactions;
    interactions.set_parent(name);
    looks.emplace_back("ListInteractions",
                       Call(customers_, &Customers::ListInteractions, interactions, token).status());
    v1::ListTimelineRequest timeline;
    timeline.set_parent(name);
    looks.emplace_back("ListTimeline", Call(timelines_, &Timelines::ListTimeline, timeline, token).status());
    v1::GetCustomerTreeRequest tree;
    tree.set_name(name);
    looks.emplace_back("GetCustomerTree",
                       Call(hierarchies_, &Hierarchies::GetCustomerTree, tree, token).status());
    v1::CheckCompletenessRequest completeness;
    completeness.set_name(name);
    completeness.set_stage(type::v1::LEAD);
    looks.emplace_back(
        "CheckCompleteness",
        Call(completenesses_, &Completenesses::CheckCompleteness, completeness, token).status());
    return looks;
  }
  // What each write to the customer says to `token`; `seen` is one that the caller may see.
  std::vector<std::pair<std::string, absl::Status>> Writes(const std::string& name, const std::string& seen,
                                                           const std::string& token) {
    std::vector<std::pair<std::string, absl::Status>> writes;
    v1::Customer change;
    change.set_name(name);
    change.set_source("fair");
    writes.emplace_back("UpdateCustomer", Update(change, {}, token).status());
    v1::CreateContactRequest contact;
    contact.set_parent(name);
    contact.mutable_contact()->set_display_name("홍길동");
    writes.emplace_back("CreateContact",
                        Call(customers_, &Customers::CreateContact, contact, token).status());
    v1::ClaimCustomerRequest claim;
    claim.set_name(name);
    writes.emplace_back("ClaimCustomer",
                        Call(ownerships_, &v1::OwnershipService::Stub::ClaimCustomer, claim, token).status());
    v1::ReleaseCustomerRequest release;
    release.set_name(name);
    writes.emplace_back(
        "ReleaseCustomer",
        Call(ownerships_, &v1::OwnershipService::Stub::ReleaseCustomer, release, token).status());
    v1::SupplyInformationRequest supply;
    supply.set_name(name);
    supply.mutable_customer()->set_source("fair");
    writes.emplace_back("SupplyInformation",
                        Call(completenesses_, &Completenesses::SupplyInformation, supply, token).status());
    if (seen.empty()) return writes;
    v1::MergeCustomersRequest merge;
    merge.set_survivor(seen);
    merge.set_merged_customer(name);
    writes.emplace_back("MergeCustomers",
                        Call(merges_, &v1::MergeService::Stub::MergeCustomers, merge, token).status());
    v1::DismissDuplicateRequest dismiss;
    dismiss.set_name(seen);
    dismiss.set_other(name);
    writes.emplace_back(
        "DismissDuplicate",
        Call(duplicates_, &v1::DuplicateService::Stub::DismissDuplicate, dismiss, token).status());
    return writes;
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
  const std::string market = DefineMarketOfAll();

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
    EXPECT_THAT(Found("같은", token), ::testing::UnorderedElementsAreArray(expected));
    EXPECT_THAT(Found("은 이름", token), ::testing::UnorderedElementsAreArray(expected));
    EXPECT_THAT(Members(market, token), ::testing::UnorderedElementsAreArray(expected));
    v1::GetTargetMarketRequest get_market;
    get_market.set_name(market);
    const auto figures = Call(target_markets_, &TargetMarkets::GetTargetMarket, get_market, token);
    ASSERT_TRUE(figures.ok()) << figures.status();
    EXPECT_EQ(figures->member_count(), static_cast<int64_t>(expected.size()));
    EXPECT_DOUBLE_EQ(figures->coverage(), static_cast<double>(expected.size()) / 120);
    v1::BatchCheckCompletenessRequest check;
    check.set_stage(type::v1::LEAD);
    for (const v1::Customer& customer : all) check.add_names(customer.name());
    const auto completenesses = Call(completenesses_, &Completenesses::BatchCheckCompleteness, check, token);
    ASSERT_TRUE(completenesses.ok()) << completenesses.status();
    std::set<std::string> checked;
    for (const auto& one : completenesses->completenesses()) checked.insert(one.customer());
    EXPECT_EQ(checked, expected);

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
      EXPECT_TRUE(seen ? found.ok() : absl::IsNotFound(found.status())) << found.status();
      for (const auto& [what, status] : Looks(customer.name(), token)) {
        EXPECT_TRUE(seen ? status.ok() : absl::IsNotFound(status)) << what << ": " << status;
      }
      // An analyst changes nothing, and is told so whichever customer it is.
      if (!seen && someone.role != Role::kAnalyst) {
        for (const auto& [what, status] :
             Writes(customer.name(), expected.empty() ? "" : *expected.begin(), token)) {
          EXPECT_TRUE(absl::IsNotFound(status)) << what << ": " << status;
        }
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
