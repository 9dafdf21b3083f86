#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <fstream>

#include "cli/import/mapping.h"
#include "servicekit/types/str_cat.h"

// The mapping file, read strictly: an unknown key is a mistake, and the message says where and what is
// allowed.
namespace clientele::cli {
namespace {

using servicekit::StrCat;

class Loader {
 public:
  explicit Loader(const std::string& path) : path_(path) {}

  absl::StatusOr<Mapping> Load() {
    YAML::Node root;
    try {
      root = YAML::LoadFile(path_);
    } catch (const YAML::BadFile&) {
      return absl::NotFoundError(StrCat(path_, ": cannot be read; is the path right?"));
    } catch (const YAML::Exception& error) {
      return absl::InvalidArgumentError(
          StrCat(path_, ":", error.mark.line + 1, ": is not YAML: ", error.msg));
    }
    Mapping mapping{.path = path_};
    try {
      Root(root, &mapping);
    } catch (const YAML::Exception& error) {
      Fail(error.mark.line + 1, error.msg);
    }
    if (!error_.ok()) return error_;
    return mapping;
  }

 private:
  void Root(const YAML::Node& root, Mapping* mapping) {
    if (!CheckKeys(root, "a mapping", {"system", "currency", "time_zone", "records"})) return;
    RecordMapping defaults;
    defaults.system = Text(root["system"], "csv");
    defaults.currency = Text(root["currency"], "");
    TimeZone(root["time_zone"], &defaults);
    const YAML::Node records = root["records"];
    if (!records || !records.IsSequence() || records.size() == 0) {
      return Fail(LineOf(records ? records : root),
                  "`records` is missing: a list with an entry for each kind of record");
    }
    for (const YAML::Node& record : records) {
      RecordMapping next = defaults;
      Record(record, &next);
      mapping->records.push_back(std::move(next));
    }
    std::stable_sort(mapping->records.begin(), mapping->records.end(),
                     [](const auto& a, const auto& b) { return a.kind < b.kind; });
  }

  void Record(const YAML::Node& node, RecordMapping* record) {
    record->line = LineOf(node);
    if (!CheckKeys(node, "a record",
                   {"kind", "file", "delimiter", "encoding", "columns", "distinct", "only", "skip", "system",
                    "currency", "time_zone", "fields"})) {
      return;
    }
    std::vector<std::string_view> kinds;
    for (const Kind& kind : Kinds()) kinds.push_back(kind.name);
    const std::string kind = Text(node["kind"], "");
    record->kind = FindKind(kind);
    if (record->kind == nullptr) {
      return Fail(LineOf(node["kind"] ? node["kind"] : node),
                  StrCat("kind `", kind, "` is not known; ", Suggest(kind, kinds)));
    }
    record->file = Text(node["file"], record->kind->file);
    Format(node, record);
    record->distinct = node["distinct"] && node["distinct"].as<bool>();
    record->only = When(node["only"]);
    record->system = Text(node["system"], record->system);
    record->currency = Text(node["currency"], record->currency);
    TimeZone(node["time_zone"], record);
    for (const YAML::Node& rule : node["skip"]) {
      if (!CheckKeys(rule, "a skip rule", {"when", "reason"})) return;
      record->skip.push_back({When(rule["when"]), Text(rule["reason"], "")});
      if (record->skip.back().when.empty() || record->skip.back().reason.empty()) {
        return Fail(LineOf(rule), "a skip rule needs `when` and `reason`");
      }
    }
    Fields(node["fields"], record);
  }

  void Format(const YAML::Node& node, RecordMapping* record) {
    const std::string delimiter = Text(node["delimiter"], ",");
    static const std::map<std::string, char> kNames = {
        {"comma", ','}, {"semicolon", ';'}, {"tab", '\t'}, {"pipe", '|'}};
    if (delimiter == "whitespace") {
      record->format.whitespace = true;
    } else if (const auto named = kNames.find(delimiter); named != kNames.end()) {
      record->format.delimiter = named->second;
    } else if (delimiter.size() == 1 && delimiter != "\"") {
      record->format.delimiter = delimiter[0];
    } else {
      Fail(LineOf(node["delimiter"]),
           "`delimiter` is one character, or comma, semicolon, tab, pipe or whitespace");
    }
    record->format.encoding = Text(node["encoding"], "UTF-8");
    for (const YAML::Node& column : node["columns"]) record->columns.push_back(column.as<std::string>());
  }

