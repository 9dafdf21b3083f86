#ifndef SERVICEKIT_RPC_FIELD_MASK_H_
#define SERVICEKIT_RPC_FIELD_MASK_H_

#include <google/protobuf/field_mask.pb.h>
#include <google/protobuf/message.h>

#include "absl/status/status.h"

namespace servicekit {

// Copies the fields that `mask` names from `change` to `resource`, which are of the same type (AIP-134):
//   - an empty mask names every field that is set in `change`; `*` names all fields, so that unset ones are
//   cleared;
//   - `a.b` names a field inside a message; nothing inside a repeated field or map can be named;
//   - OUTPUT_ONLY and IDENTIFIER fields and `etag` are left as they are, also when named (AIP-203);
//   - an IMMUTABLE field that would change is INVALID_ARGUMENT, as is a path that does not exist, on
//   `update_mask`.
absl::Status ApplyMask(const google::protobuf::FieldMask& mask, const google::protobuf::Message& change,
                       google::protobuf::Message* resource);

// Clears the fields that a caller cannot set: for Create, before the resource is used.
void ClearOutputOnly(google::protobuf::Message* resource);

}  // namespace servicekit

#endif  // SERVICEKIT_RPC_FIELD_MASK_H_
