#ifndef CUSTOMER_SVC_OPERATIONS_STORES_H_
#define CUSTOMER_SVC_OPERATIONS_STORES_H_

#include <type_traits>

#include "customer-svc/store/attribute_store.h"
#include "customer-svc/store/child_store.h"
#include "customer-svc/store/customer_store.h"
#include "customer-svc/store/erasure_store.h"
#include "customer-svc/store/events.h"
#include "customer-svc/store/hierarchy_store.h"
#include "customer-svc/store/history_store.h"
#include "customer-svc/store/import_store.h"
#include "customer-svc/store/match_store.h"
#include "customer-svc/store/merge_store.h"
#include "customer-svc/store/ownership_store.h"
#include "customer-svc/store/requirement_store.h"
#include "customer-svc/store/search_store.h"
#include "customer-svc/store/target_market_store.h"
#include "customer-svc/store/team_store.h"
#include "customer-svc/store/timeline_store.h"
#include "customer-svc/store/transfer_store.h"

namespace clientele::customer {

// Everything that this service keeps. None of it holds state of its own but the feed, so one serves all
// threads.
struct Stores {
  explicit Stores(servicekit::FeedPublisher& feed) : events(feed) {}

  CustomerStore customers;
  ChildStore<Contact> contacts;
  ChildStore<Need> needs;
  ChildStore<Interaction> interactions;
  TeamStore teams;
  RequirementStore requirements;
  AttributeStore attributes;
  TimelineStore timeline;
  HierarchyStore hierarchy;
  SearchStore search;
  TargetMarketStore target_markets;
  HistoryStore history;
  OwnershipStore ownerships;
  TransferStore transfers;
  MatchStore matches;
  MergeStore merges;
  ErasureStore erasures;
  ImportStore imports;
  Events events;

  template <typename Child>
  ChildStore<Child>& children() {
    if constexpr (std::is_same_v<Child, Contact>) {
      return contacts;
    } else if constexpr (std::is_same_v<Child, Need>) {
      return needs;
    } else {
      return interactions;
    }
  }
};

}  // namespace clientele::customer

#endif  // CUSTOMER_SVC_OPERATIONS_STORES_H_
