#ifndef VALUE_SVC_STORE_SLICE_H_
#define VALUE_SVC_STORE_SLICE_H_

#include <optional>
#include <string>

#include "servicekit/access/row_rule.h"
#include "servicekit/mysql/sql.h"
#include "servicekit/types/id.h"

namespace clientele::value {

// Which customers a figure is over; all of them when nothing is set.
struct Slice {
  std::optional<servicekit::Id> team;  // With the teams below it.
  std::optional<servicekit::Id> owner;
  std::string industry;
  std::optional<servicekit::Id> target_market;
};

// ` AND …` for each part of the slice; `columns` are owner and team, `customer_id` is whose they are.
servicekit::Sql SliceCondition(const Slice& slice, const servicekit::RowColumns& columns,
                               servicekit::SqlText customer_id);

}  // namespace clientele::value

#endif  // VALUE_SVC_STORE_SLICE_H_
