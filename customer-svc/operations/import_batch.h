#ifndef CUSTOMER_SVC_OPERATIONS_IMPORT_BATCH_H_
#define CUSTOMER_SVC_OPERATIONS_IMPORT_BATCH_H_

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "customer-svc/operations/import_records.h"
#include "customer-svc/operations/save.h"
#include "servicekit/mysql/transaction.h"

// The records of one kind within one transaction. Each kind goes the same way: look everything up that the
// records name, apply the records one after the other to what was found, in memory, then write what became of
// it. So the number of statements does not grow with that of the records, and a record may build on an
// earlier one.
namespace clientele::customer {

// A record with the place of its answer.
template <typename Record>
struct Imported {
  const Record* record;
  ImportResult* result;
};
template <typename Record>
using Imports = std::vector<Imported<Record>>;

struct ImportBatch {
  Stores& stores;
  servicekit::Transaction& tx;
  const Author& author;
};

absl::Status ImportTeams(ImportBatch batch, const Imports<TeamRecord>& imports);
absl::Status ImportRepresentatives(ImportBatch batch, const Imports<RepresentativeRecord>& imports);
absl::Status ImportCustomers(ImportBatch batch, const Imports<CustomerRecord>& imports);
template <typename Child>
absl::Status ImportChildren(ImportBatch batch, const Imports<ChildRecord<Child>>& imports);

inline void Reject(ImportResult& result, absl::Status error) {
  result.outcome = ImportResult::Outcome::kRejected;
  result.error = std::move(error);
}

// Collects what the records refer to, so that it can be looked up at once.
struct Referenced {
  std::vector<servicekit::Id> ids;
  std::vector<ExternalId> external_ids;

  void Add(const Reference& reference);
  void Add(const std::optional<servicekit::Id>& id) {
    if (id) ids.push_back(*id);
  }
};

// What references mean by the time that all customers they mean are locked.
struct CustomerNames {
  absl::flat_hash_map<ExternalId, servicekit::Id> by_external_id;
  absl::flat_hash_map<servicekit::Id, servicekit::Id> aliases;  // Of merged customers.

  friend bool operator==(const CustomerNames&, const CustomerNames&) = default;
};
// Locks the customers, by `lock`, which says which of the ids are there. Whoever is found may be merged or
// taken back before their lock is got, so what was found is looked up again until it holds; ABORTED when it
// changes all the time. Reads what is committed, so not within a snapshot.
absl::StatusOr<CustomerNames> LockNamed(
    ImportBatch batch, const Referenced& referenced,
    absl::FunctionRef<absl::StatusOr<absl::flat_hash_set<servicekit::Id>>(std::vector<servicekit::Id>)> lock);

// The resources that a batch works on: as they were in the database, and as the records have made them so
// far.
template <typename Resource>
class Workspace {
 public:
  // What the database has.
  void Load(Resource resource) {
    const servicekit::Id id = resource.id;
    found_.emplace(id, Entry{resource, std::move(resource)});
  }
  // How it stands now; null when it is not there.
  const Resource* Find(servicekit::Id id) const {
    const auto entry = found_.find(id);
    return entry == found_.end() ? nullptr : &entry->second.now;
  }
  // `now` is what one record made of it; says which outcome that is.
  ImportResult::Outcome Put(Resource now) {
    const auto entry = found_.find(now.id);
    if (entry == found_.end()) {
      const servicekit::Id id = now.id;
      order_.push_back(id);
      found_.emplace(id, Entry{std::nullopt, std::move(now), true});
      return ImportResult::Outcome::kCreated;
    }
    if (ChangedFields(entry->second.now, now).empty()) return ImportResult::Outcome::kUnchanged;
    if (!entry->second.touched) order_.push_back(now.id);
    entry->second.touched = true;
    entry->second.now = std::move(now);
    return ImportResult::Outcome::kUpdated;
  }
  absl::Status Save(ImportBatch batch) {
    std::vector<Resource> created;
    std::vector<Change<Resource>> changed;
    for (const servicekit::Id id : order_) {
      Entry& entry = found_.at(id);
      if (!entry.before) {
        created.push_back(std::move(entry.now));
      } else if (!ChangedFields(*entry.before, entry.now).empty()) {
        changed.push_back({*std::move(entry.before), std::move(entry.now)});
      }
    }
    const absl::Status status = SaveNew(batch.stores, batch.tx, batch.author, created);
    return status.ok() ? SaveChanged(batch.stores, batch.tx, batch.author, changed) : status;
  }

 private:
  struct Entry {
    std::optional<Resource> before;  // Empty: created by this batch.
    Resource now;
    bool touched = false;  // Whether it is in `order_`.
  };
  absl::flat_hash_map<servicekit::Id, Entry> found_;
  std::vector<servicekit::Id> order_;  // Created or changed, in the order of the records.
};

}  // namespace clientele::customer

#endif  // CUSTOMER_SVC_OPERATIONS_IMPORT_BATCH_H_
