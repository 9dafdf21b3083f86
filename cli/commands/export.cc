// `clientele export`: customers and what belongs to them as CSV files that `import` takes, or as JSON lines.
#include <google/protobuf/util/json_util.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <set>

#include "absl/strings/str_join.h"
#include "cli/commands/command.h"
#include "cli/import/attributes.h"
#include "cli/import/csv.h"
#include "cli/import/field_reader.h"
#include "cli/import/kinds.h"
#include "cli/import/mapping.h"
#include "cli/render/progress.h"
#include "cli/render/text.h"
#include "clientele/customer/v1/attribute_service.grpc.pb.h"
#include "clientele/customer/v1/import_service.grpc.pb.h"
#include "servicekit/types/str_cat.h"

namespace clientele::cli {
namespace {

namespace v1 = customer::v1;
using servicekit::StrCat;

constexpr absl::Duration kStreamTimeout = absl::Hours(6);

struct Arguments {
  std::string folder, filter, format = "csv", mapping;
  bool customers_only = false;
};

// One file of an export.
class CsvFile {
 public:
  // The default columns and those of all custom attributes, or those that the mapping names. INVALID_ARGUMENT
  // for a mapping that cannot be read backwards.
  static absl::StatusOr<std::unique_ptr<CsvFile>> Open(const std::string& folder, const Kind& kind,
                                                       const RecordMapping* mapping,
                                                       const AttributeTypes& attributes);

  void Add(const google::protobuf::Message& record);
  int64_t rows() const { return rows_; }
  // Identifiers of other systems than the row's, which its cells cannot tell.
  int64_t left_out() const { return left_out_; }
  bool Close() {
    file_.flush();
    return static_cast<bool>(file_);
  }

 private:
  struct Column {
    std::string header, path;
    bool identifier = false;
    std::string system;                       // Of its identifiers; empty: the row's.
    std::map<std::string, std::string> back;  // The mapping's `map`, from value to cell.
    std::string attribute;                    // The id of a custom attribute, which has no path.
  };

  // Takes the column as the mapping, if any, wants it.
  absl::Status Take(Column column, const FieldMapping* mapping);
  // Any kind's, by the name of the field in a mapping.
  static const FieldMapping* Wanted(const RecordMapping& mapping, const std::string& name) {
    const auto found = mapping.fields.find(name);
    return found == mapping.fields.end() ? nullptr : &found->second;
  }

