#ifndef CLIENTELE_CLI_COMMANDS_SLICE_H_
#define CLIENTELE_CLI_COMMANDS_SLICE_H_

#include <CLI/CLI.hpp>

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cli/commands/find.h"
#include "cli/connection/gateway.h"
#include "google/protobuf/timestamp.pb.h"

namespace clientele::cli {

// Which customers a picture is over, as people name them.
struct Slice {
  std::string team, owner, industry, target_market, product;
};

// `--team`, `--owner`, `--industry` and `--target-market`.
void AddSliceOptions(CLI::App* command, Slice* slice);
// … and `--product`.
void AddSliceOptionsWithProduct(CLI::App* command, Slice* slice);

// The resource names of team and owner; empty where the slice has none.
struct SliceNames {
  std::string team, owner;
};
absl::StatusOr<SliceNames> FindSlice(Gateway& gateway, const Slice& slice);

// Puts the slice into a request or span that has these four fields.
template <typename Message>
absl::Status SetSlice(Gateway& gateway, const Slice& slice, Message* message) {
  const absl::StatusOr<SliceNames> names = FindSlice(gateway, slice);
  if (!names.ok()) return names.status();
  message->set_team(names->team);
  message->set_owner(names->owner);
  message->set_industry(slice.industry);
  message->set_target_market(slice.target_market);
  return absl::OkStatus();
}

// … and the product.
template <typename Message>
absl::Status SetSliceWithProduct(Gateway& gateway, const Slice& slice, Message* message) {
  if (absl::Status set = SetSlice(gateway, slice, message); !set.ok()) return set;
  if (slice.product.empty()) return absl::OkStatus();
  absl::StatusOr<std::string> product = FindProduct(gateway, slice.product);
  if (!product.ok()) return product.status();
  message->set_product(*std::move(product));
  return absl::OkStatus();
}

// What a day (`2026-01-31`) stands for, in UTC: its first moment, or its last one (now when it is today).
enum class OfDay { kBegin, kEnd };
// A day, or a time (`2026-01-31T09:30:00Z`).
absl::StatusOr<google::protobuf::Timestamp> ParseTime(const std::string& option, const std::string& text,
                                                      OfDay of_day);

}  // namespace clientele::cli

#endif  // CLIENTELE_CLI_COMMANDS_SLICE_H_
