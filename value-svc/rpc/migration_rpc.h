#ifndef VALUE_SVC_RPC_MIGRATION_RPC_H_
#define VALUE_SVC_RPC_MIGRATION_RPC_H_

#include "clientele/value/v1/migration_service.grpc.pb.h"
#include "value-svc/rpc/calls.h"

namespace clientele::value {

// MigrationService: who moved between tiers.
class MigrationRpc final : public v1::MigrationService::CallbackService {
 public:
  explicit MigrationRpc(Backend backend);
  ~MigrationRpc() override;

  CLIENTELE_RPC(QueryMigration, v1::QueryMigrationResponse)
  CLIENTELE_RPC(ListMigrations, v1::ListMigrationsResponse)

 private:
  const Backend backend_;
};

}  // namespace clientele::value

#endif  // VALUE_SVC_RPC_MIGRATION_RPC_H_
