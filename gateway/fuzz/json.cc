#include <memory>
#include <string>
#include <string_view>

#include <google/protobuf/arena.h>
#include <google/protobuf/message.h>
#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/message_differencer.h>

#include "absl/status/status.h"
#include "gateway/codec/json_document.h"
#include "gateway/codec/transcoder.h"
#include "gateway/fuzz/fuzz.h"
#include "gateway/routing/http_router.h"
#include "servicekit/types/error.h"

namespace clientele::gateway::fuzz {
namespace {

using google::protobuf::Arena;
using google::protobuf::Message;

struct World {
  MethodTable methods = MethodTable::ForPrefixes({"clientele."});
  HttpRouter router = *HttpRouter::Build(methods);
};

const World& TheWorld() {
  static const World* const world = new World();
  return *world;
}

// By its name, as in `clientele.customer.v1.CustomerService/CreateCustomer`; any other word stands for some
// method.
HttpRouter::Match Choose(std::string_view name) {
  const auto& bindings = TheWorld().router.bindings();
  uint32_t hash = 2166136261;  // FNV: the same everywhere.
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619;
  const HttpBinding* chosen = &bindings[hash % bindings.size()];
  for (const HttpBinding& binding : bindings) {
    if (std::string_view(binding.method->path).substr(1) != name) continue;
    chosen = &binding;
    break;
  }
  HttpRouter::Match match = {.binding = chosen, .values = {}};
  match.values.resize(chosen->variables.size());
  return match;
}

Message* Parse(const HttpBinding& binding, const grpc::ByteBuffer& bytes, Arena* arena) {
  grpc::Slice slice;
  Require(bytes.DumpToSingleSlice(&slice).ok(), "a request is there");
  const auto* type = binding.method->descriptor->input_type();
  Message* message = google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New(arena);
  Require(message->ParseFromArray(slice.begin(), static_cast<int>(slice.size())), "a request is of its type");
  return message;
}

}  // namespace

void Json(std::string_view bytes) {
  const size_t end = bytes.find('\n');
  if (end == std::string_view::npos) return;
  const HttpRouter::Match match = Choose(bytes.substr(0, end));
  const std::string_view text = bytes.substr(end + 1);
  const absl::StatusOr<grpc::ByteBuffer> request = ToRequest(match, "", text);
  if (!request.ok()) {
    Require(absl::IsInvalidArgument(request.status()), "wrong JSON is INVALID_ARGUMENT");
    Require(!servicekit::GetFieldViolations(request.status()).empty() ||
                !servicekit::GetReason(request.status()).empty(),
            "what is wrong is named");
    return;
  }
  Require(ParseJson(text).ok(), "what was taken is JSON");
  Arena arena;
  const Message* message = Parse(*match.binding, *request, &arena);
  // What is taken can be printed, and says the same when it is read again.
  if (!match.binding->whole_body || !match.binding->variables.empty()) return;
  std::string printed;
  Require(google::protobuf::util::MessageToJsonString(*message, &printed).ok(), "a request has a JSON form");
  const absl::StatusOr<grpc::ByteBuffer> again = ToRequest(match, "", printed);
  Require(again.ok(), "what protobuf prints is taken");
  // By their bytes NaN is itself.
  google::protobuf::util::MessageDifferencer differencer;
  google::protobuf::util::DefaultFieldComparator compare;
  compare.set_treat_nan_as_equal(true);
  differencer.set_field_comparator(&compare);
  Require(differencer.Compare(*message, *Parse(*match.binding, *again, &arena)),
          "a request that is printed and read is the same");
}

}  // namespace clientele::gateway::fuzz
