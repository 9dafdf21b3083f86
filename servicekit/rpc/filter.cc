#include "servicekit/rpc/filter.h"

#include <cctype>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "servicekit/types/error.h"
#include "servicekit/types/id.h"
#include "servicekit/types/money.h"
#include "servicekit/types/resource_name.h"
#include "servicekit/types/str_cat.h"
#include "servicekit/types/utf8.h"

namespace servicekit {
namespace {

constexpr size_t kMaxBytes = 4000;
constexpr int kMaxDepth = 20;
constexpr int kMaxTerms = 100;

enum class Token { kEnd, kWord, kString, kOperator, kOpen, kClose, kMinus };

struct Lexeme {
  Token token = Token::kEnd;
  std::string text;  // A string's value without quotes and escapes.
  size_t at = 0;     // Byte in the filter, from 0.
};

// Years that DATE and DATETIME hold.
bool IsYear(absl::civil_year_t year) { return year >= 1 && year <= 9999; }
bool FitsDatetime(absl::Time time) { return IsYear(absl::ToCivilSecond(time, absl::UTCTimeZone()).year()); }

bool IsWordByte(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '.' || c == '-' || c == '+' ||
         c == '/' || c == '*' || c == '@' || (static_cast<unsigned char>(c) & 0x80) != 0;
}

// A part of the filter, compiled.
struct Part {
  Sql condition;
  // A SELECT of the ids of the rows for which it holds, that an index begins with; without a FilteredTable
  // there is none.
  std::optional<Sql> ids;
  bool nested = false;    // Whether the condition looks into another table.
  std::string unindexed;  // Why there are no `ids`.
};

class Compiler {
 public:
  Compiler(std::string_view filter, const std::vector<FilterField>& fields, const FilteredTable* table)
      : filter_(filter), fields_(fields), table_(table) {}

  absl::StatusOr<Part> Compile() {
    if (absl::Status status = Advance(); !status.ok()) return status;
    if (next_.token == Token::kEnd) return Part();
    absl::StatusOr<Part> condition = Conjunction(0);
    if (!condition.ok()) return condition;
    if (next_.token != Token::kEnd) return Expected("AND, OR or the end");
    return condition;
  }

 private:
  absl::Status Wrong(size_t at, std::string_view what) const {
    return InvalidField("filter",
                        StrCat("at character ", CountCodePoints(filter_.substr(0, at)) + 1, ": ", what));
  }
  absl::Status Expected(std::string_view what) const {
    const std::string found =
        next_.token == Token::kEnd ? std::string("the end") : StrCat("`", next_.text, "`");
    return Wrong(next_.at, StrCat("expected ", what, ", found ", found));
  }

  // The next lexeme into next_.
  absl::Status Advance() {
    while (at_ < filter_.size() && std::isspace(static_cast<unsigned char>(filter_[at_]))) ++at_;
    next_ = {Token::kEnd, "", at_};
    if (at_ == filter_.size()) return absl::OkStatus();
    const char c = filter_[at_];
    if (c == '"' || c == '\'') return String(c);
    if (c == '(' || c == ')') {
      next_ = {c == '(' ? Token::kOpen : Token::kClose, std::string(1, c), at_++};
      return absl::OkStatus();
    }
    for (std::string_view op : {"!=", "<=", ">=", "=", "<", ">", ":"}) {
      if (filter_.substr(at_, op.size()) != op) continue;
      next_ = {Token::kOperator, std::string(op), at_};
      at_ += op.size();
      return absl::OkStatus();
    }
    if (!IsWordByte(c))
      return Wrong(at_, StrCat("`", std::string_view(&filter_[at_], 1), "` has no meaning here"));
    // A minus before a field negates; before a digit it belongs to a number.
    if (c == '-' && at_ + 1 < filter_.size() && !std::isdigit(static_cast<unsigned char>(filter_[at_ + 1]))) {
      next_ = {Token::kMinus, "-", at_++};
      return absl::OkStatus();
    }
    const size_t start = at_;
    while (at_ < filter_.size() && IsWordByte(filter_[at_])) ++at_;
    // The colons of a bare time: `2026-01-31T09:00:00Z`.
    const std::string_view day = filter_.substr(start, at_ - start);
    if (day.size() == 13 && day[4] == '-' && day[10] == 'T') {
      while (at_ < filter_.size() && (IsWordByte(filter_[at_]) || filter_[at_] == ':')) ++at_;
    }
    next_ = {Token::kWord, std::string(filter_.substr(start, at_ - start)), start};
    return absl::OkStatus();
  }

