#ifndef VALUE_SVC_RPC_ENCODE_MIGRATION_H_
#define VALUE_SVC_RPC_ENCODE_MIGRATION_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "clientele/value/v1/migration_service.pb.h"
#include "value-svc/domain/state_sums.h"
#include "value-svc/store/state_store.h"

namespace clientele::value {

// The matrix with all its rows and cells, those without customers too.
void EncodeMatrix(const std::vector<TierMove>& moves, const std::string& base_currency,
                  v1::QueryMigrationResponse* response);

// What customers of each tier are expected to bring, from the counts of the matrix and the mean profit of the
// later state. Nothing where the matrix cannot tell. INVALID_ARGUMENT never.
absl::Status EncodeExpectations(const std::vector<TierMove>& moves, int period_count, double discount,
                                const std::string& base_currency, v1::QueryMigrationResponse* response);

v1::CustomerMigration Encode(const StateStore::Moved& moved, const std::string& base_currency);

}  // namespace clientele::value

#endif  // VALUE_SVC_RPC_ENCODE_MIGRATION_H_
