// Every RPC of every service, found by the descriptors, over gRPC, gRPC-Web and JSON: each form gets the same
// answer, and none says that the RPC is not there or that something broke.
#include <google/protobuf/util/json_util.h>
#include <grpcpp/generic/generic_stub.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include <nlohmann/json.hpp>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "gateway/codec/grpc_wire.h"
#include "gateway/codec/transcoder.h"
#include "gateway/routing/http_router.h"
#include "gateway/testing/http_client.h"
#include "servicekit/rpc/status.h"
#include "tests/cluster/cluster.h"

namespace clientele::tests {
namespace {

using gateway::HttpBinding;
using gateway::HttpRouter;
using gateway::MethodTable;
using gateway::testing::HttpClient;
using gateway::testing::HttpResponse;

// Long enough for every call on a busy machine; feeds have no end, and are cut off.
absl::Duration PatienceFor(std::string_view method) {
  return method.ends_with("/ReadFeed") ? absl::Seconds(2) : absl::Seconds(30);
}

// What a write answers depends on those before it: the second of the same may find the first one's effect.
bool SameAnswer(const gateway::Method& method, int one, int other) {
  const auto accepted = [](int code) {
    return code == grpc::OK || code == grpc::ALREADY_EXISTS || code == grpc::ABORTED ||
           code == grpc::FAILED_PRECONDITION;
  };
  return one == other || (!method.reads && accepted(one) && accepted(other));
}

class EveryRpc : public ::testing::Test {
 protected:
  EveryRpc()
      : methods_(MethodTable::ForPrefixes(
            {"clientele.customer.", "clientele.lifecycle.", "clientele.value.", "clientele.gateway.v1."})),
        router_(*HttpRouter::Build(methods_)),
        channel_(cluster_.channel()),
        stub_(channel_) {
    absl::SimpleAtoi(cluster_.gateway_address().substr(cluster_.gateway_address().rfind(':') + 1), &port_);
  }

  // A path that fits the binding: well-formed ids of nothing.
  static std::string PathFor(const HttpBinding& binding) {
    std::string path;
    for (const auto& segment : binding.path.segments) {
      absl::StrAppend(&path, "/", segment.literal.empty() ? "01JD5R6X0QF3V9K2M4N8P7S1TA" : segment.literal);
    }
    if (!binding.path.verb.empty()) absl::StrAppend(&path, ":", binding.path.verb);
    return path;
  }

  std::vector<std::pair<std::string, std::string>> Fields(std::string_view method, const std::string& type) {
    const int64_t patience_ms = absl::ToInt64Milliseconds(PatienceFor(method));
    std::vector<std::pair<std::string, std::string>> fields = {
        {"authorization", "Bearer " + cluster_.AdministratorToken()},
        {"x-request-timeout", absl::StrCat(patience_ms, "ms")},
        {"grpc-timeout", absl::StrCat(patience_ms, "m")}};
    if (!type.empty()) fields.emplace_back("content-type", type);
    return fields;
  }

  int OverJson(const HttpBinding& binding, const std::string& path) {
    const bool body = binding.whole_body || binding.body != nullptr;
    const bool lines = binding.method->descriptor->client_streaming();
    const HttpResponse response =
        HttpClient(port_).Request(binding.verb, path,
                                  Fields(binding.method->path, !body   ? ""
                                                               : lines ? "application/x-ndjson"
                                                                       : "application/json"),
                                  !body   ? ""
                                  : lines ? "{}\n"
                                          : "{}");
    // Of a stream, the last line tells how it ended.
    std::string last = response.body;
    while (last.ends_with('\n')) last.pop_back();
    if (binding.method->descriptor->server_streaming()) last = last.substr(last.rfind('\n') + 1);
    const auto json = nlohmann::json::parse(last.empty() ? "{}" : last, nullptr, false);
    EXPECT_FALSE(json.is_discarded()) << last;
    if (json.is_object() && json.contains("error")) return json["error"].value("code", -1);
    if (response.status == 200) return 0;
    return json.is_object() ? json.value("code", -1) : -1;
  }

