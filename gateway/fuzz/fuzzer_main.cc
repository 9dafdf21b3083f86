// The entry that libFuzzer calls; which target it is for, the build says.
#include "gateway/fuzz/fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  clientele::gateway::fuzz::CLIENTELE_FUZZ_TARGET({reinterpret_cast<const char*>(data), size});
  return 0;
}
