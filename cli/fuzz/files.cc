// Files to import, of any bytes.
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "cli/fuzz/fuzz.h"
#include "cli/import/json_lines.h"
#include "cli/import/mapping.h"
#include "cli/import/record_reader.h"
#include "servicekit/types/str_cat.h"
#include "servicekit/types/utf8.h"

namespace clientele::cli::fuzz {
namespace {

// This process's own, with one file at a time.
class Folder {
 public:
  Folder() : path_(std::filesystem::temp_directory_path() / servicekit::StrCat("clientele-fuzz-", getpid())) {
    std::filesystem::create_directories(path_);
  }
  ~Folder() { std::filesystem::remove_all(path_); }

  std::string path() const { return path_; }
  std::string Write(std::string_view name, std::string_view bytes) const {
    const std::filesystem::path file = path_ / name;
    std::ofstream(file, std::ios::binary | std::ios::trunc).write(bytes.data(), bytes.size());
    return file;
  }

 private:
  const std::filesystem::path path_;
};

// A file that cannot be read at all is told of in words that say which and why.
void CheckRefusal(const absl::Status& status) {
  Require(absl::IsInvalidArgument(status) || absl::IsNotFound(status), "a wrong file is the user's to mend");
  Require(!status.message().empty() && servicekit::IsUtf8(std::string(status.message())),
          "what is wrong with a file is said");
}

// Each row is a record that can be sent, or is told of.
void ReadAll(RecordSource& source) {
  SourceRecord next;
  while (source.Next(&next)) {
    Require(next.origin.line >= 1 && next.origin.kind != nullptr, "a record comes from somewhere");
    Require(source.bytes_read() <= source.bytes_total(), "no more is read than there is");
    if (next.rejection.has_value()) {
      Require(!next.rejection->reason.empty() && servicekit::IsUtf8(next.rejection->reason),
              "it is said why a row cannot be used");
      continue;
    }
    Require(next.record != nullptr, "a row is a record or is told of");
    // Parsing looks at every text, as the service's does.
    std::string wire;
    Require(next.record->SerializeToString(&wire), "a record can be sent");
    Require(std::unique_ptr<google::protobuf::Message>(next.record->New())->ParseFromString(wire),
            "a record that is sent is taken");
  }
}

}  // namespace

void Csv(std::string_view bytes) {
  static const Folder folder;
  const size_t end = std::min(bytes.find('\n'), bytes.size());
  const Kind* const kind = FindKind(bytes.substr(0, end));
  if (kind == nullptr) return;
  const std::string file = folder.Write(kind->file, bytes.substr(std::min(end + 1, bytes.size())));
  const absl::StatusOr<Mapping> mapping = DefaultMapping(folder.path());
  const auto reader =
      mapping.ok() ? RecordReader::Open(folder.path(), "", mapping->records.front()) : mapping.status();
  if (reader.ok()) {
    ReadAll(**reader);
  } else {
    CheckRefusal(reader.status());
  }
  std::filesystem::remove(file);
}

void JsonLines(std::string_view bytes) {
  static const Folder folder;
  const std::string file = folder.Write("records.jsonl", bytes);
  const auto sources = OpenJsonLines(file);
  if (!sources.ok()) CheckRefusal(sources.status());
  if (sources.ok()) {
    for (const auto& source : *sources) ReadAll(*source);
  }
  std::filesystem::remove(file);
}

}  // namespace clientele::cli::fuzz