  void Fields(const YAML::Node& node, RecordMapping* record) {
    if (!node || !node.IsMap()) {
      return Fail(node ? LineOf(node) : record->line,
                  StrCat("`fields` is missing: what each field of a ", record->kind->name, " is taken from"));
    }
    std::vector<std::string_view> names;
    for (const Field& field : record->kind->fields) names.push_back(field.column);
    names.insert(names.end(), {"currency", "system"});
    std::vector<std::string> attributes;  // Which there are, is asked later.
    for (const auto& pair : node) {
      std::string name = pair.first.as<std::string>();
      if (record->kind->name == "customer" && !AttributeIdOf(name).empty())
        attributes.push_back(std::move(name));
    }
    names.insert(names.end(), attributes.begin(), attributes.end());
    if (!CheckKeys(node, StrCat("a ", record->kind->name), names)) return;
    for (const auto& pair : node) record->fields[pair.first.as<std::string>()] = OneField(pair.second);
    for (const Field& field : record->kind->fields) {
      if (field.required && record->fields.count(std::string(field.column)) == 0) {
        Fail(LineOf(node), StrCat("a ", record->kind->name, " needs the field `", field.column, "`"));
      }
    }
  }

  FieldMapping OneField(const YAML::Node& node) {
    FieldMapping field;
    field.line = LineOf(node);
    if (node.IsScalar()) {
      field.text.pieces = {{.is_column = true, .text = node.as<std::string>()}};
      return field;
    }
    if (!CheckKeys(node, "a field",
                   {"column", "value", "text", "map", "default", "format", "times", "system", "when"})) {
      return field;
    }
    if (!!node["column"] + !!node["value"] + !!node["text"] != 1) {
      Fail(field.line,
           "a field has one of `column` (a column's name), `value` (the same for every row) or `text` "
           "(with columns in braces)");
      return field;
    }
    if (node["column"]) field.text.pieces = {{.is_column = true, .text = node["column"].as<std::string>()}};
    if (node["value"]) field.text.pieces = {{.is_column = false, .text = node["value"].as<std::string>()}};
    if (node["text"]) {
      absl::StatusOr<Template> text = ParseTemplate(node["text"].as<std::string>());
      if (!text.ok()) Fail(LineOf(node["text"]), servicekit::ToStd(text.status().message()));
      if (text.ok()) field.text = *std::move(text);
    }
    for (const auto& pair : node["map"])
      field.map[pair.first.as<std::string>()] = pair.second.as<std::string>();
    field.fallback = Text(node["default"], "");
    field.format = Text(node["format"], "");
    field.system = Text(node["system"], "");
    field.when = When(node["when"]);
    if (node["times"]) {
      const auto factor = servicekit::Decimal::Parse(node["times"].as<std::string>());
      if (!factor.ok()) Fail(LineOf(node["times"]), "`times` is a decimal number to multiply with");
      if (factor.ok()) field.times = *factor;
    }
    return field;
  }

  Conditions When(const YAML::Node& node) {
    Conditions conditions;
    if (!node) return conditions;
    if (!node.IsMap()) {
      Fail(LineOf(node), "a condition is written {column: value} or {column: [value, value]}");
      return conditions;
    }
    for (const auto& pair : node) {
      std::set<std::string>& values = conditions[pair.first.as<std::string>()];
      if (pair.second.IsSequence()) {
        for (const YAML::Node& value : pair.second) values.insert(Text(value, ""));
      } else {
        values.insert(Text(pair.second, ""));
      }
    }
    return conditions;
  }

  void TimeZone(const YAML::Node& node, RecordMapping* record) {
    if (!node) return;
    if (!absl::LoadTimeZone(node.as<std::string>(), &record->time_zone)) {
      Fail(LineOf(node),
           StrCat("time zone `", node.as<std::string>(), "` is not known; write it like Asia/Seoul or UTC"));
    }
  }

  bool CheckKeys(const YAML::Node& node, std::string_view what,
                 const std::vector<std::string_view>& allowed) {
    if (!node.IsMap()) {
      Fail(LineOf(node), StrCat(what, " is written as `key: value` lines"));
      return false;
    }
    for (const auto& pair : node) {
      const std::string key = pair.first.as<std::string>();
      if (std::find(allowed.begin(), allowed.end(), key) != allowed.end()) continue;
      Fail(LineOf(pair.first), StrCat("`", key, "` is not known in ", what, "; ", Suggest(key, allowed)));
      return false;
    }
    return true;
  }

  // The default where there is no node or nothing in it.
  static std::string Text(const YAML::Node& node, std::string_view fallback) {
    return node && !node.IsNull() ? node.as<std::string>() : std::string(fallback);
  }
  static int LineOf(const YAML::Node& node) { return node.Mark().line + 1; }

  void Fail(int line, std::string_view what) {
    if (error_.ok()) error_ = absl::InvalidArgumentError(StrCat(path_, ":", line, ": ", what));
  }

  const std::string path_;
  absl::Status error_;
};

}  // namespace

absl::StatusOr<Mapping> LoadMapping(const std::string& path) { return Loader(path).Load(); }

}  // namespace clientele::cli
