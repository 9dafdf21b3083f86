#ifndef CUSTOMER_SVC_DOMAIN_MATCH_KEY_H_
#define CUSTOMER_SVC_DOMAIN_MATCH_KEY_H_

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "customer-svc/domain/contact.h"
#include "customer-svc/domain/customer.h"

// By what customers are recognized as the same one. Each customer has a few keys; only customers that share
// one are ever compared, so that duplicates among a million are found without looking at all pairs.
namespace clientele::customer {

// Rises when the rules below change, so that the keys of what is there already are made anew.
constexpr int64_t kMatchRules = 1;

enum class MatchKind {
  kRegistrationNumber = 1,
  kEmail = 2,
  kPhone = 3,
  kName = 4,
  kNamePart = 5,  // The first or the last half of a name: one letter more, less or other leaves one intact.
};

struct MatchKey {
  MatchKind kind;
  int64_t hash;  // Of the kind and the normalized text; the text itself is not kept.

  friend auto operator<=>(const MatchKey&, const MatchKey&) = default;
  template <typename H>
  friend H AbslHashValue(H state, const MatchKey& key) {
    return H::combine(std::move(state), key.kind, key.hash);
  }
};

// What is left of a name when case, spaces, punctuation and the company's legal form are left out:
// `㈜한빛 전자`, `한빛전자 주식회사` and `한빛전자` are one, and so are `ACME Co., Ltd.` and `Acme`.
std::string NormalizeName(std::string_view name);
// Letters and digits alone.
std::string NormalizeRegistrationNumber(std::string_view number);
std::string NormalizeEmail(std::string_view email);
// The last eight digits, which country codes and leading zeros leave alone; empty for fewer than seven.
std::string NormalizePhone(std::string_view phone);

// Sorted, without repeats.
std::vector<MatchKey> MatchKeysOf(const Customer& customer);
std::vector<MatchKey> MatchKeysOf(const Contact& contact);

}  // namespace clientele::customer

#endif  // CUSTOMER_SVC_DOMAIN_MATCH_KEY_H_
