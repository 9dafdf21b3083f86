#ifndef VALUE_SVC_RPC_CONDITION_H_
#define VALUE_SVC_RPC_CONDITION_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "servicekit/mysql/sql.h"

namespace clientele::value {

// A policy's condition, in the language that PolicyService documents, as a condition of SQL over the tables
// that StandingStore joins; days in it are counted until `as_of`. INVALID_ARGUMENT on `field`, with the
// position and what is allowed.
absl::StatusOr<servicekit::Sql> CompileCondition(std::string_view field, const std::string& condition,
                                                 absl::Time as_of);

}  // namespace clientele::value

#endif  // VALUE_SVC_RPC_CONDITION_H_
