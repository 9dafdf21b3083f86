#include "lifecycle-svc/rpc/product_rpc.h"

#include "lifecycle-svc/contract/encode.h"
#include "lifecycle-svc/store/delivery_store.h"
#include "lifecycle-svc/store/product_store.h"
#include "servicekit/types/error.h"
#include "servicekit/types/resource_name.h"
#include "servicekit/types/str_cat.h"

namespace clientele::lifecycle {

ProductRpc::ProductRpc(Backend backend) : backend_(backend) {}
ProductRpc::~ProductRpc() = default;

absl::StatusOr<v1::Product> ProductRpc::GetProduct(const CallContext& call,
                                                   const v1::GetProductRequest& request) {
  const absl::StatusOr<Id> id = servicekit::ParseName("name", "products", request.name());
  if (!id.ok()) return id.status();
  DeliveryMatrix matrix;
  const auto found = servicekit::RunReading(
      backend_.environment.pool, call.deadline, [&](Transaction& tx) -> absl::StatusOr<std::vector<Product>> {
        const absl::StatusOr<DeliveryMatrix> read = DeliveryStore::GetMatrix(tx);
        if (!read.ok()) return read.status();
        matrix = *read;
        return ProductStore::Find(tx, std::vector<Id>{*id});
      });
  if (!found.ok()) return found.status();
  if (found->empty()) return absl::NotFoundError(servicekit::StrCat(request.name(), " does not exist"));
  return Encode(found->front(), matrix);
}

absl::StatusOr<v1::ListProductsResponse> ProductRpc::ListProducts(const CallContext& call,
                                                                  const v1::ListProductsRequest& request) {
  const absl::StatusOr<Page> page = Page::Of(request.page_size(), request.page_token(), {"products"});
  if (!page.ok()) return page.status();
  const absl::StatusOr<Id> after = page->AfterId();
  if (!after.ok()) return after.status();
  DeliveryMatrix matrix;
  auto products = servicekit::RunReading(
      backend_.environment.pool, call.deadline, [&](Transaction& tx) -> absl::StatusOr<std::vector<Product>> {
        const absl::StatusOr<DeliveryMatrix> read = DeliveryStore::GetMatrix(tx);
        if (!read.ok()) return read.status();
        matrix = *read;
        return ProductStore::List(tx, *after, page->limit());
      });
  if (!products.ok()) return products.status();
  v1::ListProductsResponse response;
  response.set_next_page_token(
      page->Cut(*products, [](const Product& last) { return servicekit::PageKey().Add(last.id); }));
  for (const Product& product : *products) *response.add_products() = Encode(product, matrix);
  return response;
}

absl::StatusOr<v1::ListExchangeRatesResponse> ProductRpc::ListExchangeRates(
    const CallContext& call, const v1::ListExchangeRatesRequest& request) {
  const absl::StatusOr<Page> page = Page::Of(request.page_size(), request.page_token(), {"exchangeRates"});
  if (!page.ok()) return page.status();
  std::string after_currency;
  absl::CivilDay after_date;
  if (!page->after.empty()) {
    const absl::StatusOr<std::string> currency = page->after.Text(0), date = page->after.Text(1);
    if (!currency.ok()) return currency.status();
    if (!date.ok() || !absl::ParseCivilTime(*date, &after_date)) {
      return servicekit::InvalidField("page_token", "is not a token of this list");
    }
    after_currency = *currency;
  }
  auto rates = servicekit::RunReading(backend_.environment.pool, call.deadline, [&](Transaction& tx) {
    return ExchangeRateStore::List(tx, after_currency, after_date, page->limit());
  });
  if (!rates.ok()) return rates.status();
  v1::ListExchangeRatesResponse response;
  response.set_base_currency_code(backend_.environment.base_currency);
  response.set_next_page_token(page->Cut(*rates, [](const ExchangeRate& last) {
    return servicekit::PageKey().Add(last.currency).Add(absl::FormatCivilTime(last.start_date));
  }));
  for (const ExchangeRate& rate : *rates) *response.add_exchange_rates() = Encode(rate);
  return response;
}

}  // namespace clientele::lifecycle
