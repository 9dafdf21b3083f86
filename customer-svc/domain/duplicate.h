#ifndef CUSTOMER_SVC_DOMAIN_DUPLICATE_H_
#define CUSTOMER_SVC_DOMAIN_DUPLICATE_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "customer-svc/domain/customer.h"
#include "customer-svc/domain/match_key.h"

namespace clientele::customer {

// One thing that speaks for, or against, two customers being the same.
struct MatchReason {
  enum class Kind {
    kUnspecified = 0,
    kRegistrationNumber = 1,
    kEmail = 2,
    kPhone = 3,
    kName = 4,
    kSimilarName = 5,
    kAddress = 6,
    kOtherRegistrationNumber = 7,
    kOtherType = 8,
  };
  Kind kind = Kind::kUnspecified;
  // The likelihood that it gives alone, 0 to 1; for what speaks against, the factor that is left of the
  // score.
  double weight = 0;
};

struct Match {
  double score = 0;                  // 0 to 1.
  std::vector<MatchReason> reasons;  // Strongest first; what speaks against comes last.
};

// How likely the two are the same. `shared` are the kinds of keys that both have, also through their
// contacts. What speaks for it adds up as independent evidence, 1 − Π(1 − weight); what speaks against
// multiplies.
Match ScoreMatch(const Customer& a, const Customer& b, const absl::flat_hash_set<MatchKind>& shared);

// 1 for the same text, 0 for nothing in common: 1 − edits ÷ length of the longer, in letters.
double NameSimilarity(std::string_view a, std::string_view b);

}  // namespace clientele::customer

#endif  // CUSTOMER_SVC_DOMAIN_DUPLICATE_H_
