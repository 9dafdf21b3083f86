#include "customer-svc/operations/find_duplicates.h"

#include <algorithm>
#include <set>

#include "customer-svc/store/lookup.h"
#include "servicekit/access/row_rule.h"
#include "servicekit/types/error.h"

namespace clientele::customer {
namespace {

using servicekit::Id;
using servicekit::Principal;
using servicekit::Sql;
using servicekit::Transaction;

constexpr size_t kMostDuplicates = 100;
// Customers looked at together: their keys are some 150, a few statements.
constexpr int64_t kTogether = 20;
constexpr int64_t kMostLookedAt = 2000;
constexpr int64_t kFillBatch = 500;

using SharedKinds = absl::flat_hash_map<Id, absl::flat_hash_set<MatchKind>>;

// Who shares what with one that has these keys.
SharedKinds SharedWith(const std::vector<MatchKey>& keys,
                       const absl::flat_hash_map<MatchKey, std::vector<Id>>& sharing) {
  SharedKinds shared;
  for (const MatchKey& key : keys) {
    const auto found = sharing.find(key);
    if (found == sharing.end()) continue;
    for (const Id id : found->second) shared[id].insert(key.kind);
  }
  return shared;
}

std::vector<MatchKey> AllKeys(const absl::flat_hash_map<Id, std::vector<MatchKey>>& by_customer) {
  std::vector<MatchKey> all;
  for (const auto& [id, keys] : by_customer) all.insert(all.end(), keys.begin(), keys.end());
  return all;
}

absl::StatusOr<absl::flat_hash_set<Id>> DismissedWith(Stores& stores, Transaction& tx, Id customer) {
  const auto pairs = stores.matches.Dismissed(tx, {customer});
  if (!pairs.ok()) return pairs.status();
  absl::flat_hash_set<Id> others;
  for (const auto& [one, other] : *pairs) others.insert(other);
  return others;
}

void SortByScore(std::vector<Duplicate>& duplicates) {
  std::sort(duplicates.begin(), duplicates.end(), [](const Duplicate& a, const Duplicate& b) {
    return a.match.score != b.match.score ? a.match.score > b.match.score : a.customer.id < b.customer.id;
  });
}

// The pairs that begin with each of `customers`, whose candidates are younger.
absl::Status AddPairs(Stores& stores, Transaction& tx, const Principal& reader,
                      const std::vector<Customer>& customers, double min_score,
                      std::vector<DuplicatePair>& pairs) {
  std::vector<Id> ids;
  for (const Customer& customer : customers) ids.push_back(customer.id);
  const auto keys = stores.matches.KeysOf(tx, ids);
  if (!keys.ok()) return keys.status();
  const auto sharing = stores.matches.Sharing(tx, AllKeys(*keys));
  if (!sharing.ok()) return sharing.status();
  const auto dismissed = stores.matches.Dismissed(tx, ids);
  if (!dismissed.ok()) return dismissed.status();
  const absl::flat_hash_set<std::pair<Id, Id>> apart(dismissed->begin(), dismissed->end());

  absl::flat_hash_map<Id, SharedKinds> candidates;
  std::set<Id> wanted;
  for (const Customer& customer : customers) {
    const auto own = keys->find(customer.id);
    if (own == keys->end()) continue;
    for (auto& [id, kinds] : SharedWith(own->second, *sharing)) {
      if (id <= customer.id || apart.contains({customer.id, id})) continue;
      candidates[customer.id].emplace(id, kinds);
      wanted.insert(id);
    }
  }
  const auto found = stores.customers.BatchGet(tx, reader, {wanted.begin(), wanted.end()});
  if (!found.ok()) return found.status();
  absl::flat_hash_map<Id, const Customer*> by_id;
  for (const Customer& customer : *found) by_id.emplace(customer.id, &customer);
  for (const Customer& customer : customers) {
    std::vector<Duplicate> duplicates;
    for (const auto& [id, kinds] : candidates[customer.id]) {
      const auto other = by_id.find(id);
      if (other == by_id.end()) continue;
      Match match = ScoreMatch(customer, *other->second, kinds);
      if (match.score >= min_score) duplicates.push_back({*other->second, std::move(match)});
    }
    std::sort(duplicates.begin(), duplicates.end(),
              [](const Duplicate& a, const Duplicate& b) { return a.customer.id < b.customer.id; });
    for (Duplicate& duplicate : duplicates) pairs.push_back({customer, std::move(duplicate)});
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<Duplicate>> FindDuplicates(Stores& stores, Transaction& tx,
                                                      const Principal& reader, const Customer& customer,
                                                      const std::vector<MatchKey>& keys, double min_score) {
  const auto sharing = stores.matches.Sharing(tx, keys);
  if (!sharing.ok()) return sharing.status();
  SharedKinds shared = SharedWith(keys, *sharing);
  shared.erase(customer.id);
  const auto dismissed = DismissedWith(stores, tx, customer.id);
  if (!dismissed.ok()) return dismissed.status();
  std::vector<Id> ids;
  for (const auto& [id, kinds] : shared) {
    if (!dismissed->contains(id)) ids.push_back(id);
  }
  auto candidates = stores.customers.BatchGet(tx, reader, ids);
  if (!candidates.ok()) return candidates.status();
  std::vector<Duplicate> duplicates;
  for (Customer& candidate : *candidates) {
    Match match = ScoreMatch(customer, candidate, shared[candidate.id]);
    if (match.score >= min_score) duplicates.push_back({std::move(candidate), std::move(match)});
  }
  SortByScore(duplicates);
  if (duplicates.size() > kMostDuplicates)
    duplicates.erase(duplicates.begin() + kMostDuplicates, duplicates.end());
  return duplicates;
}

absl::StatusOr<std::vector<Duplicate>> ListDuplicates(Stores& stores, Transaction& tx,
                                                      const Principal& reader, Id id, double min_score) {
  const absl::StatusOr<Customer> customer = stores.customers.Get(tx, reader, id);
  if (!customer.ok()) return customer.status();
  const auto keys = stores.matches.KeysOf(tx, {customer->id});
  if (!keys.ok()) return keys.status();
  return FindDuplicates(stores, tx, reader, *customer, AllKeys(*keys), min_score);
}

absl::StatusOr<DuplicatePairs> ListDuplicatePairs(Stores& stores, Transaction& tx, const Principal& reader,
                                                  PairCursor after, size_t at_most, double min_score) {
  DuplicatePairs result{.last = after, .more = true};
  for (int64_t looked_at = 0; looked_at < kMostLookedAt && result.more; looked_at += kTogether) {
    const Sql behind = result.last.other.is_nil() ? Sql("customers.id > ?", {result.last.customer})
                                                  : Sql("customers.id >= ?", {result.last.customer});
    auto customers = stores.customers.List(tx, reader, behind, Sql("customers.id"), kTogether);
    if (!customers.ok()) return customers.status();
    result.more = static_cast<int64_t>(customers->size()) == kTogether;
    if (customers->empty()) break;
    const Id last = customers->back().id;
    std::vector<DuplicatePair> pairs;
    const absl::Status status = AddPairs(stores, tx, reader, *customers, min_score, pairs);
    if (!status.ok()) return status;
    for (DuplicatePair& pair : pairs) {
      const bool told =
          pair.customer.id == result.last.customer && pair.duplicate.customer.id <= result.last.other;
      if (told) continue;
      if (result.pairs.size() == at_most) {
        result.last = {result.pairs.back().customer.id, result.pairs.back().duplicate.customer.id};
        result.more = true;
        return result;
      }
      result.pairs.push_back(std::move(pair));
    }
    result.last = {last, Id()};
  }
  return result;
}

absl::Status DismissDuplicate(Stores& stores, Transaction& tx, const Caller& caller, Id one, Id other) {
  if (const absl::Status status = CheckMayWrite(caller.principal); !status.ok()) return status;
  const absl::StatusOr<Customer> first = stores.customers.Lock(tx, caller.principal, one);
  if (!first.ok()) return first.status();
  const absl::StatusOr<Id> second = stores.customers.Resolve(tx, caller.principal, other);
  if (!second.ok()) return second.status();
  if (first->id == *second) return servicekit::InvalidField("other", "must be another customer");
  return stores.matches.Dismiss(tx, first->id, *second, caller.author.subject, caller.author.time);
}

absl::StatusOr<bool> FillMatchKeys(Stores& stores, servicekit::Pool& pool, absl::Time deadline) {
  return RunInTransaction(pool, deadline, [&](Transaction& tx) -> absl::StatusOr<bool> {
    auto progress = stores.matches.LockProgress(tx, kMatchRules);
    if (!progress.ok()) return progress.status();
    if (progress->done) return true;
    const Principal all{.subject = "customer-svc", .role = servicekit::Role::kService};
    const auto next = stores.customers.List(tx, all, Sql("customers.id > ?", {progress->after}),
                                            Sql("customers.id"), kFillBatch);
    if (!next.ok()) return next.status();
    std::vector<Id> ids;
    for (const Customer& customer : *next) ids.push_back(customer.id);
    // Under their locks, so that a write that goes on meanwhile does not get keys of what it changed.
    const auto customers = stores.customers.LockAll(tx, ids);
    if (!customers.ok()) return customers.status();
    std::vector<MatchStore::Source> sources;
    for (const Customer& customer : *customers) {
      sources.push_back({customer.id, customer.id, MatchKeysOf(customer)});
    }
    const auto contacts = stores.contacts.ListOf(tx, ids);
    if (!contacts.ok()) return contacts.status();
    for (const Contact& contact : *contacts) {
      sources.push_back({contact.customer, contact.id, MatchKeysOf(contact)});
    }
    absl::Status status = stores.matches.Delete(tx, ids);
    if (status.ok()) status = stores.matches.Fill(tx, sources);
    if (!status.ok()) return status;
    progress->done = static_cast<int64_t>(ids.size()) < kFillBatch;
    if (!ids.empty()) progress->after = ids.back();
    status = stores.matches.SetProgress(tx, kMatchRules, *progress);
    if (!status.ok()) return status;
    return progress->done;
  });
}

}  // namespace clientele::customer
