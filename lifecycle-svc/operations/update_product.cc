#include <utility>

#include "lifecycle-svc/contract/decode.h"
#include "lifecycle-svc/contract/encode.h"
#include "lifecycle-svc/operations/operations.h"
#include "lifecycle-svc/operations/unit_of_work.h"
#include "lifecycle-svc/store/product_store.h"
#include "servicekit/access/row_rule.h"
#include "servicekit/rpc/write.h"
#include "servicekit/types/resource_name.h"
#include "servicekit/types/str_cat.h"

namespace clientele::lifecycle {

absl::StatusOr<v1::Product> UpdateProduct(const Environment& environment, const CallContext& call,
                                          const v1::UpdateProductRequest& request) {
  if (absl::Status status = servicekit::CheckAdministrator(call.principal); !status.ok()) return status;
  const absl::StatusOr<Id> id = servicekit::ParseName("product.name", "products", request.product().name());
  if (!id.ok()) return id.status();
  return servicekit::IdempotentWrite<v1::Product>(
      environment.pool, call, request, [&](Transaction& tx) -> absl::StatusOr<v1::Product> {
        UnitOfWork work(environment, call, tx);
        absl::Status status = ProductStore::Lock(tx, std::vector<Id>{*id});
        if (status.ok()) status = work.LoadProducts({*id});
        if (status.ok()) status = work.LoadMatrix();
        if (!status.ok()) return status;
        Product* product = work.products.Find(*id);
        if (product == nullptr) {
          return absl::NotFoundError(servicekit::StrCat(request.product().name(), " does not exist"));
        }
        status = CheckEtag(request.product().etag(), product->version);
        if (!status.ok()) return status;

        const v1::Product before = Encode(*product, work.matrix());
        absl::StatusOr<Product> next =
            MergeProduct(*product, request.product(), request.update_mask(), "product");
        if (!next.ok()) return next.status();
        if (*next == *product) return before;
        next->update_time = work.now();
        *product = *std::move(next);
        work.products.Change(*product);
        const v1::Product after = Encode(*product, work.matrix());
        work.Record(Id(), after.name(), &before, after);
        status = work.Flush();
        if (!status.ok()) return status;
        return after;
      });
}

}  // namespace clientele::lifecycle
