#ifndef GATEWAY_CODEC_FRONT_DOOR_H_
#define GATEWAY_CODEC_FRONT_DOOR_H_

#include <atomic>
#include <memory>

#include "gateway/http/exchange.h"
#include "gateway/pipeline/pipeline.h"
#include "gateway/routing/http_router.h"
#include "gateway/routing/method_table.h"
#include "gateway/site/site.h"
#include "gateway/upstream/upstreams.h"

namespace clientele::gateway {

// Finds the codec for a request: gRPC by its content type, health and the console by their paths, JSON
// otherwise.
class FrontDoor final : public HttpFrontDoor {
 public:
  FrontDoor(Pipeline& pipeline, const MethodTable& methods, const HttpRouter& router, Upstreams& upstreams)
      : pipeline_(pipeline), methods_(methods), router_(router), upstreams_(upstreams) {}

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
  const Site* site_ = nullptr;
};

}  // namespace clientele::gateway

#endif  // GATEWAY_CODEC_FRONT_DOOR_H_
