#include "customer-svc/rpc/customer_service.h"

#include "customer-svc/operations/write_customer.h"
#include "customer-svc/rpc/customer_listing.h"
#include "customer-svc/rpc/customer_mask.h"
#include "customer-svc/rpc/decode.h"
#include "customer-svc/rpc/encode.h"
#include "servicekit/rpc/convert.h"
#include "servicekit/rpc/write.h"
#include "servicekit/types/resource_name.h"

namespace clientele::customer {

using servicekit::CallContext;
using servicekit::Id;
using servicekit::IdempotentWrite;
using servicekit::ParseName;
using servicekit::Sql;
using servicekit::Transaction;

CustomerService::CustomerService(Backend backend) : backend_(backend) {}
CustomerService::~CustomerService() = default;

absl::StatusOr<v1::Customer> CustomerService::CreateCustomer(const CallContext& call,
                                                             const v1::CreateCustomerRequest& request) {
  const absl::StatusOr<Customer> customer = DecodeOrRefuse(request.customer(), "customer.");
  if (!customer.ok()) return customer.status();
  return IdempotentWrite<v1::Customer>(
      backend_.pool, call, request, [&](Transaction& tx) -> absl::StatusOr<v1::Customer> {
        const auto created =
            customer::CreateCustomer(backend_.stores, tx, backend_.CallerOf(call), *customer);
        if (!created.ok()) return created.status();
        return Encode(*created);
      });
}

absl::StatusOr<v1::Customer> CustomerService::GetCustomer(const CallContext& call,
                                                          const v1::GetCustomerRequest& request) {
  const absl::StatusOr<Id> id = ParseName("name", "customers", request.name());
  if (!id.ok()) return id.status();
  const absl::StatusOr<Customer> customer = RunReading(backend_.pool, call.deadline, [&](Transaction& tx) {
    return backend_.stores.customers.Get(tx, call.principal, *id);
  });
  if (!customer.ok()) return customer.status();
  return Encode(*customer);
}

absl::StatusOr<v1::BatchGetCustomersResponse> CustomerService::BatchGetCustomers(
    const CallContext& call, const v1::BatchGetCustomersRequest& request) {
  const absl::StatusOr<std::vector<Id>> ids = DecodeCustomerNames("names", request.names());
  if (!ids.ok()) return ids.status();
  const auto customers = RunReading(backend_.pool, call.deadline, [&](Transaction& tx) {
    return backend_.stores.customers.BatchGetNamed(tx, call.principal, *ids);
  });
  if (!customers.ok()) return customers.status();
  v1::BatchGetCustomersResponse response;
  for (const Id id : *ids) {
    if (const auto found = customers->find(id); found != customers->end())
      *response.add_customers() = Encode(found->second);
  }
  return response;
}

absl::StatusOr<v1::ListCustomersResponse> CustomerService::ListCustomers(
    const CallContext& call, const v1::ListCustomersRequest& request) {
  const auto order = ParseCustomerOrder(request.order_by());
  if (!order.ok()) return order.status();
  const absl::StatusOr<Page> page = Page::Of(request.page_size(), request.page_token(),
                                             {"customers", request.filter(), request.order_by()});
  if (!page.ok()) return page.status();
  const absl::StatusOr<Sql> after = page->after.empty() ? Sql() : order->After(page->after);
  if (!after.ok()) return after.status();
  absl::StatusOr<std::vector<Customer>> customers =
      RunReading(backend_.pool, call.deadline, [&](Transaction& tx) -> absl::StatusOr<std::vector<Customer>> {
        absl::StatusOr<Sql> condition = CompileListFilter(backend_.stores.customers, tx, call.principal,
                                                          request.filter(), request.allow_scan());
        if (!condition.ok()) return condition.status();
        if (!condition->empty() && !after->empty()) *condition += Sql(" AND ");
        return backend_.stores.customers.List(tx, call.principal, *condition + *after, order->OrderBy(),
                                              page->limit());
      });
  if (!customers.ok()) return customers.status();
  v1::ListCustomersResponse response;
  response.set_next_page_token(
      page->Cut(*customers, [&](const Customer& last) { return KeyOf(*order, last); }));
  for (const Customer& customer : *customers) *response.add_customers() = Encode(customer);
  return response;
}

absl::StatusOr<v1::Customer> CustomerService::UpdateCustomer(const CallContext& call,
                                                             const v1::UpdateCustomerRequest& request) {
  const absl::StatusOr<Id> id = ParseName("customer.name", "customers", request.customer().name());
  if (!id.ok()) return id.status();
  const absl::StatusOr<int64_t> version = servicekit::ParseEtag("customer.etag", request.customer().etag());
  if (!version.ok()) return version.status();
  const auto apply = [&](const Customer& current) -> absl::StatusOr<Customer> {
    v1::Customer message = Encode(current);
    const absl::Status status = ApplyCustomerMask(request.update_mask(), request.customer(), &message);
    if (!status.ok()) return status;
    return DecodeOrRefuse(message, "customer.");
  };
  return IdempotentWrite<v1::Customer>(
      backend_.pool, call, request, [&](Transaction& tx) -> absl::StatusOr<v1::Customer> {
        const auto updated =
            customer::UpdateCustomer(backend_.stores, tx, backend_.CallerOf(call), *id, *version, apply);
        if (!updated.ok()) return updated.status();
        return Encode(*updated);
      });
}

}  // namespace clientele::customer
