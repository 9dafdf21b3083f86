#ifndef CUSTOMER_SVC_FUZZ_FUZZ_H_
#define CUSTOMER_SVC_FUZZ_FUZZ_H_

#include <string_view>

#include "servicekit/fuzz/fuzz.h"

namespace clientele::customer::fuzz {

using servicekit::fuzz::Require;

// An order_by on the first line, then a filter of customers.
void Filter(std::string_view bytes);
// A page token; and bytes of which one is made.
void PageToken(std::string_view bytes);
// A v1.Customer on the wire, with custom attributes; and the definition of one, a v1.Attribute.
void Attributes(std::string_view bytes);
// A v1.ImportRecordsRequest on the wire.
void ImportRecords(std::string_view bytes);

inline constexpr servicekit::fuzz::Target kTargets[] = {{"filter", Filter},
                                                        {"page_token", PageToken},
                                                        {"attributes", Attributes},
                                                        {"import_records", ImportRecords}};

}  // namespace clientele::customer::fuzz

#endif  // CUSTOMER_SVC_FUZZ_FUZZ_H_
