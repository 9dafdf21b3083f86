#ifndef GATEWAY_ROUTING_TEXT_ON_WIRE_H_
#define GATEWAY_ROUTING_TEXT_ON_WIRE_H_

#include <string>

#include <google/protobuf/descriptor.h>
#include <grpcpp/support/slice.h>

namespace clientele::gateway {

// What a message's text field holds, found in its bytes without reading the rest; empty when it is not there
// or the bytes are no message.
std::string TextOnWire(const google::protobuf::FieldDescriptor* field, const grpc::Slice& message);

}  // namespace clientele::gateway

#endif  // GATEWAY_ROUTING_TEXT_ON_WIRE_H_
