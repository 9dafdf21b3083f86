#ifndef SERVICEKIT_TESTING_SHARED_DATA_H_
#define SERVICEKIT_TESTING_SHARED_DATA_H_

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>

namespace servicekit {

// Real data sets lie beside the project, in ../shared/data, and are not part of it.
inline std::string SharedDataPath(const std::string& path) {
  return std::string(CLIENTELE_SOURCE_DIR "/../shared/data/") + path;
}
inline bool HasSharedData(const std::string& path) { return std::filesystem::exists(SharedDataPath(path)); }
inline bool SharedDataRequired() { return std::getenv("CLIENTELE_REQUIRE_SHARED_DATA") != nullptr; }

}  // namespace servicekit

// Declares `variable` as the path of a file or folder of the shared data. Without the data the test is
// skipped with a message, or fails where CLIENTELE_REQUIRE_SHARED_DATA is set, as .ci/run does.
#define SHARED_DATA(variable, path)                                                            \
  const std::string variable = ::servicekit::SharedDataPath(path);                             \
  if (!::servicekit::HasSharedData(path)) {                                                    \
    if (::servicekit::SharedDataRequired()) FAIL() << "the data set is missing: " << variable; \
    GTEST_SKIP() << "needs the data set " << variable;                                         \
  }                                                                                            \
  static_assert(true, "so that the line ends with a semicolon")

#endif  // SERVICEKIT_TESTING_SHARED_DATA_H_
