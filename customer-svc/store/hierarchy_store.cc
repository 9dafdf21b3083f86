#include "customer-svc/store/hierarchy_store.h"

#include <algorithm>

#include "absl/container/flat_hash_set.h"
#include "customer-svc/store/customer_store.h"
#include "customer-svc/store/lookup.h"

namespace clientele::customer {
namespace {

using servicekit::Id;
using servicekit::Principal;
using servicekit::Row;
using servicekit::Sql;
using servicekit::Transaction;

// Those for which `condition` holds, whoever may see them.
absl::StatusOr<std::vector<TreeNode>> Nodes(Transaction& tx, const Principal& reader, const Sql& condition,
                                            int32_t depth, size_t limit) {
  return tx.QueryAll(
      Sql("SELECT customers.id, customers.display_name, customers.type, customers.parent_id,"
          " customers.owner_id, COALESCE(") +
          MayRead(reader, CustomerRowColumns()) + Sql(", 0) FROM customers WHERE ") + condition +
          Sql(" ORDER BY customers.display_name, customers.id LIMIT ?", {static_cast<int64_t>(limit)}),
      [&](const Row& row) {
        return TreeNode{.id = row.Id(0),
                        .display_name = row.Text(1),
                        .type = static_cast<CustomerType>(row.Int64(2)),
                        .parent = row.OptionalId(3),
                        .owner = row.OptionalId(4),
                        .depth = depth,
                        .visible = row.Bool(5)};
      });
}

// The topmost of the group. A circle, which writes refuse, would end where it began.
absl::StatusOr<Id> Topmost(Transaction& tx, Id customer) {
  absl::flat_hash_set<Id> seen;
  Id top = customer;
  while (seen.insert(top).second) {
    const auto parents = tx.QueryAll(Sql("SELECT parent_id FROM customers WHERE id = ?", {top}),
                                     [](const Row& row) { return row.OptionalId(0); });
    if (!parents.ok()) return parents.status();
    if (parents->empty() || !parents->front()) return top;
    top = *parents->front();
  }
  return customer;
}

}  // namespace

absl::StatusOr<Tree> HierarchyStore::Get(Transaction& tx, const Principal& reader, Id customer,
                                         size_t limit) {
  const absl::StatusOr<Id> named = CustomerStore().Resolve(tx, reader, customer);
  if (!named.ok()) return named.status();
  const absl::StatusOr<Id> top = Topmost(tx, *named);
  if (!top.ok()) return top.status();
  auto level = Nodes(tx, reader, Sql("customers.id = ?", {*top}), 0, 1);
  if (!level.ok()) return level.status();
  Tree tree;
  absl::flat_hash_set<Id> seen;
  for (int32_t depth = 1; !level->empty() && !tree.truncated; ++depth) {
    std::vector<Id> parents;
    for (TreeNode& node : *level) {
      if (!seen.insert(node.id).second) continue;
      parents.push_back(node.id);
      tree.nodes.push_back(std::move(node));
    }
    if (parents.empty()) break;
    // One more than there is room for tells that there are more.
    const size_t room = limit - tree.nodes.size();
    level = Nodes(tx, reader, Sql("customers.parent_id IN ") + InList(parents), depth, room + 1);
    if (!level.ok()) return level.status();
    if (level->size() <= room) continue;
    tree.truncated = true;
    level->pop_back();
    std::move(level->begin(), level->end(), std::back_inserter(tree.nodes));
  }
  return tree;
}

}  // namespace clientele::customer
