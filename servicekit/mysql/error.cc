#include "servicekit/mysql/error.h"

#include <cppconn/exception.h>

#include "servicekit/telemetry/log.h"

// Numbers, not SQLSTATE: 1205 and 2013 are both HY000.
namespace servicekit {

MysqlError KindOf(const sql::SQLException& error) {
  switch (error.getErrorCode()) {
    case 1020:  // MariaDB with innodb_snapshot_isolation: the row changed since the snapshot.
    case 1205:  // Lock wait timeout. Only the statement was undone, so roll back, then rerun.
    case 1615:  // A table changed its shape while a prepared statement was used.
    case 1213:  // Deadlock, or a certification failure on Galera.
      return MysqlError::kConflict;
    case 1053:  // The server is shutting down.
    case 1243:  // The session has forgotten its prepared statements: a proxy has moved it.
    case 1927:  // KILL, as MariaDB says it.
    case 2006:  // Gone away.
    case 2013:  // Lost during the query, also OPT_READ_TIMEOUT.
    case 2014:  // Commands out of sync: the connection is of no use any more.
    case 2055:  // Lost, with a system error.
    case 3169:  // KILL, as MySQL 8 says it.
    case 4031:  // MySQL 8 closed it for idling.
      return MysqlError::kLost;
  }
  return MysqlError::kOther;
}

absl::Status FromSqlException(const sql::SQLException& error) {
  const int code = error.getErrorCode();
  // A conflict and a duplicate key are everyday; their texts hold row values, so they are not logged.
  if (KindOf(error) == MysqlError::kConflict) {
    return absl::AbortedError("conflicted with a concurrent transaction");
  }
  if (code == 1062) return absl::AlreadyExistsError("a row with this key already exists");

  Log(LogLevel::kError, "mysql",
      {{"code", code}, {"sqlstate", error.getSQLStateCStr()}, {"text", error.what()}});
  if (KindOf(error) == MysqlError::kLost) return absl::UnavailableError("the database connection was lost");
  switch (code) {
    case 1040:  // Too many connections, of all users,
    case 1203:  // or of this one.
    case 1044:
    case 1045:
    case 1049:
    case 1698:  // Refused at the door: a secret or grant that is being changed.
    case 2002:
    case 2003:
    case 2005:
    case 2026:  // Not reachable; TLS refused.
      return absl::UnavailableError("the database cannot be reached");
    case 1290:
    case 1792:
    case 1836:
    case 3707:  // Read-only, as after a failover.
      return absl::UnavailableError("the database does not take writes at the moment");
    case 1317:  // KILL QUERY
    case 1969:
    case 3024:  // max_statement_time, max_execution_time.
      return absl::DeadlineExceededError("the database gave up on a statement");
    case 3:
    case 1021:
    case 1026:
    case 1114:  // No space.
      return absl::ResourceExhaustedError("the database has no space left");
  }
  return absl::InternalError("the database refused the request");
}

}  // namespace servicekit
