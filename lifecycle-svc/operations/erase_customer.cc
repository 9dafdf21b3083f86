#include <memory>

#include <google/protobuf/any.pb.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include "lifecycle-svc/contract/values.h"
#include "lifecycle-svc/operations/customer_events.h"
#include "lifecycle-svc/store/alias_store.h"
#include "lifecycle-svc/store/erasure_store.h"

namespace clientele::lifecycle {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// Whether a text names something of ours (`orders/01J…`) or is a code, and so tells nothing of a person.
bool IsHarmless(const FieldDescriptor& field, const std::string& text) {
  if (field.name() == "currency_code" || field.name() == "etag") return true;
  // Nothing beside the name, which is of a few plain characters.
  if (text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/_-") !=
      std::string::npos) {
    return false;
  }
  const size_t slash = text.find('/');
  return slash != std::string::npos && text.size() >= slash + 27 &&
         servicekit::Id::Parse(std::string_view(text).substr(slash + 1, 26)).ok();
}

// Clears every text but names of resources, at any depth.
void Scrub(Message& message) {
  const auto& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      if (field->is_repeated()) {
        for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
          Scrub(*reflection.MutableRepeatedMessage(&message, field, i));
        }
      } else {
        Scrub(*reflection.MutableMessage(&message, field));
      }
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
      if (field->is_repeated()) {
        for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
          if (!IsHarmless(*field, reflection.GetRepeatedString(message, field, i))) {
            reflection.SetRepeatedString(&message, field, i, "");
          }
        }
      } else if (!IsHarmless(*field, reflection.GetString(message, field))) {
        reflection.ClearField(&message, field);
      }
    }
  }
}

std::string ScrubEvent(const std::string& payload) {
  google::protobuf::Any any;
  if (!any.ParseFromString(payload)) return "";
  std::string type;
  google::protobuf::Any::ParseAnyTypeUrl(any.type_url(), &type);
  const auto* descriptor = google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(type);
  if (descriptor == nullptr) return payload;  // Of a newer release; it will have erased it itself.
  const std::unique_ptr<Message> event(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(descriptor)->New());
  if (!any.UnpackTo(event.get())) return payload;
  Scrub(*event);
  any.PackFrom(*event);
  return any.SerializeAsString();
}

}  // namespace

absl::Status EraseCustomer(Transaction& tx, const customer::v1::CustomerErased& event) {
  Violations violations;
  const std::optional<Id> customer = DecodeName(violations, "customer", "customers", event.customer());
  if (!customer.has_value()) violations.Add("customer", "is required");
  if (!violations.empty()) return violations.status();
  const auto survivors = AliasStore::LockSurvivors(tx, {*customer});
  if (!survivors.ok()) return survivors.status();
  const auto found = survivors->find(*customer);
  const Id survivor = found == survivors->end() ? *customer : found->second;
  absl::Status status;
  if (survivor != *customer) status = AliasStore::RememberInherited(tx, survivor);
  if (status.ok()) status = ErasureStore::Erase(tx, *customer, survivor);
  if (status.ok()) status = ErasureStore::EraseAnswers(tx, *customer, survivor);
  const auto past_survivors = AliasStore::ListPastSurvivors(tx, *customer);
  if (!past_survivors.ok()) return past_survivors.status();
  if (status.ok()) {
    status = ErasureStore::EraseTraces(tx, *customer, survivor, *past_survivors, ScrubEvent);
  }
  if (status.ok()) status = ErasureStore::RewriteFeed(tx, *customer, ScrubEvent);
  if (!status.ok() || !event.deleted()) return status;
  return ErasureStore::DeleteBare(tx, *customer);
}

}  // namespace clientele::lifecycle
