#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "customer-svc/fuzz/fuzz.h"
#include "customer-svc/fuzz/refusal.h"
#include "customer-svc/rpc/customer_listing.h"
#include "customer-svc/store/customer_filter.h"

namespace clientele::customer::fuzz {
namespace {

using servicekit::CompiledFilter;
using servicekit::Id;
using servicekit::Sql;

FilterScope Scope(bool searched) {
  FilterScope scope;
  scope.searched = searched;
  for (const AttributeType type : {AttributeType::kText, AttributeType::kNumber, AttributeType::kDate,
                                   AttributeType::kChoice, AttributeType::kFlag}) {
    scope.attributes.push_back({.id = std::string(1, static_cast<char>('a' + static_cast<int>(type))),
                                .display_name = "an attribute",
                                .type = type});
  }
  const auto id = [](const char* text) { return *Id::Parse(text); };
  scope.aliases[id("00000000000000000000000001")] = id("00000000000000000000000002");
  return scope;
}

// Nothing of the caller's stands in the statement's text: it has no quotes but those of ESCAPE, no comments,
// no second statement, and a place for each value.
void CheckSql(const Sql& sql) {
  int depth = 0;
  size_t places = 0, quotes = 0;
  for (const char c : sql.text()) {
    Require(c >= ' ' && c <= '~', "SQL is plain text");
    Require(c != ';' && c != '#' && c != '"' && c != '`' && c != '\\', "SQL is one plain statement");
    depth += c == '(' ? 1 : c == ')' ? -1 : 0;
    Require(depth >= 0, "parentheses open before they close");
    places += c == '?';
    quotes += c == '\'';
  }
  Require(depth == 0, "parentheses close");
  Require(places == sql.parameters().size(), "each value has its place");
  size_t escapes = 0;
  for (size_t at = sql.text().find("ESCAPE '|'"); at != std::string::npos;
       at = sql.text().find("ESCAPE '|'", at + 1)) {
    ++escapes;
  }
  Require(quotes == 2 * escapes, "no text stands in SQL");
  Require(sql.text().find("--") == std::string::npos && sql.text().find("/*") == std::string::npos,
          "SQL has no comments");
}

void Compile(const std::string& filter) {
  static const FilterScope* const searched = new FilterScope(Scope(true));
  static const FilterScope* const known = new FilterScope(Scope(false));
  const absl::StatusOr<CompiledFilter> compiled = CompileCustomerFilter(filter, *searched);
  const absl::StatusOr<CompiledFilter> of_few = CompileCustomerFilter(filter, *known);
  Require(compiled.ok() == of_few.ok(), "what a filter may say does not depend on what it is for");
  if (!compiled.ok()) return RequireRefusal(compiled.status(), "filter");
  CheckSql(compiled->condition);
  CheckSql(of_few->condition);
  Require(compiled->condition.empty() == of_few->condition.empty(), "a filter is empty or is not");
}

void Order(const std::string& order_by) {
  const auto order = ParseCustomerOrder(order_by);
  if (!order.ok()) return RequireRefusal(order.status(), "order_by");
  CheckSql(order->OrderBy());
  Customer last;
  last.id = *Id::Parse("00000000000000000000000003");
  last.display_name = order_by;
  const absl::StatusOr<Sql> after = order->After(KeyOf(*order, last));
  Require(after.ok(), "a page goes on after its last row");
  CheckSql(*after);
}

}  // namespace

void Filter(std::string_view bytes) {
  if (!servicekit::IsUtf8(bytes)) return;  // As every text of a message is.
  const size_t end = std::min(bytes.find('\n'), bytes.size());
  Order(std::string(bytes.substr(0, end)));
  Compile(std::string(bytes.substr(std::min(end + 1, bytes.size()))));
}

}  // namespace clientele::customer::fuzz
