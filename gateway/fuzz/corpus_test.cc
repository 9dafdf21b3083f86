// The fuzz targets over the inputs that are checked in: seeds, and what once broke something.
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "gateway/fuzz/fuzz.h"

namespace clientele::gateway::fuzz {
namespace {

// Names the file when it ends the process.
std::string current;
void SayWhichFile(int) {
  std::cerr << "while running " << current << std::endl;
  std::_Exit(1);
}

std::vector<std::filesystem::path> Files(const std::string& target) {
  std::vector<std::filesystem::path> files;
  const std::filesystem::path folder =
      std::filesystem::path(CLIENTELE_SOURCE_DIR) / "gateway/fuzz/corpus" / target;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) files.push_back(entry.path());
  return files;
}

class Corpus : public ::testing::TestWithParam<Target> {};

TEST_P(Corpus, HoldsForEveryFile) {
  const std::vector<std::filesystem::path> files = Files(GetParam().name);
  EXPECT_GT(files.size(), 10u);
  std::signal(SIGABRT, SayWhichFile);
  for (const std::filesystem::path& file : files) {
    std::ostringstream bytes;
    bytes << std::ifstream(file, std::ios::binary).rdbuf();
    current = file.filename().string();
    GetParam().run(bytes.str());
    // And its beginnings, as a connection that breaks off has them.
    for (size_t part = 1; part < 4; ++part)
      GetParam().run(bytes.str().substr(0, bytes.str().size() * part / 4));
  }
  std::signal(SIGABRT, SIG_DFL);
}

INSTANTIATE_TEST_SUITE_P(Fuzz, Corpus, ::testing::ValuesIn(kTargets),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(CorpusDeathTest, WhatMustHoldIsChecked) {
  EXPECT_DEATH(Require(false, "the sky is green"), "the sky is green");
}

}  // namespace
}  // namespace clientele::gateway::fuzz
