#include "gateway/openapi/comments.h"

#include <google/protobuf/descriptor.pb.h>

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "servicekit/types/str_cat.h"

namespace clientele::gateway {

absl::StatusOr<std::unique_ptr<Comments>> Comments::Parse(std::string_view protoset) {
  google::protobuf::FileDescriptorSet files;
  if (!files.ParseFromArray(protoset.data(), static_cast<int>(protoset.size()))) {
    return absl::InternalError("the embedded descriptor set is malformed");
  }
  auto comments = std::make_unique<Comments>();
  for (const auto& file : files.file()) {  // What a file imports comes before it.
    if (comments->pool_.BuildFile(file) == nullptr) {
      return absl::InternalError("the embedded descriptor set does not fit together: " + file.name());
    }
  }
  return comments;
}

// Lines that belong together become one; an empty line stays the border of a paragraph, and a list item its
// own line.
std::string Comments::Clean(std::string_view comment) {
  std::string text;
  for (const absl::string_view line : absl::StrSplit(servicekit::ToAbsl(comment), '\n')) {
    const absl::string_view stripped = absl::StripAsciiWhitespace(line);
    if (stripped.empty()) {
      if (!text.empty() && !text.ends_with("\n\n")) text += "\n\n";
      continue;
    }
    const bool item = stripped.front() == '-' || stripped.front() == '|';
    if (item && !text.empty() && !text.ends_with('\n')) text += '\n';
    if (!text.empty() && !text.ends_with('\n')) text += ' ';
    text.append(stripped.data(), stripped.size());
  }
  return std::string(absl::StripAsciiWhitespace(text));
}

}  // namespace clientele::gateway
