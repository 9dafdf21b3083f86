// The entry that libFuzzer calls; which target it is for, the build says.
#include <cstdint>
#include <string_view>

#include CLIENTELE_FUZZ_HEADER

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  CLIENTELE_FUZZ_TARGET({reinterpret_cast<const char*>(data), size});
  return 0;
}
