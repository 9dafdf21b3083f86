#ifndef CUSTOMER_SVC_RPC_ENCODE_H_
#define CUSTOMER_SVC_RPC_ENCODE_H_

#include <vector>

#include "clientele/customer/v1/attribute_service.pb.h"
#include "clientele/customer/v1/completeness_service.pb.h"
#include "clientele/customer/v1/customer.pb.h"
#include "clientele/customer/v1/import_service.pb.h"
#include "clientele/customer/v1/requirement_set_service.pb.h"
#include "clientele/customer/v1/team_service.pb.h"
#include "customer-svc/domain/requirement.h"
#include "customer-svc/operations/import_records.h"
#include "customer-svc/store/requirement_store.h"

// From domain values to messages.
namespace clientele::customer {

v1::Customer Encode(const Customer& customer);
v1::Contact Encode(const Contact& contact);
v1::Need Encode(const Need& need);
v1::Interaction Encode(const Interaction& interaction);
v1::Team Encode(const Team& team);
v1::Representative Encode(const Representative& representative);
v1::ImportRecordsResponse Encode(const std::vector<ImportResult>& results);
v1::Attribute Encode(const Attribute& attribute);
void Encode(const AttributeValues& values, google::protobuf::Map<std::string, v1::AttributeValue>* messages);
v1::RequirementSet Encode(const RequirementSet& set);
// Without the customer's name and the stage.
v1::Completeness Encode(const Completeness& completeness);
v1::PreviewRequirementSetResponse Encode(const ShortCounts& counts);

}  // namespace clientele::customer

#endif  // CUSTOMER_SVC_RPC_ENCODE_H_
