#ifndef GATEWAY_CODEC_FRONT_DOOR_H_
#define GATEWAY_CODEC_FRONT_DOOR_H_

#include <atomic>
#include <functional>
#include <memory>

#include "gateway/codec/cors.h"
#include "gateway/http/exchange.h"
#include "gateway/pipeline/pipeline.h"
#include "gateway/routing/http_router.h"
#include "gateway/routing/method_table.h"
#include "gateway/site/site.h"
#include "gateway/upstream/upstreams.h"

namespace clientele::gateway {

// Answers requests for a page that is no RPC; false for all others.
using Pages = std::function<bool(const HttpRequest&, HttpAnswer&)>;

// Finds the codec for a request: gRPC by its content type, health, pages and the console by their paths, JSON
// otherwise.
class FrontDoor final : public HttpFrontDoor {
 public:
  FrontDoor(Pipeline& pipeline, const MethodTable& methods, const HttpRouter& router, Upstreams& upstreams,
            Cors cors, Pages pages)
      : pipeline_(pipeline),
        methods_(methods),
        router_(router),
        upstreams_(upstreams),
        cors_(std::move(cors)),
        pages_(std::move(pages)) {}

  std::unique_ptr<HttpHandler> Open(HttpRequest request, HttpAnswer& answer) override;

  // Before the first request. Without it there is no console.
  void set_site(const Site* site) { site_ = site; }
  // Readiness fails from now on; calls are still served.
  void SayUnready() { unready_ = true; }

 private:
  std::atomic<bool> unready_ = false;
  Pipeline& pipeline_;
  const MethodTable& methods_;
  const HttpRouter& router_;
  Upstreams& upstreams_;
  const Cors cors_;
  const Pages pages_;
  const Site* site_ = nullptr;
};

}  // namespace clientele::gateway

#endif  // GATEWAY_CODEC_FRONT_DOOR_H_
