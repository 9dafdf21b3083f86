#ifndef SERVICEKIT_FUZZ_CORPUS_H_
#define SERVICEKIT_FUZZ_CORPUS_H_

#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

#include "servicekit/fuzz/fuzz.h"

// The test of a folder `fuzz`: its targets over the inputs that are checked in, seeds and what once broke
// something.
//
//   INSTANTIATE_TEST_SUITE_P(Fuzz, Corpus, CorpusOf("gateway/fuzz", kTargets), CorpusName());
namespace servicekit::fuzz {

struct CorpusFolder {
  Target target;
  std::string folder;
};

template <size_t n>
auto CorpusOf(const std::string& folder, const Target (&targets)[n]) {
  std::vector<CorpusFolder> folders;
  for (const Target& target : targets) {
    folders.push_back({target, std::string(CLIENTELE_SOURCE_DIR) + "/" + folder + "/corpus/" + target.name});
  }
  return ::testing::ValuesIn(folders);
}

struct CorpusName {
  std::string operator()(const ::testing::TestParamInfo<CorpusFolder>& info) const {
    return info.param.target.name;
  }
};

class Corpus : public ::testing::TestWithParam<CorpusFolder> {
 protected:
  // Names the file when it ends the process.
  static inline std::string current;
  static void SayWhichFile(int) {
    std::cerr << "while running " << current << std::endl;
    std::_Exit(1);
  }
};

TEST_P(Corpus, HoldsForEveryFile) {
  const auto run = GetParam().target.run;
  int files = 0;
  std::signal(SIGABRT, SayWhichFile);
  for (const auto& entry : std::filesystem::directory_iterator(GetParam().folder)) {
    std::ostringstream read;
    read << std::ifstream(entry.path(), std::ios::binary).rdbuf();
    const std::string bytes = read.str();
    current = entry.path().filename().string();
    run(bytes);
    // And its beginnings, as a connection that breaks off has them.
    for (size_t part = 1; part < 4; ++part) run(std::string_view(bytes).substr(0, bytes.size() * part / 4));
    ++files;
  }
  std::signal(SIGABRT, SIG_DFL);
  EXPECT_GT(files, 10);
}

}  // namespace servicekit::fuzz

#endif  // SERVICEKIT_FUZZ_CORPUS_H_
