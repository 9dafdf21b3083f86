#ifndef VALUE_SVC_RPC_ENCODE_PYRAMID_H_
#define VALUE_SVC_RPC_ENCODE_PYRAMID_H_

#include <vector>

#include "clientele/value/v1/score_service.pb.h"
#include "value-svc/store/state_store.h"

namespace clientele::value {

// All tiers in order, those without customers too.
v1::QueryPyramidResponse EncodePyramid(const std::vector<StateStore::TierSum>& sums,
                                       StateStore::Values values, const std::string& base_currency);

}  // namespace clientele::value

#endif  // VALUE_SVC_RPC_ENCODE_PYRAMID_H_
