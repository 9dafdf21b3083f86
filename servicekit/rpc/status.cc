#include "servicekit/rpc/status.h"

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "servicekit/types/error.h"
#include "servicekit/types/str_cat.h"
#include "servicekit/types/utf8.h"

namespace servicekit {
namespace {

constexpr char kDomain[] = "clientele";
// The message travels percent-encoded, up to three times as long; the details in base64; both under 8 KiB
// together.
constexpr size_t kMaxMessageBytes = 700;
constexpr size_t kMaxTextBytes = 300;
constexpr size_t kMaxDetailBytes = 3000;

}  // namespace

std::string_view CodeName(int code) {
  static constexpr std::string_view kNames[] = {
      "OK",        "CANCELLED",      "UNKNOWN",           "INVALID_ARGUMENT",   "DEADLINE_EXCEEDED",
      "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION",
      "ABORTED",   "OUT_OF_RANGE",   "UNIMPLEMENTED",     "INTERNAL",           "UNAVAILABLE",
      "DATA_LOSS", "UNAUTHENTICATED"};
  return code >= 0 && code < static_cast<int>(std::size(kNames)) ? kNames[code] : kNames[2];
}

grpc::Status ToGrpcStatus(const absl::Status& status, std::string_view trace_id) {
  if (status.ok()) return grpc::Status::OK;
  const auto code = static_cast<grpc::StatusCode>(status.code());  // The two enums agree by design.
  const bool hidden = code == grpc::INTERNAL || code == grpc::UNKNOWN;
  const std::string message = hidden ? "internal error" : CutUtf8(ToStd(status.message()), kMaxMessageBytes);

  google::rpc::Status answer;
  answer.set_code(code);
  answer.set_message(message);
  google::rpc::ErrorInfo info;
  const std::string reason = GetReason(status);
  info.set_reason(reason.empty() ? std::string(CodeName(code)) : reason);
  info.set_domain(kDomain);
  answer.add_details()->PackFrom(info);
  if (hidden && !trace_id.empty()) {
    google::rpc::RequestInfo request;
    request.set_request_id(std::string(trace_id));
    answer.add_details()->PackFrom(request);
  }
  if (const auto fields = GetFieldViolations(status); !fields.empty() && !hidden) {
    google::rpc::BadRequest bad;
    for (const FieldViolation& field : fields) {
      google::rpc::BadRequest::FieldViolation violation;
      violation.set_field(CutUtf8(field.field, kMaxTextBytes));
      violation.set_description(CutUtf8(field.description, kMaxTextBytes));
      if (bad.ByteSizeLong() + violation.ByteSizeLong() > kMaxDetailBytes) break;
      *bad.add_field_violations() = std::move(violation);
    }
    answer.add_details()->PackFrom(bad);
  }
  if (const auto preconditions = GetPreconditionViolations(status); !preconditions.empty() && !hidden) {
    google::rpc::PreconditionFailure failure;
    for (const PreconditionViolation& precondition : preconditions) {
      google::rpc::PreconditionFailure::Violation violation;
      violation.set_type(CutUtf8(precondition.type, kMaxTextBytes));
      violation.set_subject(CutUtf8(precondition.subject, kMaxTextBytes));
      violation.set_description(CutUtf8(precondition.description, kMaxTextBytes));
      if (failure.ByteSizeLong() + violation.ByteSizeLong() > kMaxDetailBytes) break;
      *failure.add_violations() = std::move(violation);
    }
    answer.add_details()->PackFrom(failure);
  }
  if (const auto delay = GetRetryDelay(status); delay.has_value()) {
    google::rpc::RetryInfo retry;
    absl::Duration rest;
    retry.mutable_retry_delay()->set_seconds(absl::IDivDuration(*delay, absl::Seconds(1), &rest));
    retry.mutable_retry_delay()->set_nanos(static_cast<int>(absl::ToInt64Nanoseconds(rest)));
    answer.add_details()->PackFrom(retry);
  }
  return {code, message, answer.SerializeAsString()};
}

absl::Status FromGrpcStatus(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  const auto code = static_cast<absl::StatusCode>(status.error_code());
  absl::Status result(code, status.error_message());
  google::rpc::Status answer;
  if (status.error_details().empty() || !answer.ParseFromString(status.error_details())) return result;

  std::string reason;
  std::vector<FieldViolation> fields;
  std::vector<PreconditionViolation> preconditions;
  std::optional<absl::Duration> retry_delay;
  for (const google::protobuf::Any& detail : answer.details()) {
    google::rpc::ErrorInfo info;
    google::rpc::BadRequest bad;
    google::rpc::PreconditionFailure failure;
    google::rpc::RetryInfo retry;
    if (detail.UnpackTo(&info)) {
      if (info.domain() == kDomain && info.reason() != CodeName(status.error_code())) reason = info.reason();
    } else if (detail.UnpackTo(&bad)) {
      for (const auto& violation : bad.field_violations())
        fields.push_back({violation.field(), violation.description()});
    } else if (detail.UnpackTo(&failure)) {
      for (const auto& violation : failure.violations()) {
        preconditions.push_back({violation.type(), violation.subject(), violation.description()});
      }
    } else if (detail.UnpackTo(&retry)) {
      retry_delay =
          absl::Seconds(retry.retry_delay().seconds()) + absl::Nanoseconds(retry.retry_delay().nanos());
    }
  }
  // The payloads go onto a status with the code and message as they came.
  const auto take_payloads = [&result](const absl::Status& from) {
    from.ForEachPayload(
        [&](absl::string_view url, const absl::Cord& payload) { result.SetPayload(url, payload); });
  };
  if (!fields.empty()) take_payloads(InvalidFields(fields));
  if (!preconditions.empty()) take_payloads(PreconditionFailed("", preconditions));
  if (!reason.empty()) result = WithReason(std::move(result), reason);
  if (retry_delay.has_value()) result = WithRetryDelay(std::move(result), *retry_delay);
  return result;
}

}  // namespace servicekit
