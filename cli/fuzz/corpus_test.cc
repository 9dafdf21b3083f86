#include "servicekit/fuzz/corpus.h"
#include "cli/fuzz/fuzz.h"

namespace servicekit::fuzz {

INSTANTIATE_TEST_SUITE_P(Cli, Corpus, CorpusOf("cli/fuzz", clientele::cli::fuzz::kTargets), CorpusName());

}  // namespace servicekit::fuzz
