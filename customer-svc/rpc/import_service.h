#ifndef CUSTOMER_SVC_RPC_IMPORT_SERVICE_H_
#define CUSTOMER_SVC_RPC_IMPORT_SERVICE_H_

#include "clientele/customer/v1/import_service.grpc.pb.h"
#include "customer-svc/rpc/calls.h"

namespace clientele::customer {

// CustomerImportService of the contract.
class ImportService final : public v1::CustomerImportService::CallbackService {
 public:
  explicit ImportService(Backend backend);
  ~ImportService() override;

  grpc::ServerBidiReactor<v1::ImportRecordsRequest, v1::ImportRecordsResponse>* ImportRecords(
      grpc::CallbackServerContext* context) override;
  CLIENTELE_RPC(ResolveReferences, ResolveReferencesResponse)

 private:
  // Answers one message of the stream.
  absl::StatusOr<v1::ImportRecordsResponse> Import(const servicekit::CallContext& call,
                                                   const v1::ImportRecordsRequest& request);

  Backend backend_;
};

}  // namespace clientele::customer

#endif  // CUSTOMER_SVC_RPC_IMPORT_SERVICE_H_
