#ifndef SERVICEKIT_MYSQL_ERROR_H_
#define SERVICEKIT_MYSQL_ERROR_H_

#include "absl/status/status.h"

namespace sql {
class SQLException;
}

namespace servicekit {

// MySQL's error numbers come in kinds that callers treat differently.
enum class MysqlError {
  kConflict,  // Deadlock or lock wait timeout: run the transaction again.
  kLost,      // The connection is gone; in COMMIT, the outcome is unknown.
  kOther,
};

MysqlError KindOf(const sql::SQLException& error);

// Where the driver's exceptions end: logs what an operator needs and returns what a caller may know.
absl::Status FromSqlException(const sql::SQLException& error);

}  // namespace servicekit

#endif  // SERVICEKIT_MYSQL_ERROR_H_
