#ifndef SERVICEKIT_RPC_PAGE_H_
#define SERVICEKIT_RPC_PAGE_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "servicekit/rpc/page_token.h"

namespace servicekit {

// One page's worth of a list that is asked for one row more than it shows, to know whether there is a next
// page.
struct Page {
  int size;
  PageScope scope;
  PageKey after;  // Empty: the first page.

  // `list` says which list it is: everything in the request that decides its rows.
  static absl::StatusOr<Page> Of(int page_size, const std::string& page_token,
                                 const std::vector<std::string>& list, int default_size = 50,
                                 int max_size = 1000) {
    const absl::StatusOr<int> size = PageSize(page_size, default_size, max_size);
    if (!size.ok()) return size.status();
    PageScope scope(list);
    absl::StatusOr<PageKey> after = scope.Decode(page_token);
    if (!after.ok()) return after.status();
    return Page{*size, std::move(scope), *std::move(after)};
  }
  // The id that the page begins after, in a list by id.
  absl::StatusOr<Id> AfterId() const { return after.empty() ? Id() : after.GetId(0); }
  int limit() const { return size + 1; }
  // Drops the row too many; the token of the next page, or none.
  template <typename Row, typename KeyOf>
  std::string Cut(std::vector<Row>& rows, KeyOf key_of) const {
    if (rows.size() <= static_cast<size_t>(size)) return "";
    rows.erase(rows.begin() + size, rows.end());
    return scope.Encode(key_of(rows.back()));
  }
};

}  // namespace servicekit

#endif  // SERVICEKIT_RPC_PAGE_H_
