#include "cli/fuzz/fuzz.h"
#include "servicekit/fuzz/corpus.h"

namespace servicekit::fuzz {

INSTANTIATE_TEST_SUITE_P(Cli, Corpus, CorpusOf("cli/fuzz", clientele::cli::fuzz::kTargets), CorpusName());

}  // namespace servicekit::fuzz
