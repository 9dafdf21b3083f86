#include "lifecycle-svc/rpc/calls.h"

#include "lifecycle-svc/store/alias_store.h"
#include "servicekit/types/resource_name.h"

namespace clientele::lifecycle {
namespace {

constexpr std::string_view kCustomers = "customers/";
constexpr size_t kIdLength = 26;

// Calls `found` with the place of each customer's name in the text.
template <typename Found>
void FindNames(std::string_view text, Found found) {
  for (size_t at = text.find(kCustomers); at != std::string_view::npos; at = text.find(kCustomers, at + 1)) {
    const absl::StatusOr<Id> id = Id::Parse(text.substr(at + kCustomers.size(), kIdLength));
    if (id.ok()) found(at, *id);
  }
}

}  // namespace

absl::StatusOr<Id> ResolveCustomer(Transaction& tx, Id customer) {
  const auto survivors = AliasStore::FindSurvivors(tx, {customer});
  if (!survivors.ok()) return survivors.status();
  const auto found = survivors->find(customer);
  return found == survivors->end() ? customer : found->second;
}

absl::StatusOr<Sql> AndFilter(const Backend& backend, const CallContext& call, const std::string& filter,
                              const std::vector<servicekit::FilterField>& fields) {
  std::vector<Id> named;
  FindNames(filter, [&](size_t, Id id) { named.push_back(id); });
  if (named.empty()) return AndFilter(filter, fields);
  const auto survivors =
      servicekit::RunReading(backend.environment.pool, call.deadline,
                             [&](Transaction& tx) { return AliasStore::FindSurvivors(tx, named); });
  if (!survivors.ok()) return survivors.status();
  std::string resolved = filter;
  FindNames(filter, [&](size_t at, Id id) {
    const auto found = survivors->find(id);
    if (found != survivors->end()) {
      resolved.replace(at + kCustomers.size(), kIdLength, found->second.ToString());
    }
  });
  return AndFilter(resolved, fields);
}

}  // namespace clientele::lifecycle
