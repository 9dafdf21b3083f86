#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "lifecycle-svc/contract/encode.h"
#include "lifecycle-svc/operations/follow_ups.h"
#include "lifecycle-svc/operations/stall.h"
#include "lifecycle-svc/operations/unit_of_work.h"
#include "lifecycle-svc/store/stall_store.h"

namespace clientele::lifecycle {
namespace {

// Customers of one transaction: locked for a moment only.
constexpr size_t kMostAtOnce = 200;

const StallRule* RuleOf(const std::vector<StallRule>& rules, const Standing& standing) {
  for (const StallRule& rule : rules) {
    if (rule.stage == standing.stage && rule.tier == standing.tier) return &rule;
  }
  return nullptr;
}

StallLevel DueLevel(const std::vector<StallRule>& rules, const Standing& standing, absl::Time now) {
  const StallRule* rule = RuleOf(rules, standing);
  if (rule == nullptr) return StallLevel::kNone;
  return NextLevel(*rule, standing.level, standing.level_time, standing.quiet_since, now);
}

// Customers at `level` for whom the next one is due.
absl::StatusOr<std::vector<Id>> FindNext(Transaction& tx, const StallRule& rule, StallLevel level,
                                         absl::Time now, int limit) {
  const auto before = QuietBefore(rule, static_cast<StallLevel>(static_cast<int>(level) + 1), now);
  const auto asked_before = AskedBefore(rule, level, now);
  if (!before.has_value() || !asked_before.has_value()) return std::vector<Id>();
  return StallStore::FindQuiet(tx, rule, level, *before, *asked_before, limit);
}

// Customers whose level is not what it should be; those that go back to the pool last, since what hinders
// them must not keep the others waiting.
absl::StatusOr<std::vector<Id>> FindDue(Transaction& tx, const std::vector<StallRule>& rules, absl::Time now,
                                        int limit, bool may_recycle) {
  std::vector<Id> due;
  absl::Status status;
  const auto take = [&](absl::StatusOr<std::vector<Id>> found) {
    if (!found.ok()) {
      status = found.status();
    } else {
      due.insert(due.end(), found->begin(), found->end());
    }
  };
  for (int number = 0; number < kStallLevelCount && status.ok(); ++number) {
    const auto level = static_cast<StallLevel>(number);
    for (const StallRule& rule : rules) {
      if (!status.ok()) break;
      if (level != StallLevel::kNone) {
        // Moved since, or their tier or the rule changed: those quiet for less than their level takes.
        const auto before = QuietBefore(rule, level, now);
        take(StallStore::FindAwake(tx, rule, level, before.value_or(absl::UnixEpoch()), limit));
      }
      if (level < StallLevel::kReassignment) take(FindNext(tx, rule, level, now, limit));
    }
    if (status.ok() && level != StallLevel::kNone) take(StallStore::FindBeside(tx, level, limit));
  }
  for (const StallRule& rule : rules) {
    if (may_recycle && status.ok()) take(FindNext(tx, rule, StallLevel::kReassignment, now, limit));
  }
  if (!status.ok()) return status;
  if (due.size() > kMostAtOnce) due.resize(kMostAtOnce);
  return due;
}

// Is done with what was asked before.
void Close(FollowUps& follow_ups, Id customer, const std::string& note) {
  for (const bool reassignment : {false, true}) {
    follow_ups.Close(customer, FollowUpKind::kStalled, StallCause(customer, reassignment), note);
  }
}

// Sets one customer to the level that is due, and tells who has to know.
absl::Status Escalate(UnitOfWork& work, FollowUps& follow_ups, const Standing& standing, StallLevel due) {
  const bool reassignment = due == StallLevel::kReassignment;
  if (due == StallLevel::kNone) {
    Close(follow_ups, standing.customer, "There was contact or progress.");
  } else if (due == StallLevel::kRecycled) {
    Close(follow_ups, standing.customer, "Given back to the team's pool.");
  } else {
    if (reassignment) Close(follow_ups, standing.customer, "Escalated to reassignment.");
    FollowUp draft;
    draft.customer = standing.customer;
    draft.kind = FollowUpKind::kStalled;
    // What lies in the pool is nobody's to ask but the manager's.
    const bool manager = due != StallLevel::kRepresentative || !standing.owner.has_value();
    draft.addressee = manager ? Addressee::kManager : Addressee::kRepresentative;
    draft.cause = StallCause(standing.customer, reassignment);
    draft.why = AskFor(due, standing.stage, standing.quiet_since, work.now());
    draft.due_time = work.now();
    follow_ups.Raise(std::move(draft));
  }
  return StallStore::SetLevel(work.tx(), standing.customer, due, work.now());
}

bool Recycles(const std::vector<StallRule>& rules, const Standing& standing, absl::Time now) {
  return standing.level != StallLevel::kRecycled && DueLevel(rules, standing, now) == StallLevel::kRecycled;
}

// Before the transaction: customer-svc gives the customer back to the pool, and tells of it by its feed. What
// it refuses for this one customer is kept in `refused`, the first of several; once it cannot be reached, it
// is not asked again.
absl::Status Release(const Environment& environment, const CallContext& call, const Standing& standing,
                     absl::Status& refused) {
  if (absl::IsUnavailable(refused) || absl::IsDeadlineExceeded(refused)) return refused;
  const absl::Status status =
      environment.directory.Release(call, standing.customer, standing.customer_version);
  // What customer-svc does not know is nobody's.
  if (status.ok() || absl::IsNotFound(status)) return absl::OkStatus();
  // ABORTED: changed meanwhile, perhaps somebody else's by now. Its feed will tell.
  if (!absl::IsAborted(status) && refused.ok()) refused = status;
  return status;
}

}  // namespace

std::string StallCause(Id customer, bool reassignment) {
  return JourneyName(customer) + (reassignment ? "/reassignment" : "");
}

absl::StatusOr<int> EscalateStalled(const Environment& environment, const CallContext& call, int limit,
                                    bool may_recycle) {
  const absl::Time now = environment.clock.Now();
  std::vector<StallRule> rules;
  std::vector<Standing> standings;
  const auto read = [&](Transaction& tx) -> absl::Status {
    auto listed = StallStore::ListRules(tx);
    if (!listed.ok()) return listed.status();
    rules = *std::move(listed);
    const auto due = FindDue(tx, rules, now, limit, may_recycle);
    if (!due.ok()) return due.status();
    auto found = StallStore::Get(tx, *due);
    if (found.ok()) standings = *std::move(found);
    return found.status();
  };
  absl::Status status = servicekit::RunQuery(environment.pool, call.deadline, read);
  if (!status.ok()) return status;

  std::vector<Id> customers;
  absl::flat_hash_set<Id> released;
  absl::Status refused;
  for (const Standing& standing : standings) {
    const bool recycles = Recycles(rules, standing, now);
    if (recycles && !may_recycle) continue;
    if (recycles && standing.owner.has_value()) {
      const absl::Status done = Release(environment, call, standing, refused);
      if (!done.ok()) continue;
      released.insert(standing.customer);
    }
    customers.push_back(standing.customer);
  }
  if (customers.empty()) return refused.ok() ? absl::StatusOr<int>(0) : refused;
  int changed = 0;
  status = servicekit::RunTransaction(environment.pool, call.deadline, [&](Transaction& tx) -> absl::Status {
    changed = 0;
    UnitOfWork work(environment, call, tx);
    FollowUps follow_ups(work);
    absl::Status done = work.Lock(customers, {});
    if (done.ok()) done = follow_ups.Load(customers);
    if (!done.ok()) return done;
    const auto current = StallStore::Get(tx, customers);
    if (!current.ok()) return current.status();
    for (const Standing& standing : *current) {
      const StallLevel due = DueLevel(rules, standing, now);
      if (due == standing.level) continue;
      // Became due, or somebody's, since it was looked for.
      if (due == StallLevel::kRecycled && standing.owner.has_value() &&
          !released.contains(standing.customer)) {
        continue;
      }
      done = Escalate(work, follow_ups, standing, due);
      if (!done.ok()) return done;
      ++changed;
    }
    return work.Flush();
  });
  if (!status.ok()) return status;
  // While others make progress, what was refused is tried again with them.
  if (changed == 0 && !refused.ok()) return refused;
  return changed;
}

}  // namespace clientele::lifecycle
