// customer-svc: profiles. See README.md beside this file.
#include "customer-svc/operations/background_steps.h"
#include "customer-svc/operations/stores.h"
#include "customer-svc/operations/target_market_search.h"
#include "customer-svc/rpc/attribute_service.h"
#include "customer-svc/rpc/completeness_service.h"
#include "customer-svc/rpc/customer_service.h"
#include "customer-svc/rpc/duplicate_service.h"
#include "customer-svc/rpc/feed_service.h"
#include "customer-svc/rpc/hierarchy_service.h"
#include "customer-svc/rpc/history_service.h"
#include "customer-svc/rpc/import_service.h"
#include "customer-svc/rpc/match_key_filler.h"
#include "customer-svc/rpc/merge_service.h"
#include "customer-svc/rpc/ownership_service.h"
#include "customer-svc/rpc/requirement_set_service.h"
#include "customer-svc/rpc/search_service.h"
#include "customer-svc/rpc/target_market_service.h"
#include "customer-svc/rpc/team_service.h"
#include "customer-svc/rpc/timeline_service.h"
#include "customer-svc/store/customer_index.h"
#include "servicekit/feed/publisher.h"
#include "servicekit/mysql/transaction.h"
#include "servicekit/server/server.h"
#include "servicekit/types/clock.h"

int main(int argc, char** argv) {
  using namespace clientele::customer;  // NOLINT(google-build-using-namespace): wiring of this one service.
  servicekit::Server server(servicekit::OptionsFromFlags(
      "customer-svc", "Customers, contacts, needs, interactions, teams.", argc, argv));
  const servicekit::Clock clock;
  servicekit::FeedPublisher feed(server.pool());
  Stores stores(feed);
  const Backend backend{server.executor(), server.pool(), stores, clock};

  CustomerService customers(backend);
  CompletenessService completeness(backend);
  RequirementSetService requirement_sets(backend);
  AttributeService attributes(backend);
  TimelineService timeline(backend);
  HierarchyService hierarchy(backend);
  SearchService search(backend);
  TargetMarketService target_markets(backend);
  TeamService teams(backend);
  OwnershipService ownerships(backend);
  DuplicateService duplicates(backend);
  MergeService merges(backend);
  HistoryService histories(backend);
  ImportService imports(backend);
  FeedService feeds(server.executor(), feed);
  server.Register(&customers);
  server.Register(&completeness);
  server.Register(&requirement_sets);
  server.Register(&attributes);
  server.Register(&timeline);
  server.Register(&hierarchy);
  server.Register(&search);
  server.Register(&target_markets);
  server.Register(&teams);
  server.Register(&ownerships);
  server.Register(&duplicates);
  server.Register(&merges);
  server.Register(&histories);
  server.Register(&imports);
  server.Register(&feeds);
  server.AddBackground([&] { feed.Start(); }, [&] { feed.Stop(); });
  BackgroundSteps target_market_search("the search for target markets' members",
                                       [&] { return SearchTargetMarkets(stores, server.pool(), clock); });
  server.AddBackground([&] { target_market_search.Start(); }, [&] { target_market_search.Stop(); });
  BackgroundSteps older_customers("older customers' way into the search index", [&] {
    return servicekit::RunInTransaction(
        server.pool(), clock.Now() + absl::Seconds(30),
        [](servicekit::Transaction& tx) { return IndexOlderCustomers(tx, 500); });
  });
  server.AddBackground([&] { older_customers.Start(); }, [&] { older_customers.Stop(); });
  MatchKeyFiller filler(backend);
  server.AddBackground([&] { filler.Start(); }, [&] { filler.Stop(); });
  server.RequireMigrations(CLIENTELE_MIGRATIONS);
  return server.Run();
}