  absl::Status String(char quote) {
    const size_t start = at_++;
    std::string text;
    while (at_ < filter_.size() && filter_[at_] != quote) {
      if (filter_[at_] == '\\' && at_ + 1 < filter_.size()) {
        ++at_;
        // A star that stands for itself keeps its backslash until Text() looks for wildcards.
        if (filter_[at_] == '*' || filter_[at_] == '\\') text += '\\';
      }
      text += filter_[at_++];
    }
    if (at_ == filter_.size()) return Wrong(start, "the string has no end");
    ++at_;
    next_ = {Token::kString, std::move(text), start};
    return absl::OkStatus();
  }

  bool IsKeyword(std::string_view word) const { return next_.token == Token::kWord && next_.text == word; }

  // `a AND b AND c`, each of them `x OR y`.
  absl::StatusOr<Part> Conjunction(int depth) {
    if (depth > kMaxDepth) return Wrong(next_.at, "is nested too deeply");
    std::vector<Part> all;
    while (true) {
      absl::StatusOr<Part> one = Disjunction(depth);
      if (!one.ok()) return one;
      all.push_back(*std::move(one));
      if (!IsKeyword("AND")) break;
      if (absl::Status status = Advance(); !status.ok()) return status;
    }
    return And(std::move(all));
  }

  // One index is enough: the rest is looked at row by row.
  Part And(std::vector<Part> all) const {
    if (all.size() == 1) {
      all[0].condition = Sql("(") + all[0].condition + Sql(")");
      return std::move(all[0]);
    }
    Part part;
    bool indexed = false;
    std::vector<Sql> conditions;
    for (Part& one : all) {
      indexed = indexed || one.ids.has_value();
      part.nested = part.nested || one.nested;
      if (part.unindexed.empty()) part.unindexed = one.unindexed;
      conditions.push_back(std::move(one.condition));
    }
    part.condition = Sql("(") + Sql::Join(conditions, " AND ") + Sql(")");
    if (indexed) {
      part.unindexed.clear();
      part.ids = Sql(table_->select_ids) + part.condition;
    }
    return part;
  }

  absl::StatusOr<Part> Disjunction(int depth) {
    std::vector<Part> any;
    while (true) {
      absl::StatusOr<Part> one = Term(depth);
      if (!one.ok()) return one;
      any.push_back(*std::move(one));
      if (!IsKeyword("OR")) break;
      if (absl::Status status = Advance(); !status.ok()) return status;
    }
    return Or(std::move(any));
  }

  // Each of them needs an index.
  Part Or(std::vector<Part> any) const {
    if (any.size() == 1) {
      any[0].condition = Sql("(") + any[0].condition + Sql(")");
      return std::move(any[0]);
    }
    Part part;
    std::vector<Sql> conditions, ids;
    for (Part& one : any) {
      part.nested = part.nested || one.nested;
      if (one.ids) ids.push_back(*std::move(one.ids));
      if (part.unindexed.empty()) part.unindexed = one.unindexed;
      conditions.push_back(std::move(one.condition));
    }
    part.condition = Sql("(") + Sql::Join(conditions, " OR ") + Sql(")");
    if (ids.size() != conditions.size()) return part;
    part.ids = Sql("SELECT id FROM (") + Sql::Join(ids, " UNION ") + Sql(") AS either");
    // Conditions on columns of the row are merged by the database itself.
    if (part.nested && table_->searched)
      part.condition = Sql(table_->id) + Sql(" IN (") + *part.ids + Sql(")");
    return part;
  }

