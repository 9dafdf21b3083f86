#include "customer-svc/store/search_store.h"

#include <algorithm>

#include "customer-svc/domain/match_key.h"
#include "customer-svc/store/customer_store.h"
#include "customer-svc/store/lookup.h"
#include "customer-svc/store/search_text.h"

namespace clientele::customer {
namespace {

using servicekit::Bytes;
using servicekit::Id;
using servicekit::Principal;
using servicekit::Row;
using servicekit::Sql;
using servicekit::Transaction;

// So many may have one e-mail address, phone number or external id in common and be found by it.
constexpr int64_t kMostByKey = 50;
// More neighbouring characters than these are not asked for: they narrow little, and what they let through is
// looked at anyway.
constexpr size_t kMostGrams = 6;

// Candidates by grams that are looked at in one statement: few of them may have the query as it stands.
constexpr int64_t kCandidatesAtOnce = 500;

struct KeyMatch {
  SearchMatch match;
  Id customer;
  friend auto operator<=>(const KeyMatch&, const KeyMatch&) = default;
};

// The keys by which customers are recognized that the query may be: a registration number, an e-mail address,
// a phone number, each normalized as those of the customers are.
std::vector<std::pair<SearchMatch, MatchKey>> RecognizedBy(const std::string& query) {
  std::vector<std::pair<SearchMatch, MatchKey>> keys;
  const auto add = [&](SearchMatch match, const std::vector<MatchKey>& found) {
    for (const MatchKey& key : found) keys.push_back({match, key});
  };
  add(SearchMatch::kRegistrationNumber, MatchKeysOf(Customer{.registration_number = query}));
  if (query.find('@') != std::string::npos) {
    add(SearchMatch::kEmail, MatchKeysOf(Contact{.contact_points = {{ContactPointKind::kEmail, query, ""}}}));
  }
  if (query.find_first_not_of("0123456789+-()./ ") == std::string::npos) {
    add(SearchMatch::kPhone, MatchKeysOf(Contact{.contact_points = {{ContactPointKind::kPhone, query, ""}}}));
  }
  return keys;
}

// The customers that the query means as a whole, each once, by what it met.
absl::StatusOr<std::vector<KeyMatch>> FindByKey(Transaction& tx, const Principal& reader,
                                                const std::string& query) {
  std::vector<Sql> ways = {
      Sql("SELECT ? AS met, customer_id AS id FROM external_ids WHERE external_ids.id = ?",
          {static_cast<int64_t>(SearchMatch::kExternalId), Bytes{query}})};
  if (const size_t colon = query.find(':'); colon != std::string::npos) {
    ways.push_back(
        Sql("SELECT ? AS met, customer_id AS id FROM external_ids WHERE system = ? AND external_ids.id = ?",
            {static_cast<int64_t>(SearchMatch::kExternalId), Bytes{query.substr(0, colon)},
             Bytes{query.substr(colon + 1)}}));
  }
  for (const auto& [match, key] : RecognizedBy(query)) {
    ways.push_back(Sql("SELECT ? AS met, customer_id AS id FROM match_keys WHERE hash = ? AND kind = ?",
                       {static_cast<int64_t>(match), key.hash, static_cast<int64_t>(key.kind)}));
  }
  return tx.QueryAll(
      Sql("SELECT MIN(found.met), customers.id FROM (") + Sql::Join(ways, " UNION ALL ") +
          Sql(") AS found JOIN customers ON customers.id = found.id WHERE ") +
          MayRead(reader, CustomerRowColumns()) +
          Sql(" GROUP BY customers.id ORDER BY MIN(found.met), customers.id LIMIT ?", {kMostByKey}),
      [](const Row& row) {
        return KeyMatch{static_cast<SearchMatch>(row.Int64(0)), row.Id(1)};
      });
}

std::string StartPattern(const std::string& query) {
  std::string pattern;
  for (const char c : query) {
    if (c == '%' || c == '_' || c == '|') pattern += '|';
    pattern += c;
  }
  return pattern + '%';
}

Sql NoneOf(const std::vector<KeyMatch>& matches) {
  if (matches.empty()) return Sql("1 = 1");
  std::vector<Id> ids;
  for (const KeyMatch& match : matches) ids.push_back(match.customer);
  return Sql("customers.id NOT IN ") + InList(ids);
}

// The customers whose name has each of these grams, by a join of the lists that the index holds.
Sql HasGrams(std::vector<std::string> grams) {
  // The first, the last and what lies evenly between them.
  if (grams.size() > kMostGrams) {
    std::vector<std::string> some;
    for (size_t i = 0; i < kMostGrams; ++i) some.push_back(grams[i * (grams.size() - 1) / (kMostGrams - 1)]);
    grams = std::move(some);
  }
  std::vector<Sql> all;
  for (const std::string& gram : grams) {
    all.push_back(
        Sql("customers.id IN (SELECT customer_id FROM customer_name_grams WHERE gram = ?)", {Bytes{gram}}));
  }
  return Sql::Join(all, " AND ");
}

class Finder {
 public:
  Finder(Transaction& tx, const Principal& reader, const std::string& query, size_t limit)
      : tx_(tx), reader_(reader), query_(query), limit_(limit) {}

