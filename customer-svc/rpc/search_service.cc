#include "customer-svc/rpc/search_service.h"

#include "customer-svc/rpc/encode.h"
#include "customer-svc/store/search_text.h"
#include "servicekit/types/error.h"
#include "servicekit/types/utf8.h"

namespace clientele::customer {
namespace {

using servicekit::CallContext;
using servicekit::Id;
using servicekit::PageKey;
using servicekit::Transaction;

PageKey KeyOf(const SearchResult& last) {
  PageKey key;
  key.Add(static_cast<int64_t>(last.match)).Add(last.customer.id).Add(last.customer.display_name);
  return key;
}

absl::StatusOr<std::optional<SearchPlace>> PlaceOf(const PageKey& key) {
  if (key.empty()) return std::nullopt;
  const absl::StatusOr<int64_t> match = key.Number(0);
  const absl::StatusOr<Id> id = key.GetId(1);
  const absl::StatusOr<std::string> name = key.Text(2);
  for (const absl::Status& status : {match.status(), id.status(), name.status()}) {
    if (!status.ok()) return status;
  }
  return SearchPlace{static_cast<Match>(*match), *id, *name};
}

std::string Trimmed(const std::string& text) {
  const size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string::npos) return "";
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

}  // namespace

SearchService::SearchService(Backend backend) : backend_(backend) {}
SearchService::~SearchService() = default;

absl::StatusOr<v1::SearchCustomersResponse> SearchService::SearchCustomers(
    const CallContext& call, const v1::SearchCustomersRequest& request) {
  const std::string query = Trimmed(request.query());
  if (servicekit::CountCodePoints(query) > 255) {
    return servicekit::InvalidField("query", "must have at most 255 characters");
  }
  if (Fold(query).empty()) return servicekit::InvalidField("query", "must have a letter or a digit");
  const absl::StatusOr<Page> page =
      Page::Of(request.page_size(), request.page_token(), {"search", query}, 20, 100);
  if (!page.ok()) return page.status();
  const auto after = PlaceOf(page->after);
  if (!after.ok()) return after.status();
  absl::StatusOr<std::vector<SearchResult>> results =
      RunReading(backend_.pool, call.deadline, [&](Transaction& tx) {
        return backend_.stores.search.Find(tx, call.principal, query, *after,
                                           static_cast<size_t>(page->limit()));
      });
  if (!results.ok()) return results.status();
  v1::SearchCustomersResponse response;
  response.set_next_page_token(page->Cut(*results, KeyOf));
  for (const SearchResult& result : *results) {
    auto* encoded = response.add_results();
    *encoded->mutable_customer() = Encode(result.customer);
    encoded->set_match(static_cast<v1::SearchCustomersResponse::Match>(result.match));
  }
  return response;
}

}  // namespace clientele::customer
