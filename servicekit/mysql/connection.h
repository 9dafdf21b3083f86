#ifndef SERVICEKIT_MYSQL_CONNECTION_H_
#define SERVICEKIT_MYSQL_CONNECTION_H_

#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <cppconn/connection.h>
#include <cppconn/prepared_statement.h>
#include <cppconn/statement.h>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "servicekit/mysql/pool.h"
#include "servicekit/mysql/row.h"
#include "servicekit/mysql/sql.h"

namespace servicekit {

// One session with the database and its prepared statements. Used by one thread at a time. Its methods throw
// sql::SQLException; whoever calls them turns it into a status (error.h).
//
// The session commits each statement by itself unless START TRANSACTION came before. The other way,
// autocommit=0, would save that round trip (about 15 µs) but cost one after each read, to let go of its
// snapshot, and a session that kept the wrong mode would lose writes in silence.
class Connection {
 public:
  // UNAVAILABLE when the database cannot be reached, within whole seconds of `deadline`.
  static absl::StatusOr<std::unique_ptr<Connection>> Open(const MysqlOptions& options, absl::Time deadline);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // The number of changed rows.
  int64_t Execute(const Sql& sql) { return Execute(sql.text(), sql.parameters()); }
  int64_t Execute(const std::string& text, const std::vector<Parameter>& parameters);
  absl::Status Query(const Sql& sql, absl::FunctionRef<absl::Status(const Row&)> read);
  // A statement without parameters or result, not prepared: START TRANSACTION, COMMIT, ROLLBACK.
  void Command(SqlText text);
  bool IsValid();

  // The largest statement that the server takes, in bytes.
  int64_t max_packet() const { return max_packet_; }
  // The server's number for this session.
  int64_t session() const { return session_; }
  // False for one that has served before, and may have died in the pool.
  bool fresh() const { return fresh_; }

 private:
  friend class Pool;
  friend class TestAdmin;  // servicekit/testing.
  struct Prepared;
  class Use;  // Takes a prepared statement from the cache for one execution.

  explicit Connection(std::unique_ptr<sql::Connection> connection);
  // Free SQL text, which services have no way to send: for making and breaking test databases. NULL is "".
  std::vector<std::vector<std::string>> RunFreeText(const std::string& text);

  std::unique_ptr<sql::Connection> connection_;
  std::unique_ptr<sql::Statement> command_;
  // Most recently used first; `statements_` finds them by text.
  std::list<Prepared> recent_;
  std::unordered_map<std::string_view, std::list<Prepared>::iterator> statements_;
  int64_t max_packet_ = 0;
  int64_t session_ = 0;
  bool fresh_ = true;
  absl::Time idle_since_;
};

}  // namespace servicekit

#endif  // SERVICEKIT_MYSQL_CONNECTION_H_