  std::vector<Column> columns_;
  std::string system_;  // Of all rows; empty: each says its own in a column `system`.
  std::ofstream file_;
  int64_t rows_ = 0, left_out_ = 0;
};

bool IsIdentifier(std::string_view column) {
  static const auto* const columns =
      new std::set<std::string_view>{"external_id", "customer", "parent", "owner", "team", "representative"};
  return columns->contains(column);
}

absl::Status CsvFile::Take(Column column, const FieldMapping* mapping) {
  if (mapping != nullptr) {
    const auto& pieces = mapping->text.pieces;
    if (pieces.size() != 1 || !pieces.front().is_column) return absl::OkStatus();  // A constant says nothing.
    if (mapping->times.has_value() || !mapping->format.empty()) {
      return absl::InvalidArgumentError(StrCat("mapping, line ", mapping->line, ": `", column.header,
                                               "` has `times` or `format`, which an export cannot undo"));
    }
    column.header = pieces.front().text;
    column.system = mapping->system;
    for (const auto& [cell, value] : mapping->map) column.back.emplace(value, cell);
  }
  columns_.push_back(std::move(column));
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<CsvFile>> CsvFile::Open(const std::string& folder, const Kind& kind,
                                                       const RecordMapping* mapping,
                                                       const AttributeTypes& attributes) {
  auto csv = std::make_unique<CsvFile>();
  std::vector<Column> columns;
  for (const Field& field : kind.fields) {
    columns.push_back(
        {std::string(field.column), std::string(field.path), IsIdentifier(field.column), "", {}, ""});
  }
  if (kind.name == "customer") {
    for (const auto& [id, type] : attributes)
      columns.push_back({StrCat(kAttributePrefix, id), "", false, "", {}, id});
  }
  for (Column& column : columns) {
    const FieldMapping* const wanted = mapping == nullptr ? nullptr : Wanted(*mapping, column.header);
    if (mapping != nullptr && wanted == nullptr) continue;
    if (const absl::Status taken = csv->Take(std::move(column), wanted); !taken.ok()) return taken;
  }
  if (mapping != nullptr) csv->system_ = mapping->system;
  const std::string path = StrCat(folder, "/", mapping == nullptr ? std::string(kind.file) : mapping->file);
  csv->file_.open(path, std::ios::binary | std::ios::trunc);
  std::vector<std::string> headers;
  for (const Column& column : csv->columns_) headers.push_back(column.header);
  if (csv->system_.empty()) headers.emplace_back("system");
  csv->file_ << ToCsvLine(headers) << "\n";
  if (!csv->file_) return absl::UnknownError(StrCat(path, ": cannot be written"));
  return csv;
}

void CsvFile::Add(const google::protobuf::Message& record) {
  std::vector<std::string> cells;
  std::string system = system_;
  for (const Column& column : columns_) {
    std::string cell =
        column.attribute.empty()
            ? ReadCell(record, column.path)
            : ReadAttribute(static_cast<const v1::CustomerRecord&>(record).customer(), column.attribute);
    if (column.identifier && !cell.empty()) {
      const size_t colon = cell.find(':');
      const std::string of = cell.substr(0, colon);
      if (system.empty()) system = of;  // The row's own identifier comes first.
      if (of == (column.system.empty() ? system : column.system)) {
        cell.erase(0, colon + 1);
      } else {
        cell.clear();
        ++left_out_;
      }
    }
    if (const auto back = column.back.find(cell); back != column.back.end()) cell = back->second;
    cells.push_back(AsText(std::move(cell)));
  }
  if (system_.empty()) cells.push_back(system);
  file_ << ToCsvLine(cells) << "\n";
  ++rows_;
}

// Where the records go.
class Sink {
 public:
  virtual ~Sink() = default;
  virtual absl::Status Add(const v1::ImportRecord& record) = 0;
  virtual absl::Status Close() = 0;
};

class CsvSink final : public Sink {
 public:
  static absl::StatusOr<std::unique_ptr<Sink>> Open(const Arguments& arguments, Session& session) {
    auto sink = std::make_unique<CsvSink>();
    const auto attributes = session.gateway.Call<v1::AttributeService>(
        &v1::AttributeService::Stub::ListAttributes, v1::ListAttributesRequest());
    if (!attributes.ok()) return attributes.status();
    Mapping mapping;
    if (!arguments.mapping.empty()) {
      auto loaded = LoadMapping(arguments.mapping);
      if (!loaded.ok()) return loaded.status();
      mapping = *std::move(loaded);
    }
    for (const char* name : {"customer", "contact", "need", "interaction"}) {
      const RecordMapping* wanted = nullptr;
      for (const RecordMapping& record : mapping.records) {
        if (record.kind->name == name) wanted = &record;
      }
      if (!arguments.mapping.empty() && wanted == nullptr) continue;
      auto file = CsvFile::Open(arguments.folder, *FindKind(name), wanted, TypesOf(*attributes));
      if (!file.ok()) return file.status();
      sink->files_[name] = *std::move(file);
    }
    return sink;
  }
  absl::Status Add(const v1::ImportRecord& record) override {
    const auto* field = record.GetReflection()->GetOneofFieldDescriptor(
        record, record.GetDescriptor()->FindOneofByName("record"));
    if (field == nullptr) return absl::OkStatus();
    const auto file = files_.find(field->name());
    if (file != files_.end()) {
      file->second->Add(record.GetReflection()->GetMessage(record, field));
    }
    return absl::OkStatus();
  }
  absl::Status Close() override {
    int64_t left_out = 0;
    for (auto& [name, file] : files_) {
      if (!file->Close()) return absl::UnknownError("the files could not be written; is the disk full?");
      std::cout << "  " << FormatCount(file->rows()) << " rows of " << name << "\n";
      left_out += file->left_out();
    }
    if (left_out > 0) {
      std::cout << "  " << FormatCount(left_out)
                << " identifiers of other systems than their row's were left out; --format jsonl has all.\n";
    }
    return absl::OkStatus();
  }

 private:
  std::map<std::string, std::unique_ptr<CsvFile>> files_;
};

class JsonSink final : public Sink {
 public:
  static absl::StatusOr<std::unique_ptr<Sink>> Open(const Arguments& arguments) {
    auto sink = std::make_unique<JsonSink>();
    const std::string path = arguments.folder + "/records.jsonl";
    sink->file_.open(path, std::ios::binary | std::ios::trunc);
    if (!sink->file_) return absl::UnknownError(path + ": cannot be written");
    return sink;
  }
  absl::Status Add(const v1::ImportRecord& record) override {
    std::string json;
    if (!google::protobuf::util::MessageToJsonString(record, &json).ok()) {
      return absl::InternalError("a record cannot be written as JSON");
    }
    file_ << json << "\n";
    ++rows_;
    return absl::OkStatus();
  }
  absl::Status Close() override {
    file_.flush();
    if (!file_) return absl::UnknownError("the file could not be written; is the disk full?");
    std::cout << "  " << FormatCount(rows_) << " records in records.jsonl\n";
    return absl::OkStatus();
  }

 private:
  std::ofstream file_;
  int64_t rows_ = 0;
};

absl::Status Export(const Arguments& arguments, Session& session) {
  std::error_code error;
  std::filesystem::create_directories(arguments.folder, error);
  if (error) return absl::InvalidArgumentError(StrCat(arguments.folder, ": ", error.message()));
  auto sink = arguments.format == "csv" ? CsvSink::Open(arguments, session) : JsonSink::Open(arguments);
  if (!sink.ok()) return sink.status();
  grpc::ClientContext context;
  if (absl::Status prepared = session.gateway.Prepare(&context, kStreamTimeout); !prepared.ok())
    return prepared;
  v1::ExportRecordsRequest request;
  request.set_filter(arguments.filter);
  request.set_customers_only(arguments.customers_only);
  auto stream =
      v1::CustomerImportService::NewStub(session.gateway.channel())->ExportRecords(&context, request);
  {
    Progress progress(StrCat("Exporting to ", arguments.folder), session.err);
    v1::ExportRecordsResponse response;
    while (stream->Read(&response)) {
      for (const v1::ImportRecord& record : response.records()) {
        if (absl::Status added = (*sink)->Add(record); !added.ok()) {
          context.TryCancel();
          return added;
        }
      }
      if (response.records_size() > 0) {
        const int64_t row = response.records(response.records_size() - 1).row();
        progress.Update(0, 0, StrCat(FormatCount(row), " records"));
      }
    }
  }
  const grpc::Status status = stream->Finish();
  if (!status.ok()) return Gateway::ToStatus(status);
  return (*sink)->Close();
}

}  // namespace

void AddExport(CLI::App& app, Command* chosen) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand("export", "Write customers and what belongs to them into files");
  command->add_option("FOLDER", arguments->folder, "Where the files go; it is made when needed")->required();
  command->add_option("--filter", arguments->filter,
                      "For example: industry = \"retail\"; default: all you see");
  command
      ->add_option("--format", arguments->format,
                   "csv: what `import` takes; jsonl: everything, one record a line")
      ->capture_default_str()
      ->check(CLI::IsMember({"csv", "jsonl"}));
  command->add_option("--mapping", arguments->mapping,
                      "Which file and column gets what (YAML, as for import); default: the default columns");
  command->add_flag("--customers-only", arguments->customers_only, "No contacts, needs and interactions");
  command->callback([=] { *chosen = [arguments](Session& session) { return Export(*arguments, session); }; });
}

}  // namespace clientele::cli
