#include "cli/import/mapping.h"

#include <algorithm>
#include <filesystem>

#include "servicekit/types/str_cat.h"

namespace clientele::cli {

using servicekit::StrCat;

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
    mapping.records.push_back(std::move(record));
  }
  if (mapping.records.empty()) {
    return absl::NotFoundError(StrCat(folder, ": has neither a mapping.yaml nor one of the default files (",
                                      files, "); name a mapping with --mapping"));
  }
  return mapping;
}

absl::StatusOr<Mapping> MappingFor(const std::string& folder, const std::string& path) {
  if (!std::filesystem::is_directory(folder)) {
    return absl::NotFoundError(StrCat(folder, ": is not a folder; give the folder that holds the CSV files"));
  }
  if (!path.empty()) return LoadMapping(path);
  if (const std::string own = StrCat(folder, "/mapping.yaml"); std::filesystem::exists(own))
    return LoadMapping(own);
  return DefaultMapping(folder);
}

}  // namespace clientele::cli
