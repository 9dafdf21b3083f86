#include "customer-svc/rpc/hierarchy_service.h"

#include "servicekit/types/resource_name.h"

namespace clientele::customer {
namespace {

using servicekit::CallContext;
using servicekit::Id;
using servicekit::NameOf;
using servicekit::Transaction;

constexpr size_t kMostNodes = 1000;

}  // namespace

HierarchyService::HierarchyService(Backend backend) : backend_(backend) {}
HierarchyService::~HierarchyService() = default;

absl::StatusOr<v1::CustomerTree> HierarchyService::GetCustomerTree(
    const CallContext& call, const v1::GetCustomerTreeRequest& request) {
  const absl::StatusOr<Id> id = servicekit::ParseName("name", "customers", request.name());
  if (!id.ok()) return id.status();
  const absl::StatusOr<Tree> tree = RunInTransaction(
      backend_.pool, call.deadline,
      [&](Transaction& tx) { return backend_.stores.hierarchy.Get(tx, call.principal, *id, kMostNodes); },
      {.read_only = true});
  if (!tree.ok()) return tree.status();
  v1::CustomerTree message;
  message.set_truncated(tree->truncated);
  for (const TreeNode& node : tree->nodes) {
    if (!node.visible) continue;
    auto* encoded = message.add_nodes();
    encoded->set_customer(NameOf("customers", node.id));
    encoded->set_display_name(node.display_name);
    encoded->set_type(static_cast<v1::Customer::Type>(node.type));
    if (node.parent) encoded->set_parent(NameOf("customers", *node.parent));
    if (node.owner) encoded->set_owner(NameOf("representatives", *node.owner));
    encoded->set_depth(node.depth);
  }
  return message;
}

}  // namespace clientele::customer
