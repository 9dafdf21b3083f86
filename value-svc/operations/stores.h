#ifndef VALUE_SVC_OPERATIONS_STORES_H_
#define VALUE_SVC_OPERATIONS_STORES_H_

#include "value-svc/store/customer_store.h"
#include "value-svc/store/fact_store.h"
#include "value-svc/store/merge_store.h"
#include "value-svc/store/model_store.h"
#include "value-svc/store/rescore_queue.h"
#include "value-svc/store/score_store.h"

namespace clientele::value {

// All tables of the service. Shared by all threads.
struct Stores {
  CustomerStore customers;
  FactStore facts;
  MergeStore merges;
  ModelStore models;
  RescoreQueue queue;
  ScoreStore scores;
};

}  // namespace clientele::value

#endif  // VALUE_SVC_OPERATIONS_STORES_H_
