#include "servicekit/access/row_rule.h"

#include <algorithm>
#include <map>
#include <set>

#include <gtest/gtest.h>

#include "absl/random/random.h"
#include "absl/time/clock.h"
#include "servicekit/mysql/transaction.h"
#include "servicekit/testing/scratch_database.h"

namespace servicekit {
namespace {

struct CustomerRow {
  int64_t id;
  std::optional<Id> owner, team;
};

// What the header says in words, once more, row by row.
bool Expected(const Principal& p, const CustomerRow& row, const std::map<Id, std::set<Id>>& below) {
  switch (p.role) {
    case Role::kAnalyst:
    case Role::kAdministrator:
    case Role::kService:
      return true;
    case Role::kRepresentative:
      if (row.owner.has_value()) return row.owner == p.representative;
      return row.team.has_value() && std::find(p.teams.begin(), p.teams.end(), *row.team) != p.teams.end();
    case Role::kManager:
      return row.team.has_value() && std::any_of(p.teams.begin(), p.teams.end(), [&](const Id& team) {
               return below.contains(team) && below.at(team).contains(*row.team);
             });
  }
  return false;
}

TEST(RowRule, WhereClauseEqualsTheRuleAppliedRowByRow) {
  ScratchDatabase database({});
  database.Execute("CREATE TABLE people (id BIGINT PRIMARY KEY, owner_id BINARY(16), team_id BINARY(16))");
  database.Execute(
      "CREATE TABLE team_tree (ancestor_id BINARY(16), descendant_id BINARY(16), "
      "PRIMARY KEY (ancestor_id, descendant_id))");
  absl::BitGen random;
  const auto pick = [&](const std::vector<Id>& ids) { return ids[absl::Uniform(random, 0u, ids.size())]; };
  const auto chance = [&](double p) { return absl::Bernoulli(random, p); };
  const absl::Time deadline = absl::Now() + absl::Seconds(60);
  const RowColumns columns{"people.owner_id", "people.team_id"};

  for (int world = 0; world < 5; ++world) {
    database.Execute("DELETE FROM people");
    database.Execute("DELETE FROM team_tree");
    // A random forest of teams and its closure.
    std::vector<Id> teams, people;
    std::map<Id, std::optional<Id>> parent;
    std::map<Id, std::set<Id>> below;
    for (int i = 0; i < 12; ++i) {
      const Id team = Id::New(absl::Now());
      parent[team] = teams.empty() || chance(0.2) ? std::nullopt : std::optional(pick(teams));
      teams.push_back(team);
      for (std::optional<Id> up = team; up.has_value(); up = parent[*up]) below[*up].insert(team);
    }
    for (int i = 0; i < 8; ++i) people.push_back(Id::New(absl::Now()));
    std::vector<CustomerRow> rows;
    std::vector<std::vector<Parameter>> row_values, tree_values;
    for (int i = 0; i < 300; ++i) {
      const CustomerRow& row =
          rows.emplace_back(CustomerRow{i, chance(0.6) ? std::optional(pick(people)) : std::nullopt,
                                        chance(0.9) ? std::optional(pick(teams)) : std::nullopt});
      row_values.push_back({row.id, row.owner, row.team});
    }
    for (const auto& [ancestor, descendants] : below) {
      for (const Id& descendant : descendants) tree_values.push_back({ancestor, descendant});
    }
    ASSERT_TRUE(
        RunTransaction(database.pool(), deadline, [&](Transaction& tx) {
          if (auto s = tx.InsertMany("INSERT INTO people (id, owner_id, team_id) VALUES ", row_values);
              !s.ok()) {
            return s.status();
          }
          return tx.InsertMany("INSERT INTO team_tree (ancestor_id, descendant_id) VALUES ", tree_values)
              .status();
        }).ok());

    for (int trial = 0; trial < 40; ++trial) {
      Principal principal;
      principal.role = static_cast<Role>(absl::Uniform(random, 0, 5));
      if (principal.role == Role::kRepresentative && chance(0.9)) principal.representative = pick(people);
      for (size_t i = absl::Uniform(random, 0u, 4u); i > 0; --i) {
        principal.teams.push_back(chance(0.9) ? pick(teams) : Id::New(absl::Now()));
      }
      for (const bool writing : {false, true}) {
        const Sql rule = writing ? MayWrite(principal, columns) : MayRead(principal, columns);
        const auto got = RunReading(database.pool(), deadline, [&](Transaction& tx) {
          // Before and after other conditions: the rule keeps to its parentheses.
          return tx.QueryAll(Sql("SELECT id FROM people WHERE id >= ? AND ", {0}) + rule +
                                 Sql(" AND id < ? ORDER BY id", {300}),
                             [](const Row& row) { return row.Int64(0); });
        });
        ASSERT_TRUE(got.ok()) << got.status();
        std::vector<int64_t> expected;
        for (const CustomerRow& row : rows) {
          if (writing && principal.role == Role::kAnalyst) continue;
          if (Expected(principal, row, below)) expected.push_back(row.id);
        }
        EXPECT_EQ(*got, expected) << rule.text();
      }
    }
  }
}

TEST(RowRule, Checks) {
  const auto role = [](Role r) {
    Principal principal;
    principal.role = r;
    return principal;
  };
  for (const Role r :
       {Role::kRepresentative, Role::kManager, Role::kAnalyst, Role::kAdministrator, Role::kService}) {
    EXPECT_EQ(CheckMayWrite(role(r)).ok(), r != Role::kAnalyst);
    EXPECT_EQ(CheckAdministrator(role(r)).ok(), r == Role::kAdministrator || r == Role::kService);
    EXPECT_EQ(CheckReadsAll(role(r)).ok(), r != Role::kRepresentative && r != Role::kManager);
  }
}

}  // namespace
}  // namespace servicekit
