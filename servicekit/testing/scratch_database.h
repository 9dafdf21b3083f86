#ifndef SERVICEKIT_TESTING_SCRATCH_DATABASE_H_
#define SERVICEKIT_TESTING_SCRATCH_DATABASE_H_

#include <memory>
#include <string>
#include <vector>

#include "servicekit/mysql/pool.h"
#include "servicekit/mysql/sql.h"

namespace servicekit {

// A schema of its own on the private engine that ./test starts (CLIENTELE_TEST_MYSQL is its socket), made
// from the real migrations and dropped at the end. Without the engine the test fails with a message that says
// what to run.
class ScratchDatabase {
 public:
  // Folders below the source root, as in {"customer-svc/migrations"}; servicekit's own tables are always
  // made.
  explicit ScratchDatabase(const std::vector<std::string>& migration_folders);
  ~ScratchDatabase();

  Pool& pool() { return *pool_; }
  // For a pool of other size, or through a FaultProxy.
  MysqlOptions options() const;
  const std::string& schema() const { return schema_; }
  // Runs any statement (DDL, triggers for faults) outside the pool; throws if it fails. Test code only, so
  // the text is free.
  void Execute(const std::string& statement);
  int64_t Count(const std::string& table);
  // Empties every table but schema_migrations and what the migrations themselves seeded.
  void Clear();

 private:
  std::string template_;  // The schema that it was copied from, made by dbmate once for all tests.
  std::string schema_;
  std::unique_ptr<Pool> pool_;
};

}  // namespace servicekit

#endif  // SERVICEKIT_TESTING_SCRATCH_DATABASE_H_
