#ifndef CLIENTELE_CLI_IMPORT_RECORD_SOURCE_H_
#define CLIENTELE_CLI_IMPORT_RECORD_SOURCE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/import/kinds.h"
#include "google/protobuf/message.h"

namespace clientele::cli {

// Where a record comes from.
struct Origin {
  std::string file;
  int64_t line = 0;
  const Kind* kind = nullptr;
  std::vector<std::string> row;
};

// Why a row cannot be used.
struct Rejection {
  std::string field;
  std::string reason;
};

// A record, or the reason why there is none.
struct SourceRecord {
  Origin origin;
  std::unique_ptr<google::protobuf::Message> record;  // An ImportRecord of the kind's service.
  std::optional<Rejection> rejection;
};

// Records of one kind, one at a time, parents before their children whatever the file's order.
class RecordSource {
 public:
  virtual ~RecordSource() = default;

  virtual const Kind& kind() const = 0;
  virtual bool Next(SourceRecord* next) = 0;
  // Whether some are parents of others, so that they must be stored in their order.
  virtual bool nested() const = 0;
  // For progress.
  virtual int64_t bytes_read() const = 0;
  virtual int64_t bytes_total() const = 0;
};

}  // namespace clientele::cli

#endif  // CLIENTELE_CLI_IMPORT_RECORD_SOURCE_H_
