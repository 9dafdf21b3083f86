#ifndef CUSTOMER_SVC_STORE_MATCH_STORE_H_
#define CUSTOMER_SVC_STORE_MATCH_STORE_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "customer-svc/domain/match_key.h"
#include "servicekit/mysql/transaction.h"
#include "servicekit/types/id.h"

namespace clientele::customer {

// By which keys customers are recognized: an index of who shares a key with whom, kept by each write. A key
// has a source, the customer itself or one of its contacts, so that each source replaces its own only.
class MatchStore {
 public:
  struct Source {
    servicekit::Id customer, source;
    std::vector<MatchKey> keys;
  };
  // Keys of what is new.
  absl::Status Insert(servicekit::Transaction& tx, const std::vector<Source>& sources);
  // Keys of a source that changed.
  absl::Status Replace(servicekit::Transaction& tx, const Source& source,
                       const std::vector<MatchKey>& before);
  // Adds those that are not there: for customers from before there were keys.
  absl::Status Fill(servicekit::Transaction& tx, const std::vector<Source>& sources);

  // The keys of each of these customers, with those of their contacts.
  absl::StatusOr<absl::flat_hash_map<servicekit::Id, std::vector<MatchKey>>> KeysOf(
      servicekit::Transaction& tx, const std::vector<servicekit::Id>& customers);
  // Who has each key. A key that more customers have than kMostSharing says nothing: of halves of names none
  // is told then, of everything else the first ones.
  absl::StatusOr<absl::flat_hash_map<MatchKey, std::vector<servicekit::Id>>> Sharing(
      servicekit::Transaction& tx, const std::vector<MatchKey>& keys);
  static constexpr int64_t kMostSharing = 100;

  // Pairs of which somebody said that they are two.
  absl::Status Dismiss(servicekit::Transaction& tx, servicekit::Id a, servicekit::Id b,
                       const std::string& actor, absl::Time now);
  // Those that were dismissed together with one of `customers`, in both directions.
  absl::StatusOr<std::vector<std::pair<servicekit::Id, servicekit::Id>>> Dismissed(
      servicekit::Transaction& tx, const std::vector<servicekit::Id>& customers);

  // Everything of these customers: their own keys and their contacts'.
  absl::Status Delete(servicekit::Transaction& tx, const std::vector<servicekit::Id>& customers);
  // The contacts' keys that `from` has now count as `to`'s.
  absl::Status MoveContacts(servicekit::Transaction& tx, servicekit::Id from, servicekit::Id to);
  absl::Status MoveContacts(servicekit::Transaction& tx, const std::vector<servicekit::Id>& contacts,
                            servicekit::Id to);

  // How far the keys of older customers have been made, by these rules. The row is locked.
  struct Progress {
    servicekit::Id after;
    bool done;
  };
  absl::StatusOr<Progress> LockProgress(servicekit::Transaction& tx, int64_t rules);
  absl::Status SetProgress(servicekit::Transaction& tx, int64_t rules, const Progress& progress);
};

}  // namespace clientele::customer

#endif  // CUSTOMER_SVC_STORE_MATCH_STORE_H_
