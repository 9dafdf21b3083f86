#include "servicekit/rpc/write.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <openssl/sha.h>

#include <optional>

#include "absl/time/clock.h"
#include "servicekit/rpc/uuid.h"
#include "servicekit/types/error.h"
#include "servicekit/types/id.h"
#include "servicekit/types/str_cat.h"

namespace servicekit {
namespace {

std::string Deterministic(const google::protobuf::Message& message) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    message.SerializePartialToCodedStream(&coded);
  }
  return bytes;
}

struct Claim {
  std::string fingerprint;
  std::optional<std::string> answer;
};

// The claim, once it is committed: the locking read waits for a transaction that still holds it.
absl::StatusOr<std::optional<Claim>> FindClaim(Transaction& tx, const Bytes& id) {
  std::optional<Claim> found;
  const absl::Status status =
      tx.Query(Sql("SELECT fingerprint, answer FROM requests WHERE request_id = ? FOR UPDATE", {id}),
               [&](const Row& row) {
                 found = Claim{row.Blob(0), row.IsNull(1) ? std::nullopt : std::optional(row.Blob(1))};
                 return absl::OkStatus();
               });
  if (!status.ok()) return status;
  return found;
}

absl::Status TakeAnswer(const Claim& claim, const std::string& fingerprint,
                        google::protobuf::Message* answer) {
  if (claim.fingerprint != fingerprint) {
    return WithReason(InvalidField("request_id", "was used for another request"), "REQUEST_ID_REUSED");
  }
  if (!claim.answer.has_value()) {
    return WithReason(
        absl::FailedPreconditionError("the request was carried out, but its answer has been erased since"),
        "ANSWER_ERASED");
  }
  if (!answer->ParseFromString(*claim.answer)) {
    return absl::InternalError("the answer that was stored for a request cannot be read");
  }
  return absl::OkStatus();
}

}  // namespace

std::string Fingerprint(const CallContext& call, const google::protobuf::Message& request) {
  const std::string text = StrCat(call.method.size(), ":", call.method, call.principal.subject.size(), ":",
                                  call.principal.subject, Deterministic(request));
  std::string digest(SHA256_DIGEST_LENGTH, '\0');
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(),
         reinterpret_cast<unsigned char*>(digest.data()));
  return digest;
}

absl::Status RunIdempotent(Pool& pool, const CallContext& call, const google::protobuf::Message& request,
                           const std::string& request_id, google::protobuf::Message* answer,
                           absl::FunctionRef<absl::Status(Transaction&)> body) {
  const bool given = !request_id.empty();
  Bytes id;
  if (given) {
    absl::StatusOr<std::string> parsed = ParseUuid("request_id", request_id);
    if (!parsed.ok()) return parsed.status();
    id.value = *std::move(parsed);
  } else {
    id.value = std::string(Id::New(absl::Now()).bytes());
  }
  const std::string fingerprint = Fingerprint(call, request);

  const auto write = [&](Transaction& tx) -> absl::Status {
    answer->Clear();
    if (!given) {
      // Nobody can repeat an id that nobody knows: the claim only tells whether the COMMIT arrived.
      if (absl::Status status = body(tx); !status.ok()) return status;
      return tx
          .Execute(Sql(
              "INSERT INTO requests (request_id, fingerprint, answer, create_time) VALUES (?, ?, NULL, ?)",
              {id, Bytes{fingerprint}, absl::Now()}))
          .status();
    }
    // Claimed first: the same id at the same time waits here until the first has committed or failed.
    const absl::Status claimed =
        tx
            .Execute(Sql(
                "INSERT INTO requests (request_id, fingerprint, answer, create_time) VALUES (?, ?, NULL, ?)",
                {id, Bytes{fingerprint}, absl::Now()}))
            .status();
    if (absl::IsAlreadyExists(claimed)) {
      const absl::StatusOr<std::optional<Claim>> claim = FindClaim(tx, id);
      if (!claim.ok()) return claim.status();
      if (!claim->has_value())
        return absl::AbortedError("the request with this request_id was just forgotten; try again");
      return TakeAnswer(**claim, fingerprint, answer);
    }
    if (!claimed.ok()) return claimed;
    if (absl::Status status = body(tx); !status.ok()) return status;
    return tx
        .Execute(
            Sql("UPDATE requests SET answer = ? WHERE request_id = ?", {Bytes{Deterministic(*answer)}, id}))
        .status();
  };

  TransactionOptions options;
  options.committed = [&](Transaction& tx) -> absl::StatusOr<bool> {
    const absl::StatusOr<std::optional<Claim>> claim = FindClaim(tx, id);
    if (!claim.ok()) return claim.status();
    if (!claim->has_value()) return false;
    if (!given) return true;
    // The caller's own repeat may have got there first, with another answer: that one is the answer.
    if (absl::Status status = TakeAnswer(**claim, fingerprint, answer); !status.ok()) return status;
    return true;
  };
  return RunTransaction(pool, call.deadline, write, options);
}

absl::StatusOr<int64_t> ForgetRequests(Pool& pool, absl::Time deadline, absl::Time before) {
  constexpr int64_t kAtOnce = 1000;
  int64_t total = 0;
  while (true) {
    const absl::StatusOr<int64_t> deleted = RunInTransaction(pool, deadline, [&](Transaction& tx) {
      return tx.Execute(
          Sql("DELETE FROM requests WHERE create_time < ? ORDER BY create_time LIMIT 1000", {before}));
    });
    if (!deleted.ok()) return deleted.status();
    total += *deleted;
    if (*deleted < kAtOnce) return total;
  }
}

}  // namespace servicekit
