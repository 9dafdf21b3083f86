#ifndef LIFECYCLE_SVC_STORE_PRODUCT_STORE_H_
#define LIFECYCLE_SVC_STORE_PRODUCT_STORE_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lifecycle-svc/domain/product.h"
#include "servicekit/mysql/transaction.h"

namespace clientele::lifecycle {

using servicekit::Sql;
using servicekit::Transaction;

class ProductStore {
 public:
  static absl::StatusOr<std::vector<Product>> Find(Transaction& tx, const std::vector<Id>& ids);
  static absl::StatusOr<std::vector<Product>> Find(Transaction& tx, const std::vector<ExternalId>& ids);
  // The products, locked in order of id for a change. Must come before any plain read of the transaction.
  static absl::Status Lock(Transaction& tx, const std::vector<Id>& ids);
  static absl::Status Lock(Transaction& tx, const std::vector<ExternalId>& ids);
  static absl::StatusOr<std::vector<Product>> List(Transaction& tx, Id after, int limit);
  // ALREADY_EXISTS when an external id is taken.
  static absl::Status Insert(Transaction& tx, const std::vector<Product>& products);
  static absl::Status Update(Transaction& tx, const Product& product);
};

class ExchangeRateStore {
 public:
  // All rates of these currencies, by currency and date.
  static absl::StatusOr<std::vector<ExchangeRate>> Find(Transaction& tx,
                                                        const std::vector<std::string>& currencies);
  static absl::StatusOr<std::vector<ExchangeRate>> List(Transaction& tx, const std::string& after_currency,
                                                        absl::CivilDay after_date, int limit);
  static absl::Status Put(Transaction& tx, const std::vector<ExchangeRate>& rates);
};

}  // namespace clientele::lifecycle

#endif  // LIFECYCLE_SVC_STORE_PRODUCT_STORE_H_