  static std::string Bytes(const grpc::ByteBuffer& buffer) {
    grpc::Slice slice;
    EXPECT_TRUE(buffer.DumpToSingleSlice(&slice).ok());
    return {reinterpret_cast<const char*>(slice.begin()), slice.size()};
  }

  int OverGrpcWeb(const std::string& method, const grpc::ByteBuffer& request) {
    const HttpResponse response = HttpClient(port_).Request(
        "POST", method, Fields(method, "application/grpc-web"), gateway::FrameMessage(request));
    const size_t at = response.body.rfind("grpc-status: ");
    int code = -1;
    if (response.status != 200 || at == std::string::npos) return -1;
    const std::string line = response.body.substr(at + 13);
    return absl::SimpleAtoi(line.substr(0, line.find('\r')), &code) ? code : -1;
  }

  // Any kind of call as a stream, to its end.
  int OverGrpc(const std::string& method, const grpc::ByteBuffer& request) {
    grpc::ClientContext context;
    context.AddMetadata("authorization", "Bearer " + cluster_.AdministratorToken());
    context.set_deadline(absl::ToChronoTime(absl::Now() + PatienceFor(method)));
    grpc::CompletionQueue queue;
    const auto next = [&queue] {
      void* tag = nullptr;
      bool ok = false;
      return queue.Next(&tag, &ok) && ok;
    };
    const auto call = stub_.PrepareCall(&context, method, &queue);
    call->StartCall(nullptr);
    next();
    call->Write(request, nullptr);
    next();
    call->WritesDone(nullptr);
    next();
    for (bool more = true; more;) {
      grpc::ByteBuffer answer;
      call->Read(&answer, nullptr);
      more = next();
    }
    grpc::Status status;
    call->Finish(&status, nullptr);
    next();
    return status.error_code();
  }

  Cluster cluster_;
  MethodTable methods_;
  HttpRouter router_;
  std::shared_ptr<grpc::Channel> channel_;
  grpc::GenericStub stub_;
  int port_ = 0;
};

TEST_F(EveryRpc, AnswersTheSameOverGrpcGrpcWebAndJson) {
  std::set<std::string> seen;
  for (const HttpBinding& binding : router_.bindings()) {
    const std::string& method = binding.method->path;
    seen.insert(method);
    const std::string path = PathFor(binding);
    const HttpRouter::Result found = router_.Find(binding.verb, path);
    const auto* match = std::get_if<HttpRouter::Match>(&found);
    ASSERT_NE(match, nullptr) << path;
    ASSERT_EQ(match->binding->method, binding.method) << path << " leads to another method";
    const bool body = binding.whole_body || binding.body != nullptr;
    const auto request =
        gateway::ToRequest(*match, "", body ? std::optional<std::string_view>("{}") : std::nullopt);
    ASSERT_TRUE(request.ok()) << method << ": " << request.status();

    const int grpc = OverGrpc(method, *request);
    const int web = OverGrpcWeb(method, *request);
    EXPECT_TRUE(SameAnswer(*binding.method, web, grpc))
        << method << ": gRPC " << grpc << ", gRPC-Web " << web;
    const int json = OverJson(binding, path);
    EXPECT_TRUE(SameAnswer(*binding.method, json, grpc))
        << method << " " << path << ": gRPC " << grpc << ", JSON " << json;
    for (const int broken :
         {grpc::UNIMPLEMENTED, grpc::INTERNAL, grpc::UNKNOWN, grpc::UNAVAILABLE, grpc::DATA_LOSS}) {
      EXPECT_NE(grpc, broken) << method << ": " << servicekit::CodeName(grpc);
    }
  }
  for (const gateway::Method& method : methods_.methods()) {
    EXPECT_TRUE(seen.contains(method.path)) << method.path << " has no google.api.http option";
  }
}

}  // namespace
}  // namespace clientele::tests
