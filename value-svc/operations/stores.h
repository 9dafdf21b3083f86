#ifndef VALUE_SVC_OPERATIONS_STORES_H_
#define VALUE_SVC_OPERATIONS_STORES_H_

#include "value-svc/store/action_store.h"
#include "value-svc/store/customer_store.h"
#include "value-svc/store/fact_store.h"
#include "value-svc/store/merge_store.h"
#include "value-svc/store/model_store.h"
#include "value-svc/store/policy_store.h"
#include "value-svc/store/rescore_queue.h"
#include "value-svc/store/run_score_store.h"
#include "value-svc/store/run_store.h"
#include "value-svc/store/score_store.h"
#include "value-svc/store/standing_store.h"
#include "value-svc/store/state_store.h"

namespace clientele::value {

// All tables of the service. Shared by all threads.
struct Stores {
  ActionStore actions;
  CustomerStore customers;
  FactStore facts;
  MergeStore merges;
  ModelStore models;
  PolicyStore policies;
  RescoreQueue queue;
  ScoreStore scores;
  RunStore runs;
  RunScoreStore run_scores;
  StandingStore standings;
  StateStore states;
};

}  // namespace clientele::value

#endif  // VALUE_SVC_OPERATIONS_STORES_H_
