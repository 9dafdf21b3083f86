#include "cli/import/mapping.h"

#include <algorithm>
#include <filesystem>

#include "servicekit/types/str_cat.h"

namespace clientele::cli {

using servicekit::StrCat;

namespace {

constexpr std::string_view kJsonLines = "records.jsonl";  // As `export` calls it.

}  // namespace

absl::StatusOr<Template> ParseTemplate(std::string_view text) {
  Template parsed;
  while (!text.empty()) {
    const size_t open = text.find('{');
    if (open != 0) parsed.pieces.push_back({false, std::string(text.substr(0, open))});
    if (open == std::string_view::npos) break;
    const size_t close = text.find('}', open);
    if (close == std::string_view::npos) {
      return absl::InvalidArgumentError(StrCat("`", text, "`: a brace is not closed"));
    }
    parsed.pieces.push_back({true, std::string(text.substr(open + 1, close - open - 1))});
    text.remove_prefix(close + 1);
  }
  return parsed;
}

absl::StatusOr<Mapping> DefaultMapping(const std::string& folder) {
  Mapping mapping;
  std::string files;
  for (const Kind& kind : Kinds()) {
    servicekit::StrAppend(&files, files.empty() ? "" : ", ", kind.file);
    const std::string path = StrCat(folder, "/", kind.file);
    if (!std::filesystem::exists(path)) continue;
    auto reader = CsvReader::Open(path, {});
    if (!reader.ok()) return reader.status();
    CsvRow header;
    if (!(*reader)->Next(&header)) continue;
    RecordMapping record;
    record.kind = &kind;
    record.file = kind.file;
    record.system = "csv";
    auto take = [&](std::string_view column) {
      record.fields[std::string(column)].text.pieces = {{.is_column = true, .text = std::string(column)}};
    };
    const auto has = [&](std::string_view column) {
      return std::find(header.fields.begin(), header.fields.end(), column) != header.fields.end();
    };
    for (const Field& field : kind.fields) {
      if (field.required || has(field.column)) take(field.column);
    }
    if (has("currency")) take("currency");
    if (has("system")) take("system");
    if (kind.name == "customer") {
      for (const std::string& column : header.fields) {
        if (!AttributeIdOf(column).empty()) take(column);
      }
    }
    mapping.records.push_back(std::move(record));
  }
  if (const std::string path = StrCat(folder, "/", kJsonLines); std::filesystem::exists(path)) {
    mapping.json_lines.push_back(path);
  }
  if (mapping.records.empty() && mapping.json_lines.empty()) {
    return absl::NotFoundError(StrCat(folder, ": has neither a mapping.yaml nor one of the default files (",
                                      files, ", ", kJsonLines, "); name a mapping with --mapping"));
  }
  return mapping;
}

bool Mapping::NamesAttributes() const {
  return std::any_of(records.begin(), records.end(), [](const RecordMapping& record) {
    return std::any_of(record.fields.begin(), record.fields.end(),
                       [](const auto& field) { return !AttributeIdOf(field.first).empty(); });
  });
}

void Mapping::SetAttributes(const AttributeTypes& attributes) {
  for (RecordMapping& record : records) record.attributes = attributes;
}

absl::StatusOr<Mapping> MappingFor(const std::string& folder, const std::string& path) {
  if (std::filesystem::is_regular_file(folder) && std::string_view(folder).ends_with(".jsonl")) {
    return Mapping{.json_lines = {folder}};
  }
  if (!std::filesystem::is_directory(folder)) {
    return absl::NotFoundError(
        StrCat(folder, ": is neither a folder that holds CSV files nor a file of JSON lines (.jsonl)"));
  }
  if (!path.empty()) return LoadMapping(path);
  if (const std::string own = StrCat(folder, "/mapping.yaml"); std::filesystem::exists(own))
    return LoadMapping(own);
  return DefaultMapping(folder);
}

}  // namespace clientele::cli
