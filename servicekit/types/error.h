#ifndef SERVICEKIT_TYPES_ERROR_H_
#define SERVICEKIT_TYPES_ERROR_H_

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"

// What an absl::Status carries beyond code and message, without any knowledge of gRPC, so that domain code
// can say it. servicekit/rpc/status.cc turns it into google.rpc details.
namespace servicekit {

// Which field is wrong, and what would be right. Becomes google.rpc.BadRequest.FieldViolation.
struct FieldViolation {
  std::string field;  // As in the request's proto, for example `customer.addresses[2].postal_code`.
  std::string description;

  friend bool operator==(const FieldViolation&, const FieldViolation&) = default;
};

// A condition that the state does not meet. Becomes google.rpc.PreconditionFailure.Violation.
struct PreconditionViolation {
  std::string type;     // For example `REQUIREMENT_MISSING`.
  std::string subject;  // For example `customers/01J…`.
  std::string description;

  friend bool operator==(const PreconditionViolation&, const PreconditionViolation&) = default;
};

// INVALID_ARGUMENT about one field.
absl::Status InvalidField(std::string_view field, std::string_view description);
// INVALID_ARGUMENT about all of them; OK when there are none.
absl::Status InvalidFields(const std::vector<FieldViolation>& violations);
// FAILED_PRECONDITION with a list.
absl::Status PreconditionFailed(std::string_view message,
                                const std::vector<PreconditionViolation>& violations);

// The same status with a stable reason for programs (google.rpc.ErrorInfo.reason), UPPER_SNAKE_CASE. Without
// it the reason is the name of the code.
absl::Status WithReason(absl::Status status, std::string_view reason);
// The same error with `prefix` put before the field names, as in `rows[7].`. Other statuses are returned as
// they are.
absl::Status UnderField(const absl::Status& status, std::string_view prefix);

// The same status with the time after which another try makes sense. Becomes google.rpc.RetryInfo.
absl::Status WithRetryDelay(absl::Status status, absl::Duration delay);

std::vector<FieldViolation> GetFieldViolations(const absl::Status& status);
std::vector<PreconditionViolation> GetPreconditionViolations(const absl::Status& status);
std::string GetReason(const absl::Status& status);  // Empty when none was given.
std::optional<absl::Duration> GetRetryDelay(const absl::Status& status);

// Collects what is wrong with a request, so that a caller hears it all at once.
class Violations {
 public:
  void Add(std::string_view field, std::string_view description) {
    found_.push_back({std::string(field), std::string(description)});
  }
  // Adds the status's own field violations, or its message under `field`. OK adds nothing.
  void Add(std::string_view field, const absl::Status& status);
  bool empty() const { return found_.empty(); }
  absl::Status status() const { return InvalidFields(found_); }

 private:
  std::vector<FieldViolation> found_;
};

}  // namespace servicekit

#endif  // SERVICEKIT_TYPES_ERROR_H_
