#include "lifecycle-svc/store/product_store.h"

#include "lifecycle-svc/store/columns.h"

namespace clientele::lifecycle {
namespace {

using servicekit::Parameter;
using servicekit::Row;

constexpr servicekit::SqlText kSelect =
    "SELECT id, display_name, series, list_price, list_price_currency, unit_cost, unit_cost_currency, "
    "value_level,"
    " standardization_level, delivery_model_override, override_reason, external_system, external_id, "
    "create_time,"
    " update_time, version FROM products";

Product ReadProduct(const Row& row) {
  Product product;
  product.id = row.Id(0);
  product.display_name = row.Text(1);
  product.series = row.Text(2);
  product.list_price = ReadMoney(row, 3);
  product.unit_cost = ReadMoney(row, 5);
  product.value_level = ReadEnum<Level>(row, 7);
  product.standardization_level = ReadEnum<Level>(row, 8);
  if (!row.IsNull(9)) product.delivery_model_override = ReadEnum<DeliveryModel>(row, 9);
  product.override_reason = row.Text(10);
  product.external_id = ReadExternalId(row, 11);
  product.create_time = row.Time(13);
  product.update_time = row.Time(14);
  product.version = row.Int64(15);
  return product;
}

Parameter OverrideOf(const Product& product) {
  return product.delivery_model_override.has_value() ? Parameter(NumberOf(*product.delivery_model_override))
                                                     : Parameter(std::nullopt);
}

constexpr servicekit::SqlText kSelectRates =
    "SELECT currency, CAST(start_date AS CHAR), rate FROM exchange_rates";

ExchangeRate ReadRate(const Row& row) { return {row.Text(0), *ReadDate(row, 1), row.Decimal(2)}; }

}  // namespace

absl::StatusOr<std::vector<Product>> ProductStore::Find(Transaction& tx, const std::vector<Id>& ids) {
  if (ids.empty()) return std::vector<Product>();
  return tx.QueryAll(Sql(kSelect) + Sql(" WHERE id IN ") + InList(ids), ReadProduct);
}

absl::StatusOr<std::vector<Product>> ProductStore::Find(Transaction& tx, const std::vector<ExternalId>& ids) {
  if (ids.empty()) return std::vector<Product>();
  return tx.QueryAll(Sql(kSelect) + Sql(" WHERE") + ExternalIdIn(ids), ReadProduct);
}

absl::Status ProductStore::Lock(Transaction& tx, const std::vector<Id>& ids) {
  if (ids.empty()) return absl::OkStatus();
  return tx.Query(Sql("SELECT id FROM products WHERE id IN ") + InList(ids) + Sql(" ORDER BY id FOR UPDATE"),
                  [](const Row&) { return absl::OkStatus(); });
}

absl::Status ProductStore::Lock(Transaction& tx, const std::vector<ExternalId>& ids) {
  if (ids.empty()) return absl::OkStatus();
  return tx.Query(Sql("SELECT id FROM products WHERE") + ExternalIdIn(ids) + Sql(" ORDER BY id FOR UPDATE"),
                  [](const Row&) { return absl::OkStatus(); });
}

absl::StatusOr<std::vector<Product>> ProductStore::List(Transaction& tx, Id after, int limit) {
  return tx.QueryAll(Sql(kSelect) + Sql(" WHERE id > ? ORDER BY id LIMIT ?", {after, limit}), ReadProduct);
}

absl::Status ProductStore::Insert(Transaction& tx, const std::vector<Product>& products) {
  if (products.empty()) return absl::OkStatus();
  std::vector<std::vector<Parameter>> rows;
  for (const Product& product : products) {
    rows.push_back({product.id, product.display_name, product.series, AmountOf(product.list_price),
                    CurrencyOf(product.list_price), AmountOf(product.unit_cost),
                    CurrencyOf(product.unit_cost), NumberOf(product.value_level),
                    NumberOf(product.standardization_level), OverrideOf(product), product.override_reason,
                    SystemOf(product.external_id), IdOf(product.external_id), product.create_time,
                    product.update_time, product.version});
  }
  return tx
      .InsertMany(
          "INSERT INTO products (id, display_name, series, list_price, list_price_currency, unit_cost,"
          " unit_cost_currency, value_level, standardization_level, delivery_model_override, override_reason,"
          " external_system, external_id, create_time, update_time, version) VALUES ",
          rows)
      .status();
}

absl::Status ProductStore::Update(Transaction& tx, const Product& product) {
  return tx
      .Execute(
          Sql("UPDATE products SET display_name = ?, series = ?, list_price = ?, list_price_currency = ?,"
              " unit_cost = ?, unit_cost_currency = ?, value_level = ?, standardization_level = ?,"
              " delivery_model_override = ?, override_reason = ?, external_system = ?, external_id = ?,"
              " update_time = ?, version = ? WHERE id = ?",
              {product.display_name, product.series, AmountOf(product.list_price),
               CurrencyOf(product.list_price), AmountOf(product.unit_cost), CurrencyOf(product.unit_cost),
               NumberOf(product.value_level), NumberOf(product.standardization_level), OverrideOf(product),
               product.override_reason, SystemOf(product.external_id), IdOf(product.external_id),
               product.update_time, product.version, product.id}))
      .status();
}

absl::StatusOr<std::vector<ExchangeRate>> ExchangeRateStore::Find(
    Transaction& tx, const std::vector<std::string>& currencies) {
  if (currencies.empty()) return std::vector<ExchangeRate>();
  return tx.QueryAll(Sql(kSelectRates) + Sql(" WHERE currency IN ") + InList(currencies) +
                         Sql(" ORDER BY currency, start_date"),
                     ReadRate);
}

absl::StatusOr<std::vector<ExchangeRate>> ExchangeRateStore::List(Transaction& tx,
                                                                  const std::string& after_currency,
                                                                  absl::CivilDay after_date, int limit) {
  Sql sql(kSelectRates);
  if (!after_currency.empty()) {
    sql += Sql(" WHERE currency >= ? AND (currency > ? OR start_date > ?)",
               {after_currency, after_currency, absl::FormatCivilTime(after_date)});
  }
  return tx.QueryAll(sql + Sql(" ORDER BY currency, start_date LIMIT ?", {limit}), ReadRate);
}

absl::Status ExchangeRateStore::Put(Transaction& tx, const std::vector<ExchangeRate>& rates) {
  if (rates.empty()) return absl::OkStatus();
  std::vector<std::vector<Parameter>> rows;
  for (const ExchangeRate& rate : rates) {
    rows.push_back({rate.currency, absl::FormatCivilTime(rate.start_date), rate.rate});
  }
  return tx
      .InsertMany("INSERT INTO exchange_rates (currency, start_date, rate) VALUES ", rows,
                  " ON DUPLICATE KEY UPDATE rate = VALUES(rate)")
      .status();
}

}  // namespace clientele::lifecycle
