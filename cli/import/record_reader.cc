#include "cli/import/record_reader.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "clientele/customer/v1/import_service.pb.h"
#include "servicekit/types/str_cat.h"

namespace clientele::cli {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using servicekit::StrCat;

// Deeper nesting than this is a cycle, which the service refuses row by row.
constexpr int kMaxLevels = 50;

Message* MutableChild(Message* message, std::string_view field) {
  return message->GetReflection()->MutableMessage(
      message, message->GetDescriptor()->FindFieldByName(std::string(field)));
}

// The message and repeated field at the end of a path such as `order.lines`.
std::pair<Message*, const FieldDescriptor*> Follow(Message* message, std::string_view path) {
  for (size_t dot = path.find('.'); dot != std::string_view::npos; dot = path.find('.')) {
    message = MutableChild(message, path.substr(0, dot));
    path.remove_prefix(dot + 1);
  }
  return {message, message->GetDescriptor()->FindFieldByName(std::string(path))};
}

}  // namespace

absl::StatusOr<std::unique_ptr<RecordReader>> RecordReader::Open(const std::string& folder,
                                                                 const std::string& mapping_path,
                                                                 const RecordMapping& mapping) {
  std::unique_ptr<RecordReader> reader(new RecordReader(StrCat(folder, "/", mapping.file), mapping));
  if (absl::Status prepared = reader->Prepare(mapping_path); !prepared.ok()) return prepared;
  return reader;
}

RecordReader::RecordReader(std::string path, const RecordMapping& mapping)
    : path_(std::move(path)), mapping_(mapping) {}

absl::Status RecordReader::Prepare(const std::string& mapping_path) {
  if (absl::Status opened = Rewind(); !opened.ok()) return opened;
  file_bytes_ = static_cast<int64_t>(std::filesystem::file_size(path_));
  for (size_t i = 0; i < columns_.size(); ++i) column_index_.emplace(columns_[i], i);

  const auto at = [&](int line) { return mapping_path.empty() ? path_ : StrCat(mapping_path, ":", line); };
  const auto* oneof =
      ImportRecordOf(mapping_.kind->service)->FindFieldByName(std::string(mapping_.kind->name));
  for (const auto& [name, field] : mapping_.fields) {
    absl::StatusOr<Compiled> text = Compile(field, at(field.line));
    if (!text.ok()) return text.status();
    if (absl::Status known = CheckConditions(field.when, at(field.line)); !known.ok()) return known;
    CompiledField compiled{&field, FindField(*mapping_.kind, name), *std::move(text), std::nullopt};
    if (compiled.field != nullptr) compiled.writer.emplace(oneof->message_type(), compiled.field->path);
    if (const std::string id(AttributeIdOf(name)); !id.empty()) {
      if (absl::Status found = FindAttribute(id, at(field.line), compiled); !found.ok()) return found;
    }
    fields_.push_back(std::move(compiled));
  }
  if (absl::Status known = CheckConditions(mapping_.only, at(mapping_.line)); !known.ok()) return known;
  for (const SkipRule& rule : mapping_.skip) {
    if (absl::Status known = CheckConditions(rule.when, at(mapping_.line)); !known.ok()) return known;
  }
  if (mapping_.fields.count("parent") != 0) {
    FindLevels();
    return Rewind();
  }
  return absl::OkStatus();
}

absl::Status RecordReader::FindAttribute(const std::string& id, const std::string& where,
                                         CompiledField& field) const {
  const auto type = mapping_.attributes.find(id);
  if (type != mapping_.attributes.end()) {
    field.attribute = id;
    field.attribute_type = type->second;
    return absl::OkStatus();
  }
  std::vector<std::string_view> ids;
  for (const auto& [known, its_type] : mapping_.attributes) ids.push_back(known);
  return absl::InvalidArgumentError(
      StrCat(where, ": there is no custom attribute `", id, "`; ",
             ids.empty() ? "`clientele attributes create` makes one" : Suggest(id, std::move(ids))));
}

absl::Status RecordReader::Rewind() {
  auto csv = CsvReader::Open(path_, mapping_.format);
  if (!csv.ok()) return csv.status();
  csv_ = *std::move(csv);
  columns_ = mapping_.columns;
  if (columns_.empty()) {
    CsvRow header;
    if (!csv_->Next(&header))
      return absl::InvalidArgumentError(StrCat(path_, ": is empty; its first row names the columns"));
    columns_ = std::move(header.fields);
  }
  return absl::OkStatus();
}

absl::StatusOr<size_t> RecordReader::ColumnOf(const std::string& name, const std::string& where) const {
  const auto found = column_index_.find(name);
  if (found != column_index_.end()) return found->second;
  return absl::InvalidArgumentError(StrCat(where, ": ", mapping_.file, " has no column `", name, "`; ",
                                           Suggest(name, {columns_.begin(), columns_.end()})));
}

