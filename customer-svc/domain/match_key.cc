#include "customer-svc/domain/match_key.h"

#include <algorithm>
#include <array>
#include <bit>

#include "absl/strings/ascii.h"
#include "servicekit/types/fold.h"

namespace clientele::customer {
namespace {

// Legal forms as words of their own, folded and without dots.
constexpr std::string_view kWordForms[] = {
    // Korean and Japanese forms in parentheses come here as words, too.
    "주", "유", "합", "사", "재", "株", "有", "주식회사", "유한회사", "유한책임회사", "합자회사", "합명회사",
    "재단법인", "사단법인", "학교법인", "의료법인", "사회복지법인", "농업회사법인", "영농조합법인",
    "협동조합", "株式会社", "有限会社", "合同会社", "有限公司", "股份有限公司",
    // Latin.
    "inc", "incorporated", "corp", "corporation", "co", "company", "ltd", "limited", "llc", "llp", "lp",
    "plc", "pty", "pte", "pvt", "gmbh", "mbh", "ag", "kg", "kgaa", "ohg", "ug", "se", "ev", "eg", "sa", "sas",
    "sarl", "sasu", "eurl", "bv", "nv", "vof", "spa", "srl", "snc", "sl", "slu", "sadecv", "ltda", "ab", "oy",
    "oyj", "aps", "asa", "sro", "spzoo", "kft", "zrt", "doo", "jsc", "ooo", "oao", "tbk", "bhd", "sdn", "kk"};
// Forms that are written to a name without a space.
constexpr std::string_view kAffixForms[] = {
    "유한책임회사", "농업회사법인", "영농조합법인", "사회복지법인", "주식회사", "유한회사",
    "합자회사",     "합명회사",     "재단법인",     "사단법인",     "학교법인", "의료법인",
    "협동조합",     "株式会社",     "有限会社",     "股份有限公司", "有限公司"};
// Single letters are a form only in parentheses: `주` may be a name.
bool IsShortForm(std::string_view word) { return servicekit::CodePoints(word).size() == 1; }

struct Word {
  std::string text;
  bool in_parentheses;
};

// The name's words; dots and apostrophes join (`S.A.` is `sa`), everything else that is no letter separates.
std::vector<Word> WordsOf(const std::string& folded) {
  std::vector<Word> words;
  std::vector<char32_t> word;
  bool inside = false;
  const auto end_word = [&] {
    if (!word.empty()) words.push_back({servicekit::FromCodePoints(word), inside});
    word.clear();
  };
  for (const char32_t point : servicekit::CodePoints(folded)) {
    if (servicekit::IsLetterOrDigit(point)) {
      word.push_back(point);
    } else if (point != U'.' && point != U'\'' && point != U'’') {
      end_word();
      if (point == U'(') inside = true;
      if (point == U')') inside = false;
    }
  }
  end_word();
  return words;
}

bool IsForm(const Word& word) {
  if (std::find(std::begin(kWordForms), std::end(kWordForms), word.text) == std::end(kWordForms))
    return false;
  return word.in_parentheses || !IsShortForm(word.text);
}

// Without forms that are written to it.
std::string WithoutAffixes(std::string word) {
  for (const std::string_view form : kAffixForms) {
    if (word.size() > form.size() && word.starts_with(form)) word.erase(0, form.size());
    if (word.size() > form.size() && word.ends_with(form)) word.erase(word.size() - form.size());
  }
  return word;
}

// FNV-1a: the same in every run and on every machine, unlike absl::Hash.
int64_t HashOf(MatchKind kind, std::string_view text) {
  uint64_t hash = 14695981039346656037u;
  const auto add = [&](unsigned char c) { hash = (hash ^ c) * 1099511628211u; };
  add(static_cast<unsigned char>(kind));
  for (const char c : text) add(static_cast<unsigned char>(c));
  return std::bit_cast<int64_t>(hash);
}

void Add(std::vector<MatchKey>& keys, MatchKind kind, std::string_view text) {
  if (!text.empty()) keys.push_back({kind, HashOf(kind, text)});
}

// A name of n letters has its first and last n/2 letters as keys, and for an odd n those one longer, too: so
// two names that differ by one letter, inserted, left out or exchanged, share one. Shorter names than four
// letters would have halves that say nothing.
void AddNameParts(std::vector<MatchKey>& keys, const std::string& name) {
  const std::vector<char32_t> points = servicekit::CodePoints(name);
  const size_t n = points.size();
  if (n < 4) return;
  for (size_t half = n / 2; half <= (n + 1) / 2; ++half) {
    const auto length = static_cast<std::ptrdiff_t>(half);
    Add(keys, MatchKind::kNamePart,
        "<" + servicekit::FromCodePoints({points.begin(), points.begin() + length}));
    Add(keys, MatchKind::kNamePart, ">" + servicekit::FromCodePoints({points.end() - length, points.end()}));
  }
}

void AddContactPoints(std::vector<MatchKey>& keys, const std::vector<ContactPoint>& points) {
  for (const ContactPoint& point : points) {
    if (point.kind == ContactPointKind::kEmail) Add(keys, MatchKind::kEmail, NormalizeEmail(point.value));
    if (point.kind == ContactPointKind::kPhone) Add(keys, MatchKind::kPhone, NormalizePhone(point.value));
  }
}

std::vector<MatchKey> Sorted(std::vector<MatchKey> keys) {
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  return keys;
}

}  // namespace

std::string NormalizeName(std::string_view name) {
  const std::string folded = servicekit::FoldText(name);
  std::string all, rest;
  for (const Word& word : WordsOf(folded)) {
    all += word.text;
    if (!IsForm(word)) rest += WithoutAffixes(word.text);
  }
  // A name that is nothing but forms is its own.
  return rest.empty() ? all : rest;
}

std::string NormalizeRegistrationNumber(std::string_view number) {
  std::string normalized;
  for (const Word& word : WordsOf(servicekit::FoldText(number))) normalized += word.text;
  return normalized;
}

std::string NormalizeEmail(std::string_view email) {
  std::string folded = servicekit::FoldText(email);
  folded.erase(std::remove(folded.begin(), folded.end(), ' '), folded.end());
  return folded;
}

std::string NormalizePhone(std::string_view phone) {
  std::string digits;
  for (const char c : servicekit::FoldText(phone)) {
    if (absl::ascii_isdigit(static_cast<unsigned char>(c))) digits += c;
    // An extension begins with a word: `ext. 12`, `내선 12`.
    if (!digits.empty() && (absl::ascii_isalpha(static_cast<unsigned char>(c)) || (c & 0x80) != 0)) break;
  }
  if (digits.size() < 7) return "";
  return digits.size() > 8 ? digits.substr(digits.size() - 8) : digits;
}

std::vector<MatchKey> MatchKeysOf(const Customer& customer) {
  std::vector<MatchKey> keys;
  Add(keys, MatchKind::kRegistrationNumber, NormalizeRegistrationNumber(customer.registration_number));
  const std::string name = NormalizeName(customer.display_name);
  Add(keys, MatchKind::kName, name);
  AddNameParts(keys, name);
  AddContactPoints(keys, customer.contact_points);
  return Sorted(std::move(keys));
}

std::vector<MatchKey> MatchKeysOf(const Contact& contact) {
  std::vector<MatchKey> keys;
  AddContactPoints(keys, contact.contact_points);
  return Sorted(std::move(keys));
}

}  // namespace clientele::customer
