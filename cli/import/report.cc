#include "cli/import/report.h"

#include <filesystem>
#include <utility>

#include "google/rpc/error_details.pb.h"
#include "servicekit/types/str_cat.h"

namespace clientele::cli {
namespace {

// The service names fields; its message repeats them where there are no details.
Rejection FromStatus(const google::rpc::Status& status) {
  Rejection rejection{"", status.message()};
  for (const google::protobuf::Any& detail : status.details()) {
    google::rpc::BadRequest bad;
    if (!detail.UnpackTo(&bad) || bad.field_violations().empty()) continue;
    rejection = {};
    for (const auto& violation : bad.field_violations()) {
      const std::string_view separator = rejection.reason.empty() ? "" : "; ";
      servicekit::StrAppend(&rejection.field, separator, violation.field());
      servicekit::StrAppend(&rejection.reason, separator, violation.description());
    }
  }
  return rejection;
}

}  // namespace

ImportReport::ImportReport(std::string rejects_path) : rejects_path_(std::move(rejects_path)) {
  std::error_code ignored;  // A file that cannot be removed cannot be written either, and Close() says so.
  std::filesystem::remove(rejects_path_, ignored);
}

void ImportReport::Usable(const Origin& origin) {
  absl::MutexLock lock(&mutex_);
  ++counts_[origin.kind].usable;
}

void ImportReport::Rejected(const Origin& origin, const Rejection& rejection) {
  absl::MutexLock lock(&mutex_);
  ++counts_[origin.kind].rejected;
  if (!rejects_.is_open()) {
    rejects_.open(rejects_path_, std::ios::binary | std::ios::trunc);
    rejects_ << "file,line,kind,field,reason,row\n";
  }
  rejects_ << ToCsvLine({origin.file, servicekit::StrCat(origin.line), std::string(origin.kind->name),
                         rejection.field, rejection.reason, AsText(ToCsvLine(origin.row))})
           << '\n';
}

void ImportReport::Answered(const Origin& origin, const type::v1::ImportResult& result) {
  using type::v1::ImportResult;
  if (result.outcome() == ImportResult::REJECTED || result.outcome() == ImportResult::OUTCOME_UNSPECIFIED) {
    return Rejected(origin, FromStatus(result.error()));
  }
  absl::MutexLock lock(&mutex_);
  KindCounts& counts = counts_[origin.kind];
  ++(result.outcome() == ImportResult::CREATED   ? counts.created
     : result.outcome() == ImportResult::UPDATED ? counts.updated
                                                 : counts.unchanged);
}

std::map<const Kind*, KindCounts> ImportReport::counts() const {
  absl::MutexLock lock(&mutex_);
  return counts_;
}

KindCounts ImportReport::total() const {
  KindCounts sum;
  for (const auto& [kind, counts] : counts()) {
    sum.created += counts.created;
    sum.updated += counts.updated;
    sum.unchanged += counts.unchanged;
    sum.rejected += counts.rejected;
    sum.usable += counts.usable;
  }
  return sum;
}

absl::Status ImportReport::Close() {
  if (total().rejected == 0) return absl::OkStatus();
  absl::MutexLock lock(&mutex_);
  rejects_.flush();
  if (rejects_) return absl::OkStatus();
  return absl::UnknownError(
      servicekit::StrCat(rejects_path_, ": could not be written; name another file with --rejects"));
}

}  // namespace clientele::cli
