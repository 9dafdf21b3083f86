#ifndef CLIENTELE_CLI_IMPORT_RECORD_READER_H_
#define CLIENTELE_CLI_IMPORT_RECORD_READER_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "cli/import/csv.h"
#include "cli/import/field_writer.h"
#include "cli/import/mapping.h"
#include "cli/import/record_source.h"
#include "google/protobuf/message.h"

namespace clientele::cli {

// Turns the rows of one mapping entry into records, one at a time. Parents come before their children
// whatever the file's order (it is read once for each level).
class RecordReader final : public RecordSource {
 public:
  static absl::StatusOr<std::unique_ptr<RecordReader>> Open(const std::string& folder,
                                                            const std::string& mapping_path,
                                                            const RecordMapping& mapping);

  const Kind& kind() const override { return *mapping_.kind; }
  bool Next(SourceRecord* next) override;
  bool nested() const override { return last_level_ > 0; }
  // Over all levels.
  int64_t bytes_read() const override { return bytes_before_ + (csv_ ? csv_->bytes_read() : 0); }
  int64_t bytes_total() const override { return file_bytes_ * (last_level_ + 1); }

 private:
  // A template with its columns found: index in the row, or one of the builtins.
  struct Piece {
    enum { kText, kColumn, kFile, kLine } type;
    std::string text;
    size_t column = 0;
  };
  using Compiled = std::vector<Piece>;
  struct CompiledField {
    const FieldMapping* mapping;
    const Field* field;
    Compiled text;
    std::optional<FieldWriter> writer;  // Not for `currency`, `system` and custom attributes.
    std::string attribute = {};         // The id of a custom attribute.
    customer::v1::Attribute::Type attribute_type = {};
  };

  RecordReader(std::string path, const RecordMapping& mapping);
  absl::Status Prepare(const std::string& mapping_path);
  absl::Status FindAttribute(const std::string& id, const std::string& where, CompiledField& field) const;
  absl::Status WriteField(const CompiledField& field, const std::string& text, const CellOptions& options,
                          google::protobuf::Message* record) const;
  absl::Status Rewind();
  absl::StatusOr<Compiled> Compile(const FieldMapping& field, const std::string& where) const;
  absl::StatusOr<size_t> ColumnOf(const std::string& name, const std::string& where) const;
  absl::Status CheckConditions(const Conditions& conditions, const std::string& where) const;
  void FindLevels();
  int LevelOf(const std::string& id) const;

  bool Matches(const Conditions& conditions, const CsvRow& row) const;
  std::string Evaluate(const CompiledField& field, const CsvRow& row) const;
  std::string EvaluateColumn(std::string_view column, const CsvRow& row) const;
  // False when the row makes no record and no rejection either.
  bool Read(const CsvRow& row, SourceRecord* next);
  void Build(const CsvRow& row, SourceRecord* next);
  bool Multiply(const CompiledField& field, std::string* text) const;
  bool JoinsPending(const SourceRecord& next) const;
  void Join(const SourceRecord& next);
  void JoinReferences(google::protobuf::Message* to, google::protobuf::Message* from);

  const std::string path_;
  const RecordMapping mapping_;
  std::unique_ptr<CsvReader> csv_;
  std::vector<std::string> columns_;
  absl::flat_hash_map<std::string, size_t> column_index_;
  std::vector<CompiledField> fields_;
  absl::flat_hash_map<std::string, std::string> parents_;  // Of the records that have one, by external id.
  absl::flat_hash_set<std::string> seen_;
  int level_ = 0;
  int last_level_ = 0;
  int64_t bytes_before_ = 0;
  int64_t file_bytes_ = 0;
  std::optional<SourceRecord> pending_;  // Waits for more lines.
  std::string pending_id_;
};

}  // namespace clientele::cli

#endif  // CLIENTELE_CLI_IMPORT_RECORD_READER_H_
