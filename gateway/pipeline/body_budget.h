#ifndef GATEWAY_PIPELINE_BODY_BUDGET_H_
#define GATEWAY_PIPELINE_BODY_BUDGET_H_

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace clientele::gateway {

// How many bytes of bodies that are not complete yet may wait in memory, of all calls together: each is
// small, but there may be thousands of them. Thread-safe.
class BodyBudget {
 public:
  explicit BodyBudget(int64_t limit) : limit_(limit) {}

  // What one body takes of it.
  class Share {
   public:
    explicit Share(BodyBudget& budget) : budget_(budget) {}
    ~Share() { budget_.held_ -= held_; }
    Share(const Share&) = delete;
    Share& operator=(const Share&) = delete;
    // False when there is no room for so many bytes. Fewer than before always fit.
    bool Resize(size_t bytes) {
      const int64_t more = static_cast<int64_t>(bytes) - held_;
      held_ += more;
      return budget_.held_.fetch_add(more) + more <= budget_.limit_ || more <= 0;
    }

   private:
    BodyBudget& budget_;
    int64_t held_ = 0;
  };

 private:
  const int64_t limit_;
  std::atomic<int64_t> held_ = 0;
};

}  // namespace clientele::gateway

#endif  // GATEWAY_PIPELINE_BODY_BUDGET_H_
