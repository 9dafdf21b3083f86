#ifndef SERVICEKIT_RPC_PAGE_TOKEN_H_
#define SERVICEKIT_RPC_PAGE_TOKEN_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "servicekit/types/id.h"

// Pages by key (AIP-158): a token says after which row the next page begins, so that rows that come or go
// meanwhile move nothing. A token is bound to the list it came from (collection, parent, filter, order). It
// is opaque, not secret: it names a place, and rights are checked by each statement anyway.
//
//   const PageScope scope({"customers", request.filter(), request.order_by()});
//   absl::StatusOr<PageKey> after = scope.Decode(request.page_token());   // Empty key: the first page.
//   absl::StatusOr<int> size = PageSize(request.page_size(), 50, 1000);
//   … WHERE (create_time, customer_id) > (?, ?) ORDER BY create_time, customer_id LIMIT size + 1 …
//   response.set_next_page_token(scope.Encode(PageKey().Add(last.create_time).Add(last.id)));
namespace servicekit {

// The values of the ordering columns in the last row of a page.
class PageKey {
 public:
  PageKey& Add(std::string_view text);
  PageKey& Add(const char* text) { return Add(std::string_view(text)); }
  PageKey& Add(const std::string& text) { return Add(std::string_view(text)); }
  PageKey& Add(int64_t number);
  PageKey& Add(absl::Time time);  // To the microsecond.
  PageKey& Add(Id id);

  bool empty() const { return parts_.empty(); }
  size_t size() const { return parts_.size(); }
  // Each of them INVALID_ARGUMENT on `page_token` when there is no such part or it is of another kind: a
  // token that a former version of the server made.
  absl::StatusOr<std::string> Text(size_t part) const;
  absl::StatusOr<int64_t> Number(size_t part) const;
  absl::StatusOr<absl::Time> Time(size_t part) const;
  absl::StatusOr<Id> GetId(size_t part) const;

 private:
  friend class PageScope;
  std::vector<std::string> parts_;
};

class PageScope {
 public:
  // What the list is: everything in the request that decides its rows and their order, but not the page's
  // size.
  explicit PageScope(const std::vector<std::string>& parts);

  std::string Encode(const PageKey& last) const;
  // An empty key for an empty token. INVALID_ARGUMENT on `page_token` for one that is no token, or of another
  // list.
  absl::StatusOr<PageKey> Decode(std::string_view token) const;

 private:
  std::string scope_;
};

// 0 gives `default_size`, more than `max_size` gives `max_size`; INVALID_ARGUMENT on `page_size` when
// negative.
absl::StatusOr<int> PageSize(int requested, int default_size, int max_size);

}  // namespace servicekit

#endif  // SERVICEKIT_RPC_PAGE_TOKEN_H_
