// The console in a real browser; the stories are told in stories.test.mjs.
#include <gtest/gtest.h>

#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "tests/cluster/cluster.h"

namespace clientele::tests {
namespace {

TEST(Console, Stories) {
  Cluster cluster(CLIENTELE_CONSOLE);
  const std::string sample = cluster.folder() + "/sample";
  std::string output;
  ASSERT_EQ(cluster.Clientele({"sample", "--customers", "300", sample}, &output), 0) << output;
  ASSERT_EQ(cluster.Clientele({"import", sample}, &output), 0) << output;

  setenv("CLIENTELE_ADDRESS", absl::StrCat("http://", cluster.gateway_address()).c_str(), 1);
  const int code = RunCommand(
      {"node", "--test", absl::StrCat(CLIENTELE_SOURCE_DIR, "/tests/console/stories.test.mjs")}, &output);
  EXPECT_EQ(code, 0) << output;
}

}  // namespace
}  // namespace clientele::tests
