#include "cli/import/importer.h"

#include <algorithm>
#include <utility>

#include "absl/time/clock.h"
#include "clientele/customer/v1/import_service.pb.h"
#include "servicekit/types/str_cat.h"

namespace clientele::cli {
namespace {

using servicekit::StrCat;

// Causes that pass by themselves. A service that is shut down cancels its calls.
bool Passes(absl::StatusCode code) {
  return code == absl::StatusCode::kUnavailable || code == absl::StatusCode::kDeadlineExceeded ||
         code == absl::StatusCode::kCancelled || code == absl::StatusCode::kAborted ||
         code == absl::StatusCode::kResourceExhausted;
}

// Causes that may have been a connection cut in the middle of a message.
bool MayPass(absl::StatusCode code) {
  return code == absl::StatusCode::kInternal || code == absl::StatusCode::kUnknown;
}
constexpr int kTriesThatMayPass = 5;

void LeaveOut(const std::set<std::string>& attributes, customer::v1::ImportRecord& record) {
  if (!record.has_customer()) return;
  auto& values = *record.mutable_customer()->mutable_customer()->mutable_attributes();
  for (const std::string& id : attributes) values.erase(id);
}

absl::Status FromGrpc(const grpc::Status& status) {
  return absl::Status(static_cast<absl::StatusCode>(status.error_code()), status.error_message());
}

}  // namespace

Importer::Importer(ImportService service, OpenImportStream open, const ImportOptions& options,
                   ImportReport* report)
    : service_(service), open_(std::move(open)), options_(options), report_(report) {}

Importer::~Importer() {
  if (stream_ == nullptr) return;
  stream_->Cancel();
  Close();
}

int64_t Importer::answered() const {
  absl::MutexLock lock(&mutex_);
  return answered_;
}

absl::Status Importer::Send(SourceRecord record) {
  if (next_.request == nullptr) {
    next_.request = NewImportRequest(service_);
    if (service_ == ImportService::kCustomer) {
      auto& request = static_cast<customer::v1::ImportRecordsRequest&>(*next_.request);
      request.set_customer_import(options_.customer_import);
      request.set_validate_only(options_.validate_only);
    }
  }
  if (service_ == ImportService::kCustomer && !options_.unmade_attributes.empty()) {
    LeaveOut(options_.unmade_attributes, static_cast<customer::v1::ImportRecord&>(*record.record));
  }
  const auto* reflection = record.record->GetReflection();
  const auto* descriptor = record.record->GetDescriptor();
  reflection->SetInt64(record.record.get(), descriptor->FindFieldByName("row"),
                       static_cast<int64_t>(next_.origins.size()));
  next_.bytes += record.record->ByteSizeLong();
  google::protobuf::Message* request = next_.request.get();
  request->GetReflection()->AddAllocatedMessage(request, request->GetDescriptor()->FindFieldByName("records"),
                                                record.record.release());
  next_.origins.push_back(std::move(record.origin));
  const bool full = next_.origins.size() >= options_.batch_size || next_.bytes >= options_.batch_bytes;
  return full ? SendBatch() : absl::OkStatus();
}

absl::Status Importer::SendBatch() {
  auto batch = std::make_shared<Batch>(std::exchange(next_, Batch()));
  if (stream_ == nullptr) {
    if (absl::Status connected = Reconnect(); !connected.ok()) return connected;
  }
  bool ended = false;
  while (true) {
    {
      absl::MutexLock lock(&mutex_);
      const auto ready = [this]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) {
        return ended_ || on_the_way_.size() < options_.window;
      };
      mutex_.Await(absl::Condition(&ready));
      ended = ended_;
      if (!ended) {
        on_the_way_.push_back(batch);
        break;
      }
    }
    if (absl::Status connected = Reconnect(); !connected.ok()) return connected;
  }
  // Reconnecting sends everything that is on the way, this one among it.
  return stream_->Write(*batch->request) ? absl::OkStatus() : Reconnect();
}

