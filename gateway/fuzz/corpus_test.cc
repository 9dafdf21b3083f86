#include "servicekit/fuzz/corpus.h"
#include "gateway/fuzz/fuzz.h"

namespace servicekit::fuzz {

INSTANTIATE_TEST_SUITE_P(Gateway, Corpus, CorpusOf("gateway/fuzz", clientele::gateway::fuzz::kTargets),
                         CorpusName());

}  // namespace servicekit::fuzz
