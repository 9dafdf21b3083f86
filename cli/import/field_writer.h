#ifndef CLIENTELE_CLI_IMPORT_FIELD_WRITER_H_
#define CLIENTELE_CLI_IMPORT_FIELD_WRITER_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "google/protobuf/message.h"
#include "google/type/date.pb.h"

namespace clientele::cli {

// What a cell's text is read with.
struct CellOptions {
  std::string system;    // Of external ids and references.
  std::string currency;  // Of money that does not say its own.
  std::string format;    // Of dates and times, as for strptime; empty: ISO 8601.
  absl::TimeZone time_zone = absl::UTCTimeZone();
};

// A path into a message, such as `customer.contact_points[EMAIL].value`, and how text becomes the field at
// its end.
class FieldWriter {
 public:
  // `path` comes from kinds.cc, so a wrong one is a mistake in this program and aborts it.
  FieldWriter(const google::protobuf::Descriptor* record, std::string_view path);

  // INVALID_ARGUMENT saying what the cell should look like. An empty cell leaves the field alone.
  absl::Status Write(std::string_view cell, const CellOptions& options,
                     google::protobuf::Message* record) const;
  bool is_money() const;
  bool is_time() const;  // A date or a time.

 private:
  struct Step {
    const google::protobuf::FieldDescriptor* field;
    const google::protobuf::EnumValueDescriptor* kind = nullptr;  // For a new element of this kind.
  };
  std::vector<Step> steps_;
};

// `1,234.50` is common in exports; other uses of a comma are not guessed at.
std::string WithoutGrouping(std::string_view text);
absl::Status WriteDate(std::string_view cell, const CellOptions& options, google::type::Date* date);
// Reads `2026-01-31`, `2026-01-31 09:30`, `2026-01-31T09:30:00Z`, or what `format` says.
bool ParseTime(std::string_view text, const CellOptions& options, absl::Time* time);

}  // namespace clientele::cli

#endif  // CLIENTELE_CLI_IMPORT_FIELD_WRITER_H_
