#include "customer-svc/domain/duplicate.h"

#include <algorithm>

#include "servicekit/types/fold.h"

namespace clientele::customer {
namespace {

using Kind = MatchReason::Kind;

// People share names far more often than companies do.
constexpr double kNameOfOrganization = 0.75, kNameOfPerson = 0.4;
constexpr double kRegistrationNumber = 0.95, kEmail = 0.6, kPhone = 0.5, kAddress = 0.3;
constexpr double kLeastSimilar = 0.7;  // Below it two names are different ones.
constexpr double kOtherRegistrationNumber = 0.3, kOtherType = 0.5;

bool SameAddress(const Customer& a, const Customer& b) {
  for (const Address& one : a.addresses) {
    for (const Address& other : b.addresses) {
      const std::string lines = NormalizeRegistrationNumber(one.lines);
      if (!lines.empty() && lines == NormalizeRegistrationNumber(other.lines) &&
          one.postal_code == other.postal_code) {
        return true;
      }
    }
  }
  return false;
}

}  // namespace

double NameSimilarity(std::string_view a, std::string_view b) {
  const std::vector<char32_t> from = servicekit::CodePoints(a), to = servicekit::CodePoints(b);
  if (from.empty() && to.empty()) return 1;
  // Levenshtein's distance, one row at a time.
  std::vector<size_t> row(to.size() + 1);
  for (size_t j = 0; j <= to.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= from.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= to.size(); ++j) {
      const size_t exchanged = diagonal + (from[i - 1] == to[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({exchanged, row[j] + 1, row[j - 1] + 1});
    }
  }
  return 1 - static_cast<double>(row[to.size()]) / static_cast<double>(std::max(from.size(), to.size()));
}

Match ScoreMatch(const Customer& a, const Customer& b, const absl::flat_hash_set<MatchKind>& shared) {
  Match match;
  const auto supports = [&](Kind kind, double weight) { match.reasons.push_back({kind, weight}); };
  if (shared.contains(MatchKind::kRegistrationNumber))
    supports(Kind::kRegistrationNumber, kRegistrationNumber);
  if (shared.contains(MatchKind::kEmail)) supports(Kind::kEmail, kEmail);
  if (shared.contains(MatchKind::kPhone)) supports(Kind::kPhone, kPhone);

  const bool people = a.type == CustomerType::kPerson && b.type == CustomerType::kPerson;
  const double same_name = people ? kNameOfPerson : kNameOfOrganization;
  const double similarity = NameSimilarity(NormalizeName(a.display_name), NormalizeName(b.display_name));
  if (similarity == 1) {
    supports(Kind::kName, same_name);
  } else if (similarity > kLeastSimilar) {
    supports(Kind::kSimilarName, same_name * (similarity - kLeastSimilar) / (1 - kLeastSimilar));
  }
  if (SameAddress(a, b)) supports(Kind::kAddress, kAddress);
  std::stable_sort(match.reasons.begin(), match.reasons.end(),
                   [](const MatchReason& x, const MatchReason& y) { return x.weight > y.weight; });

  double against_all = 1;
  for (const MatchReason& reason : match.reasons) against_all *= 1 - reason.weight;
  match.score = 1 - against_all;
  const auto opposes = [&](Kind kind, double factor) {
    match.reasons.push_back({kind, factor});
    match.score *= factor;
  };
  if (!a.registration_number.empty() && !b.registration_number.empty() &&
      !shared.contains(MatchKind::kRegistrationNumber)) {
    opposes(Kind::kOtherRegistrationNumber, kOtherRegistrationNumber);
  }
  if (a.type != b.type) opposes(Kind::kOtherType, kOtherType);
  return match;
}

}  // namespace clientele::customer
