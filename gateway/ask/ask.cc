#include "gateway/ask/ask.h"

#include <algorithm>
#include <deque>

#include "absl/time/clock.h"
#include "gateway/upstream/overload.h"

namespace clientele::gateway {
namespace {

// Kept back of the caller's time, so that the answer still arrives in it.
constexpr absl::Duration kKeptBack = absl::Milliseconds(100);

// A read may be asked twice: of another replica when the first one is gone.
struct Question : std::enable_shared_from_this<Question> {
  Upstream* upstream;
  AskAs as;
  absl::Time start = absl::Now();
  std::string path;
  std::string bytes;
  std::function<void(absl::StatusOr<std::string>)> done;
  std::shared_ptr<Replica> replica;
  // One for each attempt; they stay until the last has ended.
  std::deque<grpc::ClientContext> contexts;
  grpc::ByteBuffer request;
  grpc::ByteBuffer response;
  int attempts = 0;

  // Details say that the service spoke itself.
  static bool Reached(const grpc::Status& status) {
    return status.error_code() != grpc::StatusCode::UNAVAILABLE || !status.error_details().empty();
  }

  void Start() {
    replica = upstream->Pick(replica.get());
    if (replica == nullptr) return End({grpc::StatusCode::UNAVAILABLE, ""});
    ++attempts;
    grpc::ClientContext& context = contexts.emplace_back();
    for (const auto& [key, value] : as.metadata) context.AddMetadata(key, value);
    context.set_deadline(absl::ToChronoTime(as.deadline));
    const grpc::Slice slice(bytes);
    request = grpc::ByteBuffer(&slice, 1);
    replica->CallStarted();
    replica->stub().UnaryCall(
        &context, path, {}, &request, &response,
        [self = shared_from_this()](const grpc::Status& status) { self->OnDone(status); });
  }

  void OnDone(const grpc::Status& status) {
    const bool reached = Reached(status);
    replica->CallFinished(reached);
    if (!reached && attempts < 2 && upstream->retries().TakeRetry()) return Start();
    End(status);
  }

  void End(const grpc::Status& status) {
    upstream->limit().Finish(TellsOfOverload(status, as.deadline - start), absl::Now());
    absl::StatusOr<std::string> answer = Read(status);
    // Whoever hears the answer may be the last one who keeps the channels. They must not end here, on a
    // thread of theirs (grpc#37858), so this lets go of them before.
    contexts.clear();
    replica.reset();
    done(std::move(answer));
  }

  absl::StatusOr<std::string> Read(const grpc::Status& status) const {
    if (!status.ok()) {
      // What was made on the way tells of addresses inside.
      return Reached(status) ? servicekit::FromGrpcStatus(status)
                             : absl::UnavailableError("the service behind this part cannot be reached");
    }
    grpc::Slice slice;
    if (!response.DumpToSingleSlice(&slice).ok()) return absl::InternalError("the answer cannot be read");
    return std::string(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
};

}  // namespace

AskAs AsCaller(const grpc::CallbackServerContext& context, absl::Duration patience) {
  // A client that sets no deadline has one in the far future.
  AskAs as = {.metadata = {},
              .deadline = std::min(absl::FromChrono(context.deadline()) - kKeptBack, absl::Now() + patience)};
  for (const char* key : {"authorization", "traceparent", "tracestate"}) {
    const auto found = context.client_metadata().find(key);
    if (found == context.client_metadata().end()) continue;
    as.metadata.emplace_back(key, std::string(found->second.data(), found->second.size()));
  }
  return as;
}

void AskBytes(Upstreams& upstreams, const AskAs& as, const std::string& path, const std::string& request,
              std::function<void(absl::StatusOr<std::string>)> done) {
  Upstream* upstream = upstreams.Find(path.substr(1));
  if (upstream == nullptr) return done(absl::UnimplementedError("no service serves this part"));
  // Questions of the gateway's own take the places that calls take: many of them at once must not press a
  // service harder than its callers may.
  if (!upstream->limit().Start()) return done(TooBusy("SERVICE_BUSY"));
  auto question = std::make_shared<Question>();
  question->upstream = upstream;
  question->as = as;
  question->path = path;
  question->bytes = request;
  question->done = std::move(done);
  upstream->retries().CallStarted();
  question->Start();
}

}  // namespace clientele::gateway
