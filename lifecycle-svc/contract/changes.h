#ifndef LIFECYCLE_SVC_CONTRACT_CHANGES_H_
#define LIFECYCLE_SVC_CONTRACT_CHANGES_H_

#include <string>

#include <google/protobuf/message.h>

namespace clientele::lifecycle {

// What a write did to a resource, for the history: {"old": {…}, "new": {…}} with the fields that changed.
// `before` is null for a new one.
std::string ChangesJson(const google::protobuf::Message* before, const google::protobuf::Message& after);

}  // namespace clientele::lifecycle

#endif  // LIFECYCLE_SVC_CONTRACT_CHANGES_H_
