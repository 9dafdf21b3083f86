#include "lifecycle-svc/operations/order_corrections.h"

#include <memory>
#include <utility>

#include "clientele/lifecycle/v1/lifecycle_feed.pb.h"
#include "lifecycle-svc/contract/encode.h"
#include "lifecycle-svc/operations/service_projects.h"

namespace clientele::lifecycle {

absl::Status OrderCorrections::Cancel(Order& order, std::string reason, absl::Time cancel_time) {
  const std::string& base = work_.environment().base_currency;
  const v1::Order before = Encode(order, base);
  const absl::Status status = lifecycle::Cancel(order, std::move(reason), cancel_time);
  if (!status.ok()) return status;
  work_.orders.Change(order);
  work_.Strike(order.customer, order.id);
  ServiceProjects(work_).CancelFor(order);
  auto event = std::make_unique<v1::OrderCancelled>();
  *event->mutable_order() = Encode(order, base);
  work_.Record(order.customer, before.name(), &before, event->order());
  work_.Announce(order.customer, cancel_time, std::move(event));
  return absl::OkStatus();
}

absl::StatusOr<OrderReturn> OrderCorrections::TakeBack(Order& order, OrderReturn draft) {
  const std::string& base = work_.environment().base_currency;
  draft.id = Id::New(work_.now());
  draft.order = order.id;
  draft.create_time = work_.now();
  const absl::Status status = lifecycle::TakeBack(order, draft);
  if (!status.ok()) return status;
  work_.orders.Change(order);
  work_.AddReturn(draft);
  const v1::OrderReturn after = Encode(draft, order.currency, base);
  work_.Record(order.customer, after.name(), nullptr, after);
  // Goods that cost nothing and for which nothing is credited change nobody's value.
  if (draft.base_amount > Decimal() || draft.base_cost > Decimal()) {
    auto event = std::make_unique<v1::OrderReturned>();
    event->set_order_return(after.name());
    *event->mutable_order() = Encode(order, base);
    *event->mutable_base_amount() = after.base_amount();
    *event->mutable_base_cost() = after.base_cost();
    work_.Announce(order.customer, draft.return_time, std::move(event));
  }
  return draft;
}

}  // namespace clientele::lifecycle