absl::StatusOr<RecordReader::Compiled> RecordReader::Compile(const FieldMapping& field,
                                                             const std::string& where) const {
  Compiled compiled;
  for (const Template::Piece& piece : field.text.pieces) {
    if (!piece.is_column) {
      compiled.push_back({Piece::kText, piece.text});
    } else if (piece.text == "file" && column_index_.count("file") == 0) {
      compiled.push_back({Piece::kFile, mapping_.file});
    } else if (piece.text == "line" && column_index_.count("line") == 0) {
      compiled.push_back({Piece::kLine, ""});
    } else {
      absl::StatusOr<size_t> column = ColumnOf(piece.text, where);
      if (!column.ok()) return column.status();
      compiled.push_back({Piece::kColumn, "", *column});
    }
  }
  return compiled;
}

absl::Status RecordReader::CheckConditions(const Conditions& conditions, const std::string& where) const {
  for (const auto& [column, values] : conditions) {
    if (absl::StatusOr<size_t> found = ColumnOf(column, where); !found.ok()) return found.status();
  }
  return absl::OkStatus();
}

void RecordReader::FindLevels() {
  CsvRow row;
  while (csv_->Next(&row)) {
    if (!row.error.empty() || !Matches(mapping_.only, row)) continue;
    std::string parent = EvaluateColumn("parent", row);
    if (!parent.empty()) parents_.emplace(EvaluateColumn("external_id", row), std::move(parent));
  }
  for (const auto& [id, parent] : parents_) last_level_ = std::max(last_level_, LevelOf(id));
}

int RecordReader::LevelOf(const std::string& id) const {
  int level = 0;
  for (auto at = parents_.find(id); at != parents_.end() && level < kMaxLevels;
       at = parents_.find(at->second))
    ++level;
  return level == kMaxLevels ? 1 : level;
}

bool RecordReader::Next(SourceRecord* next) {
  while (true) {
    CsvRow row;
    if (csv_->Next(&row)) {
      SourceRecord read;
      if (!Read(row, &read)) continue;
      if (JoinsPending(read)) {
        Join(read);
        continue;
      }
      if (mapping_.kind->lists.empty()) {
        *next = std::move(read);
        return true;
      }
      pending_id_ = EvaluateColumn("external_id", row);
      std::optional<SourceRecord> ready = std::exchange(pending_, std::move(read));
      if (!ready.has_value()) continue;
      *next = *std::move(ready);
      return true;
    }
    if (level_ < last_level_) {
      ++level_;
      bytes_before_ += csv_->bytes_read();
      if (Rewind().ok()) continue;
    }
    if (!pending_.has_value()) return false;
    *next = *std::exchange(pending_, std::nullopt);
    return true;
  }
}

bool RecordReader::Read(const CsvRow& row, SourceRecord* next) {
  next->origin = {mapping_.file, row.line, mapping_.kind, row.fields};
  if (!row.error.empty() || row.fields.size() != columns_.size()) {
    // What cannot be read has no level; it is reported once.
    next->rejection = {"", !row.error.empty()
                               ? row.error
                               : StrCat("has ", row.fields.size(), " columns instead of ", columns_.size())};
    return level_ == 0;
  }
  if (!Matches(mapping_.only, row)) return false;
  if (last_level_ > 0 && LevelOf(EvaluateColumn("external_id", row)) != level_) return false;
  for (const SkipRule& rule : mapping_.skip) {
    if (!Matches(rule.when, row)) continue;
    next->rejection = {rule.when.begin()->first, rule.reason};
    return true;
  }
  if (mapping_.distinct && !seen_.insert(EvaluateColumn("external_id", row)).second) return false;
  Build(row, next);
  return true;
}

void RecordReader::Build(const CsvRow& row, SourceRecord* next) {
  next->record.reset(google::protobuf::MessageFactory::generated_factory()
                         ->GetPrototype(ImportRecordOf(mapping_.kind->service))
                         ->New());
  Message* record = MutableChild(next->record.get(), mapping_.kind->name);
  CellOptions options{
      .system = mapping_.system, .currency = mapping_.currency, .time_zone = mapping_.time_zone};
  if (std::string currency = EvaluateColumn("currency", row); !currency.empty()) options.currency = currency;
  if (std::string system = EvaluateColumn("system", row); !system.empty()) options.system = system;
  for (const CompiledField& field : fields_) {
    if (!field.writer.has_value() && field.attribute.empty()) continue;
    std::string text = Evaluate(field, row);
    CellOptions own = options;
    if (!field.mapping->format.empty()) own.format = field.mapping->format;
    if (!field.mapping->system.empty()) own.system = field.mapping->system;
    absl::Status written = absl::OkStatus();
    if (text.empty() && field.field != nullptr && field.field->required) {
      written = absl::InvalidArgumentError("is empty");
    } else if (field.mapping->times.has_value() && !text.empty() && !Multiply(field, &text)) {
      written = absl::InvalidArgumentError(
          StrCat("`", text, "` is not a decimal number, so it cannot be multiplied"));
    } else {
      written = WriteField(field, text, own, record);
    }
    if (written.ok()) continue;
    next->record.reset();
    next->rejection = {field.attribute.empty() ? std::string(field.field->column)
                                               : StrCat(kAttributePrefix, field.attribute),
                       std::string(written.message())};
    return;
  }
}

