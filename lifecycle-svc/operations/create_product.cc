#include "lifecycle-svc/contract/decode.h"
#include "lifecycle-svc/contract/encode.h"
#include "lifecycle-svc/operations/operations.h"
#include "lifecycle-svc/operations/unit_of_work.h"
#include "servicekit/access/row_rule.h"
#include "servicekit/rpc/write.h"

namespace clientele::lifecycle {

absl::StatusOr<v1::Product> CreateProduct(const Environment& environment, const CallContext& call,
                                          const v1::CreateProductRequest& request) {
  if (absl::Status status = servicekit::CheckAdministrator(call.principal); !status.ok()) return status;
  Violations violations;
  const Product draft = DecodeProduct(violations, "product", request.product());
  if (!violations.empty()) return violations.status();
  return servicekit::IdempotentWrite<v1::Product>(
      environment.pool, call, request, [&](Transaction& tx) -> absl::StatusOr<v1::Product> {
        UnitOfWork work(environment, call, tx);
        Product product = draft;
        product.id = Id::New(work.now());
        product.create_time = product.update_time = work.now();
        product.version = 1;
        if (absl::Status status = work.LoadMatrix(); !status.ok()) return status;
        const v1::Product created = Encode(work.products.Insert(product), work.matrix());
        work.Record(Id(), created.name(), nullptr, created);
        if (absl::Status status = work.Flush(); !status.ok()) return status;
        return created;
      });
}

}  // namespace clientele::lifecycle
