// Linked into everything under the tsan preset, and nowhere else. Debian's Abseil and gRPC are not
// instrumented, so ThreadSanitizer does not see what absl::Mutex and the batches of a call order, and would
// call all data behind them a race. These definitions stand before the libraries', tell the sanitizer, and
// pass on.
#include <dlfcn.h>
#include <grpc/grpc.h>
#include <sanitizer/tsan_interface.h>

#include <cstdio>
#include <cstdlib>

#include "absl/synchronization/mutex.h"

namespace {

// The library's own function. Debian's Abseil has an inline namespace of its own.
void* Real(const char* mangled) {
  void* symbol = dlsym(RTLD_NEXT, mangled);
  if (symbol == nullptr) {
    std::fprintf(stderr, "tests/tsan_libraries.cc: the library has no %s: is it another version?\n", mangled);
    std::abort();
  }
  return symbol;
}

// A condition that the mutex's waiters evaluate under it, on whichever thread unlocks it: between a lock and
// an unlock inside the library, which are told of here.
class HeldCondition {
 public:
  HeldCondition(absl::Mutex* mutex, const absl::Condition& condition)
      : mutex_(mutex), condition_(condition), wrapped_(this, &HeldCondition::Evaluate) {}
  const absl::Condition* get() const { return &wrapped_; }

 private:
  bool Evaluate() const {
    __tsan_acquire(mutex_);
    const bool met = condition_.Eval();
    __tsan_release(mutex_);
    return met;
  }

  absl::Mutex* const mutex_;
  const absl::Condition& condition_;
  const absl::Condition wrapped_;
};

}  // namespace

// Calls it; as with every member function, `this` comes first.
#define REAL(name, Result, ...)                                           \
  [](auto... arguments) {                                                 \
    static void* const real = Real(name);                                 \
    return reinterpret_cast<Result (*)(__VA_ARGS__)>(real)(arguments...); \
  }

namespace absl {

void Mutex::Lock() {
  REAL("_ZN4absl7debian35Mutex4LockEv", void, Mutex*)(this);
  __tsan_acquire(this);
}

void Mutex::Unlock() {
  __tsan_release(this);
  REAL("_ZN4absl7debian35Mutex6UnlockEv", void, Mutex*)(this);
}

bool Mutex::TryLock() {
  const bool locked = REAL("_ZN4absl7debian35Mutex7TryLockEv", bool, Mutex*)(this);
  if (locked) __tsan_acquire(this);
  return locked;
}

void Mutex::ReaderLock() {
  REAL("_ZN4absl7debian35Mutex10ReaderLockEv", void, Mutex*)(this);
  __tsan_acquire(this);
}

void Mutex::ReaderUnlock() {
  __tsan_release(this);
  REAL("_ZN4absl7debian35Mutex12ReaderUnlockEv", void, Mutex*)(this);
}

void Mutex::Await(const Condition& condition) {
  const HeldCondition held(this, condition);
  __tsan_release(this);
  REAL("_ZN4absl7debian35Mutex5AwaitERKNS0_9ConditionE", void, Mutex*, const Condition*)(this, held.get());
  __tsan_acquire(this);
}

bool Mutex::AwaitWithTimeout(const Condition& condition, Duration timeout) {
  const HeldCondition held(this, condition);
  __tsan_release(this);
  const bool met = REAL("_ZN4absl7debian35Mutex16AwaitWithTimeoutERKNS0_9ConditionENS0_8DurationE", bool,
                        Mutex*, const Condition*, Duration)(this, held.get(), timeout);
  __tsan_acquire(this);
  return met;
}

bool Mutex::AwaitWithDeadline(const Condition& condition, Time deadline) {
  const HeldCondition held(this, condition);
  __tsan_release(this);
  const bool met = REAL("_ZN4absl7debian35Mutex17AwaitWithDeadlineERKNS0_9ConditionENS0_4TimeE", bool, Mutex*,
                        const Condition*, Time)(this, held.get(), deadline);
  __tsan_acquire(this);
  return met;
}

void Mutex::LockWhen(const Condition& condition) {
  const HeldCondition held(this, condition);
  REAL("_ZN4absl7debian35Mutex8LockWhenERKNS0_9ConditionE", void, Mutex*, const Condition*)(this, held.get());
  __tsan_acquire(this);
}

void CondVar::Wait(Mutex* mutex) {
  __tsan_release(mutex);
  REAL("_ZN4absl7debian37CondVar4WaitEPNS0_5MutexE", void, CondVar*, Mutex*)(this, mutex);
  __tsan_acquire(mutex);
}

bool CondVar::WaitWithTimeout(Mutex* mutex, Duration timeout) {
  __tsan_release(mutex);
  const bool expired = REAL("_ZN4absl7debian37CondVar15WaitWithTimeoutEPNS0_5MutexENS0_8DurationE", bool,
                            CondVar*, Mutex*, Duration)(this, mutex, timeout);
  __tsan_acquire(mutex);
  return expired;
}

bool CondVar::WaitWithDeadline(Mutex* mutex, Time deadline) {
  __tsan_release(mutex);
  const bool expired = REAL("_ZN4absl7debian37CondVar16WaitWithDeadlineEPNS0_5MutexENS0_4TimeE", bool,
                            CondVar*, Mutex*, Time)(this, mutex, deadline);
  __tsan_acquire(mutex);
  return expired;
}

}  // namespace absl

// What went on before a batch of operations was begun goes before what its completion starts: gRPC's headers
// give the call back, which they hold for the batch, before they call whoever waits for it.
extern "C" {

grpc_call_error grpc_call_start_batch(grpc_call* call, const grpc_op* ops, size_t count, void* tag,
                                      void* reserved) {
  __tsan_release(call);
  return REAL("grpc_call_start_batch", grpc_call_error, grpc_call*, const grpc_op*, size_t, void*, void*)(
      call, ops, count, tag, reserved);
}

void grpc_call_unref(grpc_call* call) {
  __tsan_acquire(call);
  __tsan_release(call);
  REAL("grpc_call_unref", void, grpc_call*)(call);
}

}  // extern "C"
