#ifndef SERVICEKIT_FUZZ_FUZZ_H_
#define SERVICEKIT_FUZZ_FUZZ_H_

#include <cstdlib>
#include <iostream>
#include <string_view>

// What meets bytes from outside, each as a function of any bytes. A folder `fuzz` lists its functions in an
// array of Target and keeps inputs for each in corpus/; `./dev fuzz` builds each function into a libFuzzer
// program.
namespace servicekit::fuzz {

struct Target {
  const char* name;  // And of its folder in corpus/.
  void (*run)(std::string_view bytes);
};

// Ends the process when something does not hold that must hold for all bytes: that is what a fuzzer notices.
inline void Require(bool holds, std::string_view what) {
  if (holds) return;
  std::cerr << "does not hold: " << what << std::endl;
  std::abort();
}

}  // namespace servicekit::fuzz

#endif  // SERVICEKIT_FUZZ_FUZZ_H_
