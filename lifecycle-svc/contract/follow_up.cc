#include "lifecycle-svc/contract/follow_up.h"

#include "servicekit/rpc/convert.h"
#include "servicekit/types/resource_name.h"
#include "servicekit/types/str_cat.h"

namespace clientele::lifecycle {

using servicekit::NameOf;
using servicekit::StrCat;
using servicekit::ToProto;

v1::FollowUp Encode(const FollowUp& f, std::optional<Id> owner, absl::Time now) {
  v1::FollowUp message;
  message.set_name(NameOf("followUps", f.id));
  message.set_customer(NameOf("customers", f.customer));
  message.set_kind(static_cast<v1::FollowUp::Kind>(f.kind));
  message.set_cause(f.cause);
  message.set_why(f.why);
  *message.mutable_due_time() = ToProto(f.due_time);
  if (owner.has_value()) message.set_owner(NameOf("representatives", *owner));
  message.set_addressee(static_cast<v1::FollowUp::Addressee>(f.addressee));
  message.set_state(static_cast<v1::FollowUp::State>(StateAt(f, now)));
  if (f.snooze_until.has_value()) *message.mutable_snooze_until() = ToProto(*f.snooze_until);
  if (f.done_time.has_value()) *message.mutable_done_time() = ToProto(*f.done_time);
  message.set_note(f.note);
  message.set_done_by(f.done_by);
  *message.mutable_create_time() = ToProto(f.create_time);
  *message.mutable_update_time() = ToProto(f.update_time);
  message.set_etag(servicekit::EtagOf(f.version));
  return message;
}

FollowUp DecodeFollowUp(Violations& violations, std::string_view field, const v1::FollowUp& message,
                        absl::Time now) {
  FollowUp follow_up;
  if (message.why().empty()) violations.Add(StrCat(field, ".why"), "is required");
  CheckText(violations, StrCat(field, ".why"), message.why(), 1000);
  follow_up.why = message.why();
  follow_up.due_time =
      message.has_due_time() ? DecodeTime(violations, StrCat(field, ".due_time"), message.due_time()) : now;
  return follow_up;
}

}  // namespace clientele::lifecycle
