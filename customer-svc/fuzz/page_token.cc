#include "servicekit/rpc/page_token.h"

#include <string>
#include <string_view>

#include "customer-svc/fuzz/fuzz.h"
#include "customer-svc/fuzz/refusal.h"
#include "customer-svc/rpc/customer_listing.h"

namespace clientele::customer::fuzz {
namespace {

using servicekit::PageKey;
using servicekit::PageScope;

template <typename Result>
void Judge(const Result& result) {
  if (!result.ok()) RequireRefusal(result.status(), "page_token");
}

// Whatever a key holds, asking it for anything has an answer.
void Ask(const PageKey& key) {
  for (size_t part = 0; part <= key.size(); ++part) {
    Judge(key.Text(part));
    Judge(key.Number(part));
    Judge(key.Time(part));
    Judge(key.GetId(part));
    Require(key.Text(part).ok() == (part < key.size()), "each part is bytes, and there are no others");
  }
  for (const char* order_by : {"", "display_name", "update_time desc", "create_time"}) {
    Judge(ParseCustomerOrder(order_by)->After(key));
  }
}

void CheckSame(const PageKey& key, const PageKey& other) {
  Require(key.size() == other.size(), "a token keeps all parts");
  for (size_t part = 0; part < key.size(); ++part) {
    Require(*key.Text(part) == *other.Text(part), "a token keeps each part");
  }
}

}  // namespace

void PageToken(std::string_view bytes) {
  static const auto* const scope = new PageScope({"customers", "", "display_name"});
  static const auto* const other = new PageScope({"customers", "display_name", ""});

  const absl::StatusOr<PageKey> sent = scope->Decode(bytes);
  if (!sent.ok()) RequireRefusal(sent.status(), "page_token");
  if (sent.ok() && !sent->empty()) {
    Ask(*sent);
    const absl::StatusOr<PageKey> again = scope->Decode(scope->Encode(*sent));
    Require(again.ok(), "what was read can be written and read again");
    CheckSame(*sent, *again);
    Require(!other->Decode(bytes).ok(), "a token is of one list");
  }

  // A key of these bytes, cut where they have a line's end.
  PageKey key;
  for (std::string_view rest = bytes; !rest.empty() && key.size() < 8;) {
    const size_t end = rest.find('\n');
    key.Add(rest.substr(0, end));
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  }
  if (key.empty()) return;
  Ask(key);
  std::string token = scope->Encode(key);
  const absl::StatusOr<PageKey> read = scope->Decode(token);
  Require(read.ok(), "what is written can be read");
  CheckSame(key, *read);
  Require(!other->Decode(token).ok(), "a token is of one list");
  // One that was changed on its way is none. (The last letter may say less than it could.)
  const size_t at = bytes.size() % (token.size() - 1);
  token[at] = token[at] == 'A' ? 'B' : 'A';
  Require(!scope->Decode(token).ok(), "a token that was changed is noticed");
}

}  // namespace clientele::customer::fuzz
