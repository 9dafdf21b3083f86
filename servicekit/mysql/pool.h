#ifndef SERVICEKIT_MYSQL_POOL_H_
#define SERVICEKIT_MYSQL_POOL_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace servicekit {

class Connection;  // connection.h; the only includer of cppconn besides row.cc and error.cc.

struct MysqlOptions {
  std::string address;  // `host:port`, or the path of a Unix socket.
  std::string schema;
  std::string user;
  std::string
      password_file;  // A path, never a value. Empty: no password. Read again for each new connection.
  std::string
      tls_ca_file;  // When set, the server's certificate is verified and a plain connection is refused.
  int connections = 16;
  absl::Duration connect_timeout = absl::Seconds(5);
  absl::Duration read_timeout = absl::Seconds(30);
};

// A bounded pool of connections, each with its cache of prepared statements. Connections are opened when
// first needed, checked after idling, and thrown away once lost or in doubt; a returned one has no open
// transaction. A statement that still runs a moment after the deadline that its connection was taken with is
// ended (KILL QUERY), so that slow ones do not hold all workers after their callers have gone.
class Pool {
 public:
  explicit Pool(MysqlOptions options);
  ~Pool();
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  // A lease on one connection, given back when it is destroyed.
  class Lease {
   public:
    Lease(Lease&&) noexcept;
    Lease& operator=(Lease&&) = delete;
    ~Lease();
    Connection& operator*() const { return *connection_; }
    Connection* operator->() const { return connection_.get(); }
    void Discard();  // Closes the connection instead of giving it back.
    // What runs now is not ended at the deadline: COMMIT, whose outcome would be in doubt.
    void Uninterrupted();

   private:
    friend class Pool;
    Lease(Pool* pool, std::unique_ptr<Connection> connection);
    Pool* pool_;
    std::unique_ptr<Connection> connection_;
  };

  // DEADLINE_EXCEEDED when none is free by then, UNAVAILABLE when the database cannot be reached.
  absl::StatusOr<Lease> Get(absl::Time deadline);

  const MysqlOptions& options() const;
  struct Usage {
    int open;
    int busy;
    int waiting;
  };
  Usage usage() const;  // For metrics.

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// What readiness asks: the database answers, and has all of `migrations` (`20261123000100`, …). A newer
// schema is fine: migrations suit the binary before them, too.
absl::Status CheckMigrations(Pool& pool, absl::Time deadline, const std::vector<std::string>& migrations);

}  // namespace servicekit

#endif  // SERVICEKIT_MYSQL_POOL_H_
