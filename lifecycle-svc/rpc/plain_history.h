#ifndef LIFECYCLE_SVC_RPC_PLAIN_HISTORY_H_
#define LIFECYCLE_SVC_RPC_PLAIN_HISTORY_H_

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "absl/time/time.h"
#include "lifecycle-svc/domain/journey.h"

// For tests: what was done, as a ledger, and what it plainly comes to, without the service's rules.
namespace clientele::lifecycle {

// Something that happened to a customer, as it was asked for.
struct Happening {
  enum Kind { kEntered, kOpened, kOrdered, kMoved } kind;
  absl::Time time;
  int to = 0;                        // kMoved: the stage.
  std::optional<Id> representative;  // Whose work it was, and of which team.
  std::optional<Id> team;
  int64_t number = 0;  // In the order in which they were recorded.
};

// A transition, or an order that was none, as plainly worked out.
struct PlainMove {
  absl::Time time;
  int from = 0, to = 0;
  bool transition = false;
  bool later_order = false;  // An order that is not the first.
  std::optional<Id> representative, team;
};

struct Plain {
  int stage = 0, furthest = 0, lost_from = 0, recycled = 0;
  absl::Time entered, since;
  std::vector<PlainMove> moves;
};

// What happened until `as_of`, told in order. Stages are numbers: 1 to 5 the way, 6 LOST, 7 DORMANT.
inline Plain Tell(std::vector<Happening> happenings, absl::Time as_of) {
  std::sort(happenings.begin(), happenings.end(), [](const Happening& a, const Happening& b) {
    return std::tie(a.time, a.number) < std::tie(b.time, b.number);
  });
  Plain plain;
  int orders = 0, left = 0;
  for (const Happening& happening : happenings) {
    if (happening.time > as_of) break;
    int to = happening.to;
    if (happening.kind == Happening::kEntered) to = plain.stage == 0 ? 1 : plain.stage;
    if (happening.kind == Happening::kOpened) to = 3;
    if (happening.kind == Happening::kOrdered) to = ++orders == 1 ? 4 : 5;
    const bool evidence = happening.kind == Happening::kOpened || happening.kind == Happening::kOrdered;
    if (evidence && plain.stage <= 5 && plain.stage >= to) to = plain.stage;
    PlainMove move;
    move.time = happening.time;
    move.from = plain.stage;
    move.to = to;
    move.transition = to != plain.stage;
    move.later_order = happening.kind == Happening::kOrdered && orders > 1;
    move.representative = happening.representative;
    move.team = happening.team;
    if (move.transition) {
      if (plain.stage == 0) plain.entered = happening.time;
      const bool back = plain.stage >= 6 ? to <= 5 : (plain.stage >= 1 && to <= 5 && to < plain.stage);
      if (back) ++plain.recycled;
      if (to >= 6 && plain.stage <= 5) left = plain.stage;
      if (to <= 5) plain.furthest = std::max(plain.furthest, to);
      plain.stage = to;
      plain.since = happening.time;
      plain.lost_from = to == 6 ? left : 0;
    }
    plain.moves.push_back(move);
  }
  return plain;
}

struct LedgerCustomer {
  KnownCustomer known;
  std::vector<Happening> happenings;
  std::map<int64_t, Id> products;         // By the number of the deal or order.
  std::vector<absl::Time> finished_work;  // When service projects were completed.
};

// Since when a deal was said to be worth what, and how probable.
struct LedgerStep {
  absl::Time time;
  int64_t amount = 0;
  int percent = 0;
};

struct LedgerDeal {
  std::string name;
  size_t customer = 0;
  Id owner, product;
  absl::Time open, close = kForever;
  int outcome = 0;  // 1 won, 2 lost.
  int64_t amount = 0;
  int64_t kept = 0;  // Of a won one: what its order is worth, nothing when that was cancelled.
  std::vector<LedgerStep> steps;
};

struct LedgerOrder {
  std::string name;
  size_t customer = 0;
  int64_t number = 0;
  std::optional<size_t> deal;
  bool cancelled = false;
};

}  // namespace clientele::lifecycle

#endif  // LIFECYCLE_SVC_RPC_PLAIN_HISTORY_H_
