#ifndef LIFECYCLE_SVC_STORE_ALIAS_STORE_H_
#define LIFECYCLE_SVC_STORE_ALIAS_STORE_H_

#include <optional>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lifecycle-svc/domain/journey.h"
#include "servicekit/mysql/transaction.h"

namespace clientele::lifecycle {

using servicekit::Transaction;

// Rows that belong to a customer. The numbers are stored.
enum class OwnedKind : uint8_t {
  kMove = 1,
  kOpportunity = 2,
  kOrder = 3,
  kReferrer = 4,  // A referral, as the one who helped.
  kReferred = 5,  // A referral, as the one who was won.
  kFollowUp = 6,
  kServiceProject = 7,
};

// Customers that were merged into another. The rows of both have the survivor's id, so that whatever reads or
// counts needs to know nothing of merges; what is the merged one's own is remembered beside them, and given
// back by a split.
class AliasStore {
 public:
  struct Alias {
    Id survivor;
    Id into;
    Id merge;
    KnownCustomer customer;  // As customer-svc told of it last.
  };
  // Survivors by alias; those that are no aliases are left out.
  static absl::StatusOr<absl::flat_hash_map<Id, Id>> FindSurvivors(Transaction& tx,
                                                                   const std::vector<Id>& ids);
  // The same, and no merge may come in between until the transaction ends.
  static absl::StatusOr<absl::flat_hash_map<Id, Id>> LockSurvivors(Transaction& tx,
                                                                   const std::vector<Id>& ids);
  static absl::StatusOr<std::optional<Alias>> GetForUpdate(Transaction& tx, Id alias);
  // All that count as `survivor`.
  static absl::StatusOr<std::vector<Alias>> ListForUpdate(Transaction& tx, Id survivor);
  // Takes over what customer-svc says, unless something newer is known.
  static absl::Status UpdateCustomer(Transaction& tx, const KnownCustomer& customer);

  // Makes `merged`, whose journey goes, an alias of `into`, and all its rows and aliases those of whom `into`
  // counts as.
  static absl::Status Merge(Transaction& tx, Id merge, Id into, Id survivor, const KnownCustomer& merged);
  // Gives back what is the own of `restored` and of `its_aliases`, whose survivor it becomes. Its journey is
  // to be inserted by the caller.
  static absl::Status Split(Transaction& tx, Id survivor, Id restored, const std::vector<Id>& its_aliases);

  // Remembers what followed from aliases' own rows as their own, too: a merge and a split do it themselves.
  static absl::Status RememberInherited(Transaction& tx, Id survivor);
  // All that a customer counts as or ever counted as.
  static absl::StatusOr<std::vector<Id>> ListPastSurvivors(Transaction& tx, Id customer);

  struct OwnedRow {
    OwnedKind kind;
    Id id;
    Id own_customer;
  };
  // Rows that were recorded under an alias's name.
  static absl::Status InsertOwned(Transaction& tx, const std::vector<OwnedRow>& rows);
};

}  // namespace clientele::lifecycle

#endif  // LIFECYCLE_SVC_STORE_ALIAS_STORE_H_
