#include "servicekit/rpc/list_order.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "servicekit/types/error.h"

namespace servicekit {
namespace {

using testing::HasSubstr;

const OrderFields& Fields() {
  using Type = OrderFields::Type;
  static const auto& fields = *new OrderFields{"n.id",
                                               {{"name", Type::kId, "n.id"},
                                                {"title", Type::kText, "n.title"},
                                                {"create_time", Type::kTime, "n.create_time"}}};
  return fields;
}

std::string OrderByOf(std::string_view order_by) {
  const auto order = ListOrder::Parse(order_by, Fields());
  return order.ok() ? std::string(order->OrderBy().text()) : std::string(order.status().message());
}

TEST(ListOrder, AFieldComesBeforeTheIdInTheSameDirection) {
  EXPECT_EQ(OrderByOf(""), "n.id");
  EXPECT_EQ(OrderByOf(" name  desc "), "n.id DESC");
  EXPECT_EQ(OrderByOf("title"), "n.title, n.id");
  EXPECT_EQ(OrderByOf("create_time asc"), "n.create_time, n.id");
  EXPECT_EQ(OrderByOf("create_time desc"), "n.create_time DESC, n.id DESC");
}

TEST(ListOrder, AnythingElseIsRefusedWithWhatThereIs) {
  for (const char* wrong : {"size", "title up", "title,", "title, name", "title desc desc", "n.title", "'"}) {
    const absl::Status status = ListOrder::Parse(wrong, Fields()).status();
    ASSERT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << wrong;
    EXPECT_EQ(GetFieldViolations(status).front().field, "order_by") << wrong;
    EXPECT_THAT(std::string(status.message()), HasSubstr("name, title, create_time")) << wrong;
  }
}

TEST(ListOrder, APageGoesOnAfterItsLastRow) {
  const Id id = *Id::Parse("00000000000000000000000003");
  const absl::Time time = absl::FromUnixSeconds(1'700'000'000);
  const auto text = [&](std::string_view order_by, auto value) {
    const ListOrder order = *ListOrder::Parse(order_by, Fields());
    const Sql after = *order.After(order.KeyOf(id, value));
    return std::string(after.text()) + " of " + std::to_string(after.parameters().size());
  };
  EXPECT_EQ(text("name", time), "n.id > ? of 1");
  EXPECT_EQ(text("name desc", time), "n.id < ? of 1");
  EXPECT_EQ(text("create_time", time), "n.create_time >= ? AND (n.create_time > ? OR n.id > ?) of 3");
  EXPECT_EQ(text("title desc", "한빛"), "n.title <= ? AND (n.title < ? OR n.id < ?) of 3");
}

TEST(ListOrder, AKeyOfAnotherOrderIsRefused) {
  const auto field = [](std::string_view order_by, const PageKey& key) {
    const absl::Status status = ListOrder::Parse(order_by, Fields())->After(key).status();
    return status.ok() ? "" : GetFieldViolations(status).front().field;
  };
  const Id id = *Id::Parse("00000000000000000000000003");
  EXPECT_EQ(field("name", PageKey().Add("no id")), "page_token");
  EXPECT_EQ(field("create_time", PageKey().Add(id)), "page_token");
  EXPECT_EQ(field("create_time", PageKey().Add(id).Add("no time")), "page_token");
  EXPECT_EQ(field("title", PageKey().Add(id)), "page_token");
}

}  // namespace
}  // namespace servicekit
