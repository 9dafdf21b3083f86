#include "gateway/http/header_fields.h"

#include <cmath>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "servicekit/types/error.h"
#include "servicekit/types/str_cat.h"

namespace clientele::gateway {
namespace {

using servicekit::ToAbsl;
using servicekit::ToStd;

std::string_view Strip(std::string_view text) { return ToStd(absl::StripAsciiWhitespace(ToAbsl(text))); }

// One member of a list like Accept's: what it names, and how much it is liked.
struct Choice {
  std::string name;  // In lower case.
  double quality = 1;
};

std::vector<Choice> ParseChoices(std::string_view field) {
  std::vector<Choice> choices;
  for (const absl::string_view part : absl::StrSplit(ToAbsl(field), ',')) {
    std::vector<absl::string_view> pieces = absl::StrSplit(part, ';');
    Choice choice = {absl::AsciiStrToLower(absl::StripAsciiWhitespace(pieces.front()))};
    if (choice.name.empty()) continue;
    for (size_t i = 1; i < pieces.size(); ++i) {
      const absl::string_view piece = absl::StripAsciiWhitespace(pieces[i]);
      if (!absl::StartsWithIgnoreCase(piece, "q=")) continue;
      if (!absl::SimpleAtod(piece.substr(2), &choice.quality) || !std::isfinite(choice.quality)) {
        choice.quality = 0;
      }
    }
    choices.push_back(std::move(choice));
  }
  return choices;
}

// 0 for `*/*`, 1 for `application/*`, 2 for the type itself, -1 when it is another one.
int Specificity(std::string_view range, std::string_view type) {
  if (range == type) return 2;
  if (range == "*/*") return 0;
  const size_t slash = type.find('/');
  return range.ends_with("/*") && range.substr(0, range.size() - 1) == type.substr(0, slash + 1) ? 1 : -1;
}

// The entity tags of a list; a malformed one ends it.
std::vector<std::string_view> EntityTags(std::string_view field) {
  std::vector<std::string_view> tags;
  for (field = Strip(field); !field.empty(); field = Strip(field)) {
    const size_t open = field.starts_with("W/") ? 2 : 0;
    if (field.size() <= open || field[open] != '"') break;
    const size_t close = field.find('"', open + 1);
    if (close == std::string_view::npos) break;
    tags.push_back(field.substr(0, close + 1));
    field = Strip(field.substr(close + 1));
    if (!field.empty() && field.front() != ',') break;
    if (!field.empty()) field.remove_prefix(1);
  }
  return tags;
}

}  // namespace

std::string MediaType(std::string_view field) {
  return absl::AsciiStrToLower(ToAbsl(Strip(field.substr(0, field.find(';')))));
}

std::optional<size_t> Negotiate(std::string_view accept, const std::vector<std::string_view>& offered) {
  if (Strip(accept).empty()) return 0;
  const std::vector<Choice> choices = ParseChoices(accept);
  std::optional<size_t> best;
  std::pair<double, int> best_rank;
  for (size_t i = 0; i < offered.size(); ++i) {
    // The most specific range decides (RFC 9110, 12.5.1).
    std::pair<double, int> rank = {0, -1};
    for (const Choice& choice : choices) {
      const int specificity = Specificity(choice.name, offered[i]);
      if (specificity > rank.second) rank = {choice.quality, specificity};
    }
    if (rank.second < 0 || rank.first <= 0) continue;
    if (!best.has_value() || rank > best_rank) best = i, best_rank = rank;
  }
  return best;
}

bool TakesGzip(std::string_view accept_encoding) {
  double quality = 0;
  for (const Choice& choice : ParseChoices(accept_encoding)) {
    if (choice.name == "gzip") return choice.quality > 0;
    if (choice.name == "*") quality = choice.quality;
  }
  return quality > 0;
}

bool MatchesEtag(std::string_view field, std::string_view etag, bool weak) {
  if (Strip(field) == "*") return true;
  for (std::string_view tag : EntityTags(field)) {
    if (weak && tag.starts_with("W/")) tag.remove_prefix(2);
    if (tag == etag) return true;
  }
  return false;
}

absl::StatusOr<std::string> SingleEtag(std::string_view if_match) {
  const std::string_view field = Strip(if_match);
  if (field == "*") return "";
  const std::vector<std::string_view> tags = EntityTags(field);
  if (tags.size() != 1 || tags.front() != field || field.starts_with("W/")) {
    return servicekit::InvalidField("if-match", "must be one entity tag as it was answered, with its quotes");
  }
  return std::string(field);
}

}  // namespace clientele::gateway