absl::Status RecordReader::WriteField(const CompiledField& field, const std::string& text,
                                      const CellOptions& options, Message* record) const {
  if (field.attribute.empty()) return field.writer->Write(text, options, record);
  if (text.empty()) return absl::OkStatus();
  auto& customer = *static_cast<customer::v1::CustomerRecord*>(record)->mutable_customer();
  return WriteAttribute(text, options, field.attribute_type,
                        &(*customer.mutable_attributes())[field.attribute]);
}

bool RecordReader::Multiply(const CompiledField& field, std::string* text) const {
  const auto number = servicekit::Decimal::Parse(*text);
  if (!number.ok()) return false;
  *text = (*number * *field.mapping->times).ToString();
  return true;
}

bool RecordReader::Matches(const Conditions& conditions, const CsvRow& row) const {
  return std::all_of(conditions.begin(), conditions.end(), [&](const auto& condition) {
    const size_t column = column_index_.at(condition.first);
    return column < row.fields.size() && condition.second.count(row.fields[column]) != 0;
  });
}

std::string RecordReader::EvaluateColumn(std::string_view column, const CsvRow& row) const {
  const auto mapped = mapping_.fields.find(std::string(column));
  if (mapped == mapping_.fields.end()) return "";
  for (const CompiledField& field : fields_) {
    if (field.mapping == &mapped->second) return Evaluate(field, row);
  }
  return "";
}

std::string RecordReader::Evaluate(const CompiledField& field, const CsvRow& row) const {
  if (!Matches(field.mapping->when, row)) return "";
  std::string text;
  for (const Piece& piece : field.text) {
    if (piece.type == Piece::kColumn &&
        (piece.column >= row.fields.size() || row.fields[piece.column].empty())) {
      return field.mapping->fallback;  // Half a text is none.
    }
    text += piece.type == Piece::kColumn ? row.fields[piece.column]
            : piece.type == Piece::kLine ? StrCat(row.line)
                                         : piece.text;
  }
  const auto translated = field.mapping->map.find(text);
  return translated == field.mapping->map.end() ? text : translated->second;
}

bool RecordReader::JoinsPending(const SourceRecord& next) const {
  if (!pending_.has_value() || pending_->record == nullptr || next.record == nullptr) return false;
  // The order's own fields come before its lines, so equal external ids mean one order.
  const auto id_of = [&](const SourceRecord& record) {
    CsvRow row{.line = record.origin.line, .fields = record.origin.row};
    return EvaluateColumn("external_id", row);
  };
  return id_of(next) == pending_id_;
}

// As many references as lines, empty where a line has none.
void RecordReader::JoinReferences(Message* to, Message* from) {
  const auto [lines_from, same_line] = Follow(from, mapping_.kind->lists.front());
  if (lines_from->GetReflection()->FieldSize(*lines_from, same_line) == 0) return;
  const auto [lines_to, line] = Follow(to, mapping_.kind->lists.front());
  const int lines = lines_to->GetReflection()->FieldSize(*lines_to, line);
  const auto [references_to, reference] = Follow(to, mapping_.kind->line_references);
  const auto [references_from, same_reference] = Follow(from, mapping_.kind->line_references);
  const auto* reflection = references_to->GetReflection();
  const bool next_has = reflection->FieldSize(*references_from, same_reference) > 0;
  if (!next_has && reflection->FieldSize(*references_to, reference) == 0) return;
  while (reflection->FieldSize(*references_to, reference) < lines)
    reflection->AddMessage(references_to, reference);
  Message* added = reflection->AddMessage(references_to, reference);
  if (next_has) added->CopyFrom(reflection->GetRepeatedMessage(*references_from, same_reference, 0));
}

void RecordReader::Join(const SourceRecord& next) {
  const Kind& kind = *mapping_.kind;
  Message* to = MutableChild(pending_->record.get(), kind.name);
  Message* from = MutableChild(next.record.get(), kind.name);
  if (!kind.line_references.empty()) JoinReferences(to, from);
  for (const std::string_view path : kind.lists) {
    const auto [list_to, element] = Follow(to, path);
    const auto [list_from, same_element] = Follow(from, path);
    const auto* reflection = list_to->GetReflection();
    for (int i = 0; i < reflection->FieldSize(*list_from, same_element); ++i) {
      reflection->AddMessage(list_to, element)
          ->CopyFrom(reflection->GetRepeatedMessage(*list_from, same_element, i));
    }
  }
}

}  // namespace clientele::cli