  absl::StatusOr<Part> Term(int depth) {
    if (++terms_ > kMaxTerms) return Wrong(next_.at, "there are too many conditions");
    const bool negated = IsKeyword("NOT") || next_.token == Token::kMinus;
    if (negated) {
      if (absl::Status status = Advance(); !status.ok()) return status;
    }
    absl::StatusOr<Part> part = Part();
    if (next_.token == Token::kOpen) {
      if (absl::Status status = Advance(); !status.ok()) return status;
      part = Conjunction(depth + 1);
      if (!part.ok()) return part;
      if (next_.token != Token::kClose) return Expected("AND, OR or `)`");
      if (absl::Status status = Advance(); !status.ok()) return status;
    } else {
      part = Restriction();
      if (!part.ok()) return part;
    }
    if (!negated) return part;
    // Not NOT: a comparison with a field that is not set is NULL, and its negation is to be true.
    return Part{.condition = Sql("((") + part->condition + Sql(") IS NOT TRUE)"),
                .nested = part->nested,
                .unindexed = "a NOT"};
  }

  absl::StatusOr<Part> Restriction() {
    if (next_.token != Token::kWord) return Expected("a field");
    const FilterField* const field = FindField(next_.text);
    if (field == nullptr) {
      std::string names;
      for (const FilterField& each : fields_) StrAppend(&names, names.empty() ? "" : ", ", each.name);
      return Wrong(next_.at, StrCat("there is no field `", next_.text, "` to filter by; there are: ", names));
    }
    if (absl::Status status = Advance(); !status.ok()) return status;
    if (next_.token != Token::kOperator) return Expected("one of = != < <= > >= :");
    const Lexeme op = next_;
    if (absl::Status status = Advance(); !status.ok()) return status;
    if (next_.token != Token::kWord && next_.token != Token::kString) return Expected("a value");
    const Lexeme value = next_;
    if (absl::Status status = Advance(); !status.ok()) return status;
    return Compare(*field, op, value);
  }

  const FilterField* FindField(std::string_view name) const {
    for (const FilterField& field : fields_) {
      if (field.name == name) return &field;
    }
    return nullptr;
  }

  absl::StatusOr<Part> Compare(const FilterField& field, const Lexeme& op, const Lexeme& value) const {
    if (absl::Status status = CheckOperator(field, op); !status.ok()) return status;
    // `!=` is what `=` is not, also for rows that have nothing to compare.
    const bool negated = op.text == "!=";
    const bool any = op.text == ":" && value.token == Token::kWord && value.text == "*";
    absl::StatusOr<Sql> comparison = any ? AnyValue(field) : Comparison(field, op, value);
    if (!comparison.ok()) return comparison.status();
    const bool like = field.type == FilterField::Type::kText && IsPattern(value.text);

    Part part;
    part.nested = field.rows.has_value();
    if (field.rows) *comparison = *field.rows + *comparison;
    part.condition = field.rows ? Sql(table_->id) + Sql(" IN (") + *comparison + Sql(")") : *comparison;
    if (negated) {
      part.condition = like ? Sql("((") + part.condition + Sql(") IS NOT TRUE)")
                            : Sql("NOT (") + part.condition + Sql(")");
      part.unindexed = StrCat("`", field.name, " !=`");
    } else if (!field.indexed || (any && !field.rows)) {
      part.unindexed =
          any ? StrCat("`", field.name, ":*`") : StrCat("`", field.name, "`, which has no index");
    } else if (like && !any && value.text.front() == '*') {
      part.unindexed = StrCat("`", field.name, "` with a `*` in front");
    } else if (table_ != nullptr) {
      part.ids = field.rows ? *comparison : Sql(table_->select_ids) + *comparison;
    }
    return part;
  }

