#include "cli/import/json_lines.h"

#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "clientele/customer/v1/import_service.pb.h"
#include "clientele/lifecycle/v1/import_service.pb.h"
#include "nlohmann/json.hpp"
#include "servicekit/types/str_cat.h"

namespace clientele::cli {
namespace {

using google::protobuf::Message;
using nlohmann::json;
using servicekit::StrCat;

// As of a CSV file's row.
constexpr size_t kMaxLineBytes = 1 << 20;
// Deeper nesting than this is a cycle, which the service refuses row by row.
constexpr int kMaxLevels = 50;

struct Place {
  int64_t offset = 0, line = 0;
  int level = 0;
};

// `system:id` of a record's own external id, and of its parent's; empty where it has none.
std::string IdText(const json& id) {
  if (!id.is_object()) return "";
  const auto text = [&](const char* key) {
    const auto found = id.find(key);
    return found != id.end() && found->is_string() ? found->get<std::string>() : std::string();
  };
  return StrCat(text("system"), ":", text("id"));
}
const json& At(const json& object, const char* camel, const char* snake) {
  static const json kNothing;
  if (!object.is_object()) return kNothing;
  for (const char* key : {camel, snake}) {
    if (const auto found = object.find(key); found != object.end()) return *found;
  }
  return kNothing;
}
std::vector<std::string> IdsOf(const Kind& kind, const json& record) {
  const std::string name(kind.name);
  const json& resource = At(record, name.c_str(), name.c_str());
  std::vector<std::string> ids;
  if (const json& one = At(resource, "externalId", "external_id"); one.is_object())
    ids.push_back(IdText(one));
  if (const json& several = At(resource, "externalIds", "external_ids"); several.is_array()) {
    for (const json& one : several) ids.push_back(IdText(one));
  }
  return ids;
}
std::string ParentOf(const json& record) {
  const json& parent = At(record, "parent", "parent");
  return IdText(At(parent, "externalId", "external_id"));
}

// What kind of record the line is, and the record: the only one of its keys that names a kind.
struct Named {
  const Kind* kind = nullptr;
  const json* record = nullptr;
};
Named KindOf(const json& line) {
  Named named;
  if (!line.is_object()) return named;
  for (const auto& [key, value] : line.items()) {
    for (const Kind& each : Kinds()) {
      const auto* field = ImportRecordOf(each.service)->FindFieldByName(std::string(each.name));
      if (field == nullptr || (key != field->json_name() && key != field->name())) continue;
      if (named.kind != nullptr) return {};
      named = {&each, &value};
    }
  }
  return named;
}

std::unique_ptr<Message> NewRecord(const Kind& kind) {
  if (kind.service == ImportService::kCustomer) return std::make_unique<customer::v1::ImportRecord>();
  return std::make_unique<lifecycle::v1::ImportRecord>();
}

class JsonLinesSource final : public RecordSource {
 public:
  JsonLinesSource(const std::string& path, const Kind& kind, std::vector<Place> places)
      : file_(path, std::ios::binary),
        name_(std::filesystem::path(path).filename()),
        kind_(kind),
        places_(std::move(places)) {}

  const Kind& kind() const override { return kind_; }
  bool nested() const override { return !places_.empty() && places_.back().level > 0; }
  int64_t bytes_read() const override { return bytes_read_; }
  int64_t bytes_total() const override { return bytes_total_; }
  void SetBytes(int64_t total) { bytes_total_ = total; }

  bool Next(SourceRecord* next) override {
    if (at_ == places_.size()) return false;
    const Place& place = places_[at_++];
    // Lines of the same level follow each other, so this seldom moves.
    if (position_ != place.offset) file_.seekg(place.offset);
    std::string line;
    if (!std::getline(file_, line)) file_.clear();
    position_ = place.offset + static_cast<int64_t>(line.size()) + 1;
    bytes_read_ += static_cast<int64_t>(line.size()) + 1;
    *next = SourceRecord{{name_, place.line, &kind_, {line}}, nullptr, std::nullopt};
    Read(line, next);
    return true;
  }

