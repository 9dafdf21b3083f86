#ifndef LIFECYCLE_SVC_OPERATIONS_IMPORT_REFERENCES_H_
#define LIFECYCLE_SVC_OPERATIONS_IMPORT_REFERENCES_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "clientele/lifecycle/v1/import_service.pb.h"
#include "lifecycle-svc/operations/environment.h"

namespace clientele::lifecycle {

// One record of an import with what it refers to.
struct ImportItem {
  const v1::ImportRecord* record = nullptr;
  absl::Status error;  // What is wrong with it, as far as it alone can tell.
  std::optional<ExternalId> external_id;
  std::optional<Reference> customer;  // Or the referrer.
  std::optional<Reference> owner;
  std::vector<std::optional<Reference>> products;
  std::optional<Reference> opportunity;
  std::optional<Reference> order;
  std::vector<std::optional<Reference>> assignees;
};

// Field names are paths from the record.
ImportItem ReadItem(const v1::ImportRecord& record);

// What the records of one message refer to outside of this service, resolved with one question to
// customer-svc (and with none when all are known here by name); and the customers whose rows the message may
// touch.
class ImportReferences {
 public:
  absl::Status Resolve(const Environment& environment, const CallContext& call,
                       const std::vector<ImportItem>& items);

  std::optional<Id> FindCustomer(const Reference& reference) const;
  std::optional<Id> FindRepresentative(const Reference& reference) const;
  const std::vector<KnownCustomer>& heard() const { return heard_; }
  std::vector<Id> customers() const { return {customers_.begin(), customers_.end()}; }

 private:
  std::map<Reference, Id> found_customers_;
  std::map<Reference, Id> found_representatives_;
  std::vector<KnownCustomer> heard_;
  absl::flat_hash_set<Id> customers_;
};

// The references of one kind: by id and by external id.
struct Wanted {
  std::vector<Id> ids;
  std::vector<ExternalId> external_ids;
  void Add(const std::optional<Reference>& reference);
  void Add(const std::optional<ExternalId>& external_id);
};

}  // namespace clientele::lifecycle

#endif  // LIFECYCLE_SVC_OPERATIONS_IMPORT_REFERENCES_H_