  absl::Status CheckOperator(const FilterField& field, const Lexeme& op) const {
    using Type = FilterField::Type;
    if (field.type == Type::kMember) {
      if (op.text == ":") return absl::OkStatus();
      return Wrong(op.at, StrCat("`", field.name, "` is asked with `:`, as in ", field.name, ":\"x\""));
    }
    const bool ordered = field.type == Type::kInteger || field.type == Type::kDecimal ||
                         field.type == Type::kTime || field.type == Type::kDay;
    const bool equality = op.text == "=" || op.text == "!=" || op.text == ":";
    if (ordered || equality) return absl::OkStatus();
    return Wrong(op.at, StrCat("`", field.name, "` has no order: only = and != are allowed"));
  }

  // `field:*`.
  static Sql AnyValue(const FilterField& field) {
    return field.rows ? Sql("1 = 1") : field.Column() + Sql(" IS NOT NULL");
  }

  // The comparison itself; for `!=` that of `=`.
  absl::StatusOr<Sql> Comparison(const FilterField& field, const Lexeme& op, const Lexeme& value) const {
    using Type = FilterField::Type;
    if (field.type == Type::kMember) {
      const Sql member(field.column, {Unescaped(value.text)});
      return field.rows ? member : Sql("(") + member + Sql(")");
    }
    if (field.type == Type::kText && IsPattern(value.text)) return Like(field, value);
    const absl::StatusOr<Parameter> parameter = Value(field, value);
    if (!parameter.ok()) return parameter.status();
    // A decimal travels as text; compared as it is, both sides would become doubles.
    const Sql bound = field.type == Type::kDecimal ? Sql("CAST(? AS DECIMAL(20, 6))", {*parameter})
                                                   : Sql("?", {*parameter});
    const Sql column = field.Column();
    if (op.text == "<") return column + Sql(" < ") + bound;
    if (op.text == "<=") return column + Sql(" <= ") + bound;
    if (op.text == ">") return column + Sql(" > ") + bound;
    if (op.text == ">=") return column + Sql(" >= ") + bound;
    // <=> is an = that a NULL does not escape.
    return column + Sql(" <=> ") + bound;
  }

  static std::string Unescaped(std::string_view text) {
    std::string plain;
    for (size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '\\' && i + 1 < text.size()) ++i;
      plain += text[i];
    }
    return plain;
  }

  // Whether the text begins or ends with a `*` that is no plain one.
  static bool IsPattern(std::string_view text) { return BeginsWithStar(text) || EndsWithStar(text); }
  static bool BeginsWithStar(std::string_view text) { return text.size() > 1 && text.front() == '*'; }
  static bool EndsWithStar(std::string_view text) {
    return !text.empty() && text.back() == '*' && (text.size() < 2 || text[text.size() - 2] != '\\');
  }

  absl::StatusOr<Sql> Like(const FilterField& field, const Lexeme& value) const {
    std::string_view text = value.text;
    const bool first = BeginsWithStar(text), last = EndsWithStar(text);
    if (first) text.remove_prefix(1);
    if (last) text.remove_suffix(1);
    const absl::StatusOr<std::string> stored =
        text.empty() ? std::string() : Stored(field, value, Unescaped(text));
    if (!stored.ok()) return stored.status();
    std::string pattern = first ? "%" : "";
    for (char c : *stored) {
      if (c == '%' || c == '_' || c == '|') pattern += '|';
      pattern += c;
    }
    if (last) pattern += '%';
    return field.Column() + Sql(" LIKE ? ESCAPE '|'", {pattern});
  }

  // The text as it stands in the column.
  absl::StatusOr<std::string> Stored(const FilterField& field, const Lexeme& value, std::string text) const {
    if (field.stored == nullptr) return text;
    std::string stored = field.stored(text);
    if (stored.empty()) return Wrong(value.at, StrCat("`", field.name, "` never is `", text, "`"));
    return stored;
  }

