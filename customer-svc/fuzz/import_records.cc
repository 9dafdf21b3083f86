#include <string_view>
#include <variant>

#include "clientele/customer/v1/import_service.pb.h"
#include "customer-svc/fuzz/fuzz.h"
#include "customer-svc/fuzz/refusal.h"
#include "customer-svc/rpc/decode.h"
#include "customer-svc/rpc/encode.h"
#include "customer-svc/store/field_changes.h"

namespace clientele::customer::fuzz {
namespace {

using servicekit::Violations;

// What would be stored, if it may be: as a message and as JSON it is the same again.
template <typename Resource>
void CheckResource(const char* prefix, const Resource& resource) {
  Violations violations;
  Check(violations, prefix, resource);
  if (!violations.empty()) return RequireRefusal(violations.status());
  Violations form;
  const Resource again = Decode(Encode(resource), prefix, form);
  Require(form.empty(), "what is shown is taken");
  Require(ChangedFields(resource, again).empty(), "what is shown and taken is the same");
  const Resource restored = SnapshotFromJson<Resource>(SnapshotToJson(resource));
  Require(ChangedFields(resource, restored).empty(), "what is kept and restored is the same");
}

struct CheckRecord {
  void operator()(std::monostate) const { Require(false, "a record of a right form is one"); }
  void operator()(const TeamRecord& record) const { CheckResource("team.", record.team); }
  void operator()(const RepresentativeRecord& record) const {
    CheckResource("representative.", record.representative);
  }
  void operator()(const CustomerRecord& record) const { CheckResource("customer.", record.customer); }
  template <typename Child>
  void operator()(const ChildRecord<Child>& record) const {
    Require(!std::holds_alternative<std::monostate>(record.customer), "a child has a customer");
    CheckResource("", record.child);
  }
};

}  // namespace

void ImportRecords(std::string_view bytes) {
  v1::ImportRecordsRequest request;
  if (!request.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return;
  for (const v1::ImportRecord& message : request.records()) {
    const ImportRecord record = Decode(message);
    Require(record.row == message.row(), "a record keeps its row");
    if (record.malformed.ok()) {
      std::visit(CheckRecord(), record.record);
    } else {
      RequireRefusal(record.malformed);
    }
  }
}

}  // namespace clientele::customer::fuzz