  absl::StatusOr<std::vector<SearchResult>> Run(const std::optional<SearchPlace>& after) {
    auto by_key = FindByKey(tx_, reader_, query_);
    if (!by_key.ok()) return by_key.status();
    by_key_ = *std::move(by_key);
    const SearchPlace place = after.value_or(SearchPlace());
    absl::Status status;
    if (place.match < SearchMatch::kNameStart) status = AddByKey(after ? &place : nullptr);
    if (status.ok() && place.match <= SearchMatch::kNameStart && results_.size() < limit_) {
      status = AddNameStarts(place.match == SearchMatch::kNameStart ? &place : nullptr);
    }
    if (status.ok() && results_.size() < limit_) {
      status = AddNameParts(place.match == SearchMatch::kNamePart ? place.customer : Id());
    }
    if (!status.ok()) return status;
    return std::move(results_);
  }

 private:
  absl::Status AddByKey(const SearchPlace* after) {
    std::vector<KeyMatch> wanted;
    for (const KeyMatch& match : by_key_) {
      if (after != nullptr && match <= KeyMatch{after->match, after->customer}) continue;
      if (wanted.size() < limit_) wanted.push_back(match);
    }
    std::vector<Id> ids;
    for (const KeyMatch& match : wanted) ids.push_back(match.customer);
    auto customers = CustomerStore().BatchGet(tx_, reader_, ids);
    if (!customers.ok()) return customers.status();
    for (const KeyMatch& match : wanted) {
      const auto found = std::find_if(customers->begin(), customers->end(), [&](const Customer& customer) {
        return customer.id == match.customer;
      });
      if (found != customers->end()) results_.push_back({match.match, std::move(*found)});
    }
    return absl::OkStatus();
  }

  absl::Status AddNameStarts(const SearchPlace* after) {
    Sql condition =
        Sql("customers.display_name LIKE ? ESCAPE '|' AND ", {StartPattern(query_)}) + NoneOf(by_key_);
    if (after != nullptr) {
      condition +=
          Sql(" AND customers.display_name >= ? AND (customers.display_name > ? OR customers.id > ?)",
              {after->display_name, after->display_name, after->customer});
    }
    auto customers =
        CustomerStore().List(tx_, reader_, condition, Sql("customers.display_name, customers.id"), Left());
    if (!customers.ok()) return customers.status();
    for (Customer& customer : *customers) results_.push_back({SearchMatch::kNameStart, std::move(customer)});
    return absl::OkStatus();
  }

  absl::Status AddNameParts(Id after) {
    const std::string folded = Fold(query_);
    std::vector<std::string> grams = GramsOf(query_);
    // One character alone is in too many names.
    if (CountCharacters(folded) < 2) return absl::OkStatus();
    const Sql narrowed =
        HasGrams(std::move(grams)) +
        Sql(" AND customers.display_name NOT LIKE ? ESCAPE '|' AND ", {StartPattern(query_)}) +
        NoneOf(by_key_);
    std::vector<Id> found;
    const int64_t asked = std::max(Left(), kCandidatesAtOnce);
    for (int64_t seen = asked; seen == asked && static_cast<int64_t>(found.size()) < Left();) {
      seen = 0;
      const absl::Status read =
          tx_.Query(Sql("SELECT customers.id, customers.display_name FROM customers WHERE ") +
                        MayRead(reader_, CustomerRowColumns()) + Sql(" AND ") + narrowed +
                        Sql(" AND customers.id > ? ORDER BY customers.id LIMIT ?", {after, asked}),
                    [&](const Row& row) {
                      ++seen;
                      after = row.Id(0);
                      // The grams may lie in another order, or apart.
                      const bool contains = Fold(row.Text(1)).find(folded) != std::string::npos;
                      if (contains && static_cast<int64_t>(found.size()) < Left()) found.push_back(after);
                      return absl::OkStatus();
                    });
      if (!read.ok()) return read;
    }
    auto customers = CustomerStore().BatchGet(tx_, reader_, found);
    if (!customers.ok()) return customers.status();
    std::sort(customers->begin(), customers->end(),
              [](const Customer& a, const Customer& b) { return a.id < b.id; });
    for (Customer& customer : *customers) results_.push_back({SearchMatch::kNamePart, std::move(customer)});
    return absl::OkStatus();
  }

  static size_t CountCharacters(const std::string& text) {
    return std::count_if(text.begin(), text.end(), [](unsigned char c) { return (c & 0xC0) != 0x80; });
  }
  int64_t Left() const { return static_cast<int64_t>(limit_ - results_.size()); }

  Transaction& tx_;
  const Principal& reader_;
  const std::string& query_;
  const size_t limit_;
  std::vector<KeyMatch> by_key_;
  std::vector<SearchResult> results_;
};

}  // namespace

absl::StatusOr<std::vector<SearchResult>> SearchStore::Find(Transaction& tx, const Principal& reader,
                                                            const std::string& query,
                                                            const std::optional<SearchPlace>& after,
                                                            size_t limit) {
  return Finder(tx, reader, query, limit).Run(after);
}

}  // namespace clientele::customer
