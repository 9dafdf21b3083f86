#ifndef CLIENTELE_CLI_COMMANDS_SLICE_H_
#define CLIENTELE_CLI_COMMANDS_SLICE_H_

#include <CLI/CLI.hpp>

#include <string>

#include "absl/status/status.h"
#include "cli/commands/find.h"
#include "cli/connection/gateway.h"

namespace clientele::cli {

// The slices of reports, as people name them.
struct Slice {
  std::string team, owner, industry, target_market, product;
};

// `--team` and `--owner`.
inline void AddSliceOptions(CLI::App* command, Slice* slice) {
  command->add_option("--team", slice->team,
                      "Only this team and those below it: its name, system:id or teams/…");
  command->add_option("--owner", slice->owner,
                      "Only this representative's: name, system:id or representatives/…");
}

// … and the others.
inline void AddAllSliceOptions(CLI::App* command, Slice* slice) {
  AddSliceOptions(command, slice);
  command->add_option("--industry", slice->industry, "Only customers of this industry");
  command->add_option("--target-market", slice->target_market, "Only members of this one: targetMarkets/…");
  command->add_option("--product", slice->product,
                      "Only for this product: its name, system:id or products/…");
}

// Puts team and owner into the request.
template <typename Request>
absl::Status SetSlice(Gateway& gateway, const Slice& slice, Request* request) {
  if (!slice.team.empty()) {
    absl::StatusOr<std::string> team = FindTeam(gateway, slice.team);
    if (!team.ok()) return team.status();
    request->set_team(*team);
  }
  if (!slice.owner.empty()) {
    absl::StatusOr<std::string> owner = FindRepresentative(gateway, slice.owner);
    if (!owner.ok()) return owner.status();
    request->set_owner(*owner);
  }
  return absl::OkStatus();
}

// … and the others.
template <typename Request>
absl::Status SetAllSlices(Gateway& gateway, const Slice& slice, Request* request) {
  if (absl::Status set = SetSlice(gateway, slice, request); !set.ok()) return set;
  request->set_industry(slice.industry);
  request->set_target_market(slice.target_market);
  if (!slice.product.empty()) {
    absl::StatusOr<std::string> product = FindProduct(gateway, slice.product);
    if (!product.ok()) return product.status();
    request->set_product(*product);
  }
  return absl::OkStatus();
}

}  // namespace clientele::cli

#endif  // CLIENTELE_CLI_COMMANDS_SLICE_H_
