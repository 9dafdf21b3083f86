#include "cli/commands/definitions.h"

#include <google/protobuf/util/json_util.h>

#include <fstream>
#include <iostream>
#include <set>
#include <vector>

#include "cli/commands/request_id.h"
#include "cli/render/text.h"
#include "clientele/customer/v1/attribute_service.grpc.pb.h"
#include "clientele/customer/v1/target_market_service.grpc.pb.h"
#include "servicekit/types/str_cat.h"

namespace clientele::cli {
namespace {

namespace v1 = customer::v1;
using servicekit::StrCat;
using Attributes = v1::AttributeService;
using TargetMarkets = v1::TargetMarketService;

// The messages of a file, a line each; none when there is no such file.
template <typename Message>
absl::StatusOr<std::vector<Message>> ReadLines(const std::string& folder, const char* name) {
  std::vector<Message> messages;
  std::ifstream file(StrCat(folder, "/", name), std::ios::binary);
  std::string text;
  for (int line = 1; std::getline(file, text); ++line) {
    if (text.find_first_not_of(" \t\r") == std::string::npos) continue;
    const auto read = google::protobuf::util::JsonStringToMessage(text, &messages.emplace_back());
    if (!read.ok()) {
      return absl::InvalidArgumentError(
          StrCat(name, ":", line, ": is no definition: ", std::string(read.message())));
    }
  }
  return messages;
}

// Those that were made, or would have been.
absl::StatusOr<v1::ListAttributesResponse> ImportAttributes(const std::string& folder, bool dry_run,
                                                            Session& session) {
  const auto wanted = ReadLines<v1::Attribute>(folder, "attributes.jsonl");
  if (!wanted.ok()) return wanted.status();
  v1::ListAttributesResponse made;
  if (wanted->empty()) return made;
  const auto listed =
      session.gateway.Call<Attributes>(&Attributes::Stub::ListAttributes, v1::ListAttributesRequest());
  if (!listed.ok()) return listed.status();
  std::set<std::string> there;
  for (const v1::Attribute& attribute : listed->attributes()) there.insert(attribute.name());
  for (const v1::Attribute& attribute : *wanted) {
    if (!there.insert(attribute.name()).second) continue;
    *made.add_attributes() = attribute;
    if (dry_run) continue;
    v1::CreateAttributeRequest request;
    request.set_attribute_id(attribute.name().substr(attribute.name().find('/') + 1));
    *request.mutable_attribute() = attribute;
    request.set_request_id(NewRequestId());
    const auto created = session.gateway.Call<Attributes>(&Attributes::Stub::CreateAttribute, request);
    if (!created.ok()) return created.status();
  }
  return made;
}

absl::StatusOr<int64_t> ImportTargetMarkets(const std::string& folder, bool dry_run, Session& session) {
  const auto wanted = ReadLines<v1::TargetMarket>(folder, "target_markets.jsonl");
  if (!wanted.ok()) return wanted.status();
  if (wanted->empty()) return 0;
  const auto listed = session.gateway.Call<TargetMarkets>(&TargetMarkets::Stub::ListTargetMarkets,
                                                          v1::ListTargetMarketsRequest());
  if (!listed.ok()) return listed.status();
  std::set<std::string> there;
  for (const v1::TargetMarket& market : listed->target_markets()) there.insert(market.display_name());
  int64_t made = 0;
  for (const v1::TargetMarket& market : *wanted) {
    if (!there.insert(market.display_name()).second) continue;
    ++made;
    if (dry_run) continue;
    v1::CreateTargetMarketRequest request;
    *request.mutable_target_market() = market;
    request.mutable_target_market()->clear_name();
    request.set_request_id(NewRequestId());
    const auto created =
        session.gateway.Call<TargetMarkets>(&TargetMarkets::Stub::CreateTargetMarket, request);
    if (!created.ok()) return created.status();
  }
  return made;
}

}  // namespace

absl::StatusOr<v1::ListAttributesResponse> ImportDefinitions(const std::string& folder, bool dry_run,
                                                             Session& session) {
  auto made = ImportAttributes(folder, dry_run, session);
  if (!made.ok()) return made;
  const auto markets = ImportTargetMarkets(folder, dry_run, session);
  if (!markets.ok()) return markets.status();
  const int64_t attributes = made->attributes_size();
  if (!session.json && attributes + *markets > 0) {
    std::cout << "  " << FormatCount(attributes) << " custom attributes and " << FormatCount(*markets)
              << " target markets " << (dry_run ? "would be" : "were") << " made.\n";
    if (dry_run && attributes > 0) {
      std::cout
          << "  The attributes' values are read by their type only: there is nothing yet to check them by.\n";
    }
  }
  if (!dry_run) made->clear_attributes();
  return made;
}

}  // namespace clientele::cli
