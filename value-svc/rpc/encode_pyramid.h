#ifndef VALUE_SVC_RPC_ENCODE_PYRAMID_H_
#define VALUE_SVC_RPC_ENCODE_PYRAMID_H_

#include <map>
#include <string>

#include "clientele/value/v1/score_service.pb.h"
#include "value-svc/domain/state_sums.h"

namespace clientele::value {

// All tiers in order, those without customers too.
v1::QueryPyramidResponse EncodePyramid(const PyramidSums& sums, const std::string& base_currency);

// By target market, in the order of the map.
v1::QueryTargetMarketValuesResponse EncodeTargetMarkets(const std::map<Id, PyramidSums>& markets,
                                                        const std::string& base_currency);

}  // namespace clientele::value

#endif  // VALUE_SVC_RPC_ENCODE_PYRAMID_H_
