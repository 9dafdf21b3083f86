// `clientele watch`: the end of a change feed, as it grows.
#include <iostream>
#include <memory>

#include "absl/time/clock.h"
#include "cli/commands/command.h"
#include "cli/commands/feed_line.h"
#include "clientele/customer/v1/customer_feed.grpc.pb.h"
#include "clientele/lifecycle/v1/lifecycle_feed.grpc.pb.h"
#include "clientele/value/v1/value_feed.grpc.pb.h"
#include "servicekit/types/str_cat.h"

namespace clientele::cli {
namespace {

using servicekit::StrCat;
using type::v1::ReadFeedRequest;
using type::v1::ReadFeedResponse;

// Heartbeats come every 15 seconds, so a stream that lasts is alive; it is opened anew from time to time.
constexpr absl::Duration kStreamTimeout = absl::Minutes(30), kFirstPause = absl::Milliseconds(200),
                         kLongestPause = absl::Seconds(5);

struct Arguments {
  std::string feed;
  int64_t after = -1;  // -1: from now on.
  bool until_end = false;
};

std::unique_ptr<grpc::ClientReader<ReadFeedResponse>> Open(const std::string& feed, Gateway& gateway,
                                                           grpc::ClientContext* context,
                                                           const ReadFeedRequest& request) {
  const auto& channel = gateway.channel();
  if (feed == "customer")
    return customer::v1::CustomerFeedService::NewStub(channel)->ReadFeed(context, request);
  if (feed == "lifecycle")
    return lifecycle::v1::LifecycleFeedService::NewStub(channel)->ReadFeed(context, request);
  return value::v1::ValueFeedService::NewStub(channel)->ReadFeed(context, request);
}

// Reads until the stream ends; keeps `position` at the last entry printed.
absl::Status Read(const Arguments& arguments, Session& session, bool new_token, int64_t* position,
                  bool* answered) {
  grpc::ClientContext context;
  if (absl::Status prepared = session.gateway.Prepare(&context, kStreamTimeout, new_token); !prepared.ok())
    return prepared;
  ReadFeedRequest request;
  request.set_after(std::max<int64_t>(*position, 0));
  request.set_until_end(arguments.until_end);
  auto stream = Open(arguments.feed, session.gateway, &context, request);
  ReadFeedResponse response;
  while (stream->Read(&response)) {
    *answered = true;
    for (const type::v1::FeedEntry& entry : response.entries()) {
      if (session.json) {
        session.PrintJson(entry, true);
      } else {
        std::cout << FeedLine(entry, session.out) << std::endl;
      }
      *position = entry.position();
    }
  }
  const grpc::Status status = stream->Finish();
  return status.ok() ? absl::OkStatus() : Gateway::ToStatus(status);
}

// The head of the log, for those who only want what is new.
absl::StatusOr<int64_t> Head(const Arguments& arguments, Session& session) {
  grpc::ClientContext context;
  if (absl::Status prepared = session.gateway.Prepare(&context, absl::Seconds(60)); !prepared.ok())
    return prepared;
  ReadFeedRequest request;
  request.set_after(INT64_MAX - 1);
  auto stream = Open(arguments.feed, session.gateway, &context, request);
  ReadFeedResponse response;
  if (stream->Read(&response)) {  // At the latest the first heartbeat.
    context.TryCancel();
    return response.head();
  }
  return Gateway::ToStatus(stream->Finish());
}

bool Passes(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status) || absl::IsCancelled(status) ||
         absl::IsResourceExhausted(status) || absl::IsInternal(status);
}

absl::Status Watch(const Arguments& arguments, Session& session) {
  if (absl::Status signed_in = session.gateway.CheckSignedIn(); !signed_in.ok()) return signed_in;
  int64_t position = arguments.after;
  if (position < 0 && arguments.until_end) position = 0;
  if (position < 0) {
    absl::StatusOr<int64_t> head = Head(arguments, session);
    if (!head.ok()) return head.status();
    position = *head;
    std::cerr << "Waiting for entries after " << position << "; Ctrl-C ends, --after 0 shows all.\n";
  }
  absl::Duration pause = kFirstPause;
  bool token_ended = false;
  while (true) {
    bool answered = false;
    const absl::Status ended = Read(arguments, session, token_ended, &position, &answered);
    if (ended.ok() && arguments.until_end) return ended;
    // A stream ends with its token; there may be a new one.
    token_ended = answered && absl::IsUnauthenticated(ended);
    if (!ended.ok() && !token_ended && !Passes(ended)) return ended;
    if (answered) pause = kFirstPause;
    if (!ended.ok() && !absl::IsDeadlineExceeded(ended)) {
      std::cerr << Gateway::Why(ended) << "; trying again in " << absl::FormatDuration(pause) << "\n";
    }
    absl::SleepFor(pause);
    pause = std::min(pause * 2, kLongestPause);
  }
}

}  // namespace

void AddWatch(CLI::App& app, Command* chosen) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand("watch", "Follow what happens, one line an entry");
  command->add_option("FEED", arguments->feed, "customer, lifecycle or value")
      ->required()
      ->check(CLI::IsMember({"customer", "lifecycle", "value"}));
  command
      ->add_option("--after", arguments->after,
                   "Begin after this position; 0 is the beginning; default: from now on")
      ->check(CLI::NonNegativeNumber);
  command->add_flag("--until-end", arguments->until_end,
                    "Stop at the end instead of waiting (from the beginning, or --after)");
  command->callback([=] { *chosen = [arguments](Session& session) { return Watch(*arguments, session); }; });
}

}  // namespace clientele::cli