  absl::StatusOr<Parameter> Value(const FilterField& field, const Lexeme& value) const {
    using Type = FilterField::Type;
    const std::string text = value.token == Token::kString ? Unescaped(value.text) : value.text;
    const auto wrong = [&](std::string_view what) {
      return Wrong(value.at, StrCat("`", field.name, "` takes ", what));
    };
    switch (field.type) {
      case Type::kText: {
        absl::StatusOr<std::string> stored = Stored(field, value, text);
        if (!stored.ok()) return stored.status();
        return Parameter(*std::move(stored));
      }
      case Type::kMember:
        return Parameter(text);
      case Type::kInteger: {
        int64_t number = 0;
        if (!absl::SimpleAtoi(text, &number)) return wrong("a whole number");
        return Parameter(number);
      }
      case Type::kDecimal: {
        const absl::StatusOr<Decimal> number = Decimal::Parse(text);
        if (!number.ok() || !number->InRange()) return wrong("a number with at most six places");
        return Parameter(*number);
      }
      case Type::kTime: {
        absl::Time time;
        std::string error;
        const bool parsed = text.size() == 10
                                ? absl::ParseTime("%Y-%m-%d", text, absl::UTCTimeZone(), &time, &error)
                                : absl::ParseTime(absl::RFC3339_full, text, &time, &error);
        if (!parsed || !FitsDatetime(time)) {
          return wrong("a time, as in 2026-01-31T09:00:00Z or 2026-01-31");
        }
        return Parameter(time);
      }
      case Type::kDay: {
        absl::CivilDay day;
        if (text.size() != 10 || !absl::ParseCivilTime(text, &day) || !IsYear(day.year())) {
          return wrong("a day, as in 2026-01-31");
        }
        return Parameter(absl::FormatCivilTime(day));
      }
      case Type::kBool:
        if (text != "true" && text != "false") return wrong("true or false");
        return Parameter(text == "true");
      case Type::kEnum: {
        const auto* number = field.enum_type->FindValueByName(text);
        if (number != nullptr) return Parameter(number->number());
        std::string names;
        for (int i = 0; i < field.enum_type->value_count(); ++i) {
          StrAppend(&names, i == 0 ? "" : ", ", field.enum_type->value(i)->name());
        }
        return wrong(StrCat("one of ", names));
      }
      case Type::kName: {
        const absl::StatusOr<Id> id = ParseName("filter", field.collection, text);
        if (!id.ok()) return wrong(StrCat("a name, as in ", field.collection, "/01J…"));
        return Parameter(*id);
      }
    }
    return absl::InternalError("a filter field of no type");
  }

  const std::string_view filter_;
  const std::vector<FilterField>& fields_;
  const FilteredTable* const table_;
  size_t at_ = 0;
  Lexeme next_;
  int terms_ = 0;
};

absl::Status CheckLength(std::string_view filter) {
  if (filter.size() <= kMaxBytes) return absl::OkStatus();
  return InvalidField("filter", StrCat("is longer than ", kMaxBytes, " bytes"));
}

}  // namespace

absl::StatusOr<Sql> CompileFilter(std::string_view filter, const std::vector<FilterField>& fields) {
  if (absl::Status status = CheckLength(filter); !status.ok()) return status;
  absl::StatusOr<Part> part = Compiler(filter, fields, nullptr).Compile();
  if (!part.ok()) return part.status();
  return std::move(part->condition);
}

absl::StatusOr<CompiledFilter> CompileFilter(std::string_view filter, const std::vector<FilterField>& fields,
                                             const FilteredTable& table) {
  if (absl::Status status = CheckLength(filter); !status.ok()) return status;
  absl::StatusOr<Part> part = Compiler(filter, fields, &table).Compile();
  if (!part.ok()) return part.status();
  return CompiledFilter{std::move(part->condition), std::move(part->unindexed)};
}

}  // namespace servicekit
