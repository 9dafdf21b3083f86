#include "servicekit/fuzz/corpus.h"
#include "customer-svc/fuzz/fuzz.h"

namespace servicekit::fuzz {

INSTANTIATE_TEST_SUITE_P(Customer, Corpus, CorpusOf("customer-svc/fuzz", clientele::customer::fuzz::kTargets),
                         CorpusName());

}  // namespace servicekit::fuzz