 private:
  void Read(const std::string& line, SourceRecord* next) const {
    const auto reject = [&](std::string reason) {
      next->record.reset();
      next->rejection = {"", std::move(reason)};
    };
    if (line.size() > kMaxLineBytes) {
      next->origin.row = {line.substr(0, 1000)};
      return reject("is longer than a record may be (1 MiB)");
    }
    // protobuf's own reader would take half of what is no JSON.
    const json parsed = json::parse(line, nullptr, false);
    if (parsed.is_discarded()) return reject("is not a line of JSON");
    if (KindOf(parsed).kind != &kind_) {
      return reject("is no record: it has to have exactly one of team, representative, customer, contact, …");
    }
    next->record = NewRecord(kind_);
    const auto status = google::protobuf::util::JsonStringToMessage(line, next->record.get());
    if (!status.ok()) reject(StrCat("is no record: ", std::string(status.message())));
  }

  std::ifstream file_;
  const std::string name_;
  const Kind& kind_;
  const std::vector<Place> places_;
  size_t at_ = 0;
  int64_t position_ = 0, bytes_read_ = 0, bytes_total_ = 0;
};

// Where the records of each kind are, as one look at the file tells.
class Scan {
 public:
  void Line(const std::string& text, int64_t offset, int64_t line) {
    const json parsed = text.size() > kMaxLineBytes ? json() : json::parse(text, nullptr, false);
    const auto [kind, record] = KindOf(parsed);
    if (kind == nullptr) {
      strange_.push_back({offset, line});
      return;
    }
    std::vector<Place>& places = places_[kind];
    if (std::string parent = ParentOf(*record); parent.size() > 1) {
      for (std::string& id : IdsOf(*kind, *record)) parents_[kind].emplace(std::move(id), parent);
      children_[kind].emplace_back(places.size(), std::move(parent));
    }
    places.push_back({offset, line});
  }

  std::vector<std::unique_ptr<RecordSource>> Sources(const std::string& path, int64_t bytes) {
    if (places_.empty() && !strange_.empty()) places_[FindKind("customer")] = {};
    std::vector<std::unique_ptr<RecordSource>> sources;
    int64_t records = static_cast<int64_t>(strange_.size());
    for (const auto& [kind, places] : places_) records += static_cast<int64_t>(places.size());
    for (auto& [kind, places] : places_) {
      for (const auto& [index, parent] : children_[kind]) places[index].level = 1 + LevelOf(kind, parent);
      places.insert(places.end(), strange_.begin(), strange_.end());
      strange_.clear();
      std::stable_sort(places.begin(), places.end(), [](const Place& a, const Place& b) {
        return std::pair(a.level, a.offset) < std::pair(b.level, b.offset);
      });
      const int64_t share = records == 0 ? 0 : bytes * static_cast<int64_t>(places.size()) / records;
      auto source = std::make_unique<JsonLinesSource>(path, *kind, std::move(places));
      source->SetBytes(share);
      sources.push_back(std::move(source));
    }
    return sources;
  }

 private:
  int LevelOf(const Kind* kind, const std::string& id) {
    const auto& parents = parents_[kind];
    int level = 0;
    for (auto at = parents.find(id); at != parents.end() && level < kMaxLevels; at = parents.find(at->second))
      ++level;
    return level;
  }

  std::map<const Kind*, std::vector<Place>> places_;  // Kinds() lie in their order.
  std::map<const Kind*, std::vector<std::pair<size_t, std::string>>> children_;
  std::map<const Kind*, absl::flat_hash_map<std::string, std::string>> parents_;
  std::vector<Place> strange_;  // What is no record.
};

}  // namespace

absl::StatusOr<std::vector<std::unique_ptr<RecordSource>>> OpenJsonLines(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return absl::NotFoundError(StrCat(path, ": cannot be read; is the path right?"));
  Scan scan;
  std::string text;
  int64_t offset = 0, line = 0;
  while (std::getline(file, text)) {
    ++line;
    if (text.find_first_not_of(" \t\r") != std::string::npos) scan.Line(text, offset, line);
    offset += static_cast<int64_t>(text.size()) + 1;
  }
  return scan.Sources(path, offset);
}

}  // namespace clientele::cli
