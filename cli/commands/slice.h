#ifndef CLIENTELE_CLI_COMMANDS_SLICE_H_
#define CLIENTELE_CLI_COMMANDS_SLICE_H_

#include <CLI/CLI.hpp>

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cli/connection/gateway.h"
#include "google/protobuf/timestamp.pb.h"

namespace clientele::cli {

// Which customers a picture is over, as people name them.
struct Slice {
  std::string team, owner, industry, target_market;
};

// `--team` and `--owner`; with `all`, `--industry` and `--target-market`, too.
void AddSliceOptions(CLI::App* command, Slice* slice, bool all = false);

// The resource names of team and owner; empty where the slice has none.
struct SliceNames {
  std::string team, owner;
};
absl::StatusOr<SliceNames> FindSlice(Gateway& gateway, const Slice& slice);

// Puts all of the slice into a request or span that has all four fields.
template <typename Message>
absl::Status SetWholeSlice(Gateway& gateway, const Slice& slice, Message* message) {
  const absl::StatusOr<SliceNames> names = FindSlice(gateway, slice);
  if (!names.ok()) return names.status();
  message->set_team(names->team);
  message->set_owner(names->owner);
  message->set_industry(slice.industry);
  message->set_target_market(slice.target_market);
  return absl::OkStatus();
}

// A day (`2026-01-31`: its end, or now when it is today) or a time (`2026-01-31T09:30:00Z`), in UTC.
absl::StatusOr<google::protobuf::Timestamp> ParseTime(const std::string& option, const std::string& text);

}  // namespace clientele::cli

#endif  // CLIENTELE_CLI_COMMANDS_SLICE_H_
