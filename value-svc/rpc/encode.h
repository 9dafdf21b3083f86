#ifndef VALUE_SVC_RPC_ENCODE_H_
#define VALUE_SVC_RPC_ENCODE_H_

#include <string>

#include "clientele/value/v1/fact_service.pb.h"
#include "clientele/value/v1/score_service.pb.h"
#include "clientele/value/v1/scoring_run_service.pb.h"
#include "google/type/money.pb.h"
#include "value-svc/domain/fact.h"
#include "value-svc/domain/score.h"
#include "value-svc/domain/scoring_model.h"
#include "value-svc/domain/scoring_run.h"

namespace clientele::value {

// Amounts carry the base currency, which nobody knows before the first amount has come: then it is empty.
google::type::Money EncodeMoney(Decimal amount, const std::string& base_currency);

v1::Fact Encode(const Fact& fact, const std::string& base_currency);
// `model` is the one in force, or the one that the score was made with, if that is another.
v1::Score Encode(const Score& score, const ScoringModel& model);
v1::ScoringModel Encode(const ScoringModel& model);
v1::ScoringRun Encode(const ScoringRun& run, const RunProgress& progress);

}  // namespace clientele::value

#endif  // VALUE_SVC_RPC_ENCODE_H_