absl::Status Importer::Finish() {
  if (!next_.origins.empty()) {
    if (absl::Status sent = SendBatch(); !sent.ok()) return sent;
  }
  if (stream_ == nullptr) return absl::OkStatus();
  while (true) {
    stream_->WritesDone();
    bool all = false;
    {
      absl::MutexLock lock(&mutex_);
      const auto done = [this]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return ended_ || on_the_way_.empty(); };
      mutex_.Await(absl::Condition(&done));
      all = on_the_way_.empty();
    }
    if (all) {
      Close();  // Every record is answered; how the stream ends no longer matters.
      stream_.reset();
      return absl::OkStatus();
    }
    if (absl::Status connected = Reconnect(); !connected.ok()) return connected;
  }
}

absl::Status Importer::Reconnect() {
  bool renew = false;
  if (stream_ != nullptr) {
    const grpc::Status ended = Close();
    stream_.reset();
    absl::Status failure = ended.ok()
                               ? absl::UnavailableError("the stream ended before everything was answered")
                               : FromGrpc(ended);
    {
      absl::MutexLock lock(&mutex_);
      if (!wrong_answer_.ok()) return wrong_answer_;
      // A token that was good for an answer has run out.
      renew = absl::IsUnauthenticated(failure) && answered_ > 0 && answered_ > answered_at_failure_;
    }
    if (absl::Status retry = renew ? absl::OkStatus() : CheckRetry(failure); !retry.ok()) return retry;
  }
  while (true) {
    absl::Status opened = Open(renew);
    if (opened.ok()) return opened;
    if (absl::Status retry = CheckRetry(opened); !retry.ok()) return retry;
  }
}

absl::Status Importer::Open(bool renew) {
  absl::StatusOr<std::unique_ptr<ImportStream>> stream = open_(service_, renew);
  if (!stream.ok()) return stream.status();
  std::deque<std::shared_ptr<Batch>> again;
  {
    absl::MutexLock lock(&mutex_);
    ended_ = false;
    again = on_the_way_;
  }
  stream_ = *std::move(stream);
  reader_ = std::thread([this, stream = stream_.get()] { ReadAnswers(stream); });
  for (const auto& batch : again) {
    if (stream_->Write(*batch->request)) continue;
    const grpc::Status ended = Close();
    stream_.reset();
    return ended.ok() ? absl::UnavailableError("the stream ended before everything was sent")
                      : FromGrpc(ended);
  }
  return absl::OkStatus();
}

absl::Status Importer::CheckRetry(const absl::Status& failure) {
  const int64_t answered_now = answered();
  if (failures_ == 0 || answered_now > answered_at_failure_) {
    failures_ = 0;
    failing_since_ = absl::Now();
  }
  answered_at_failure_ = answered_now;
  ++failures_;
  const bool again = Passes(failure.code()) || (MayPass(failure.code()) && failures_ <= kTriesThatMayPass);
  if (!again || absl::Now() - failing_since_ > options_.give_up_after) return failure;
  const absl::Duration pause = std::min(
      options_.longest_pause, options_.first_pause * static_cast<int64_t>(1 << std::min(failures_ - 1, 10)));
  options_.on_retry(failure, pause);
  absl::SleepFor(pause);
  return absl::OkStatus();
}

grpc::Status Importer::Close() {
  if (reader_.joinable()) reader_.join();
  return stream_->Finish();
}

void Importer::ReadAnswers(ImportStream* stream) {
  std::vector<type::v1::ImportResult> results;
  while (stream->Read(&results)) {
    absl::MutexLock lock(&mutex_);
    if (on_the_way_.empty() || on_the_way_.front()->origins.size() != results.size()) {
      wrong_answer_ = absl::InternalError(
          StrCat("the service answered ", results.size(), " records, not those it was sent"));
      stream->Cancel();
      break;
    }
    const std::vector<Origin>& origins = on_the_way_.front()->origins;
    for (size_t i = 0; i < origins.size(); ++i) report_->Answered(origins[i], results[i]);
    for (const auto& [row, change] : stream->TakeChanges()) {
      if (row >= 0 && row < static_cast<int64_t>(origins.size())) {
        options_.on_change(origins[static_cast<size_t>(row)], change);
      }
    }
    answered_ += static_cast<int64_t>(origins.size());
    on_the_way_.pop_front();
  }
  absl::MutexLock lock(&mutex_);
  ended_ = true;
}

}  // namespace clientele::cli
