#include "lifecycle-svc/domain/delivery.h"

#include "absl/container/flat_hash_map.h"
#include "servicekit/types/error.h"
#include "servicekit/types/str_cat.h"

namespace clientele::lifecycle {
namespace {

using servicekit::InvalidField;
using servicekit::StrCat;

bool IsKey(const std::string& key) {
  if (key.empty() || key.size() > 32) return false;
  for (const char c : key) {
    if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_')) return false;
  }
  return true;
}

}  // namespace

absl::Status CheckSteps(const std::string& field, const std::vector<DeliveryStep>& steps) {
  absl::flat_hash_map<std::string, size_t> places;
  for (size_t i = 0; i < steps.size(); ++i) {
    const std::string at = StrCat(field, "[", i, "].key");
    if (!IsKey(steps[i].key)) return InvalidField(at, "must be 1 to 32 of a-z, 0-9 and _");
    if (!places.emplace(steps[i].key, i).second) return InvalidField(at, "is given twice");
  }
  std::vector<std::vector<size_t>> depends_on(steps.size());
  for (size_t i = 0; i < steps.size(); ++i) {
    for (size_t k = 0; k < steps[i].depends_on.size(); ++k) {
      const auto found = places.find(steps[i].depends_on[k]);
      if (found == places.end()) {
        return InvalidField(StrCat(field, "[", i, "].depends_on[", k, "]"), "is no step of this list");
      }
      depends_on[i].push_back(found->second);
    }
  }
  if (HasCycle(depends_on)) return InvalidField(field, "depend on each other in a cycle");
  return absl::OkStatus();
}

// Takes away what depends on nothing that is left, until nothing is left or a cycle is.
bool HasCycle(const std::vector<std::vector<size_t>>& depends_on) {
  std::vector<size_t> open(depends_on.size());
  std::vector<std::vector<size_t>> needed_by(depends_on.size());
  std::vector<size_t> free;
  for (size_t i = 0; i < depends_on.size(); ++i) {
    open[i] = depends_on[i].size();
    if (open[i] == 0) free.push_back(i);
    for (const size_t needed : depends_on[i]) needed_by[needed].push_back(i);
  }
  size_t taken = 0;
  while (!free.empty()) {
    const size_t next = free.back();
    free.pop_back();
    ++taken;
    for (const size_t waiting : needed_by[next]) {
      if (--open[waiting] == 0) free.push_back(waiting);
    }
  }
  return taken < depends_on.size();
}

}  // namespace clientele::lifecycle
