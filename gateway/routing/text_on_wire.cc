#include "gateway/routing/text_on_wire.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>

namespace clientele::gateway {

std::string TextOnWire(const google::protobuf::FieldDescriptor* field, const grpc::Slice& message) {
  using google::protobuf::internal::WireFormatLite;
  google::protobuf::io::CodedInputStream stream(message.begin(), static_cast<int>(message.size()));
  const uint32_t wanted = WireFormatLite::MakeTag(field->number(), WireFormatLite::WIRETYPE_LENGTH_DELIMITED);
  std::string text;
  while (const uint32_t tag = stream.ReadTag()) {
    if (tag == wanted ? !WireFormatLite::ReadBytes(&stream, &text)
                      : !WireFormatLite::SkipField(&stream, tag)) {
      return {};
    }
  }
  return text;
}

}  // namespace clientele::gateway
