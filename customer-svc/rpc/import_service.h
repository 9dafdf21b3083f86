#ifndef CUSTOMER_SVC_RPC_IMPORT_SERVICE_H_
#define CUSTOMER_SVC_RPC_IMPORT_SERVICE_H_

#include "clientele/customer/v1/import_service.grpc.pb.h"
#include "customer-svc/rpc/calls.h"

namespace clientele::customer {

class DryRun;

// CustomerImportService of the contract.
class ImportService final : public v1::CustomerImportService::CallbackService {
 public:
  explicit ImportService(Backend backend);
  ~ImportService() override;

  grpc::ServerBidiReactor<v1::ImportRecordsRequest, v1::ImportRecordsResponse>* ImportRecords(
      grpc::CallbackServerContext* context) override;
  CLIENTELE_RPC(CreateCustomerImport, CustomerImport)
  CLIENTELE_RPC(GetCustomerImport, CustomerImport)
  CLIENTELE_RPC(ListCustomerImports, ListCustomerImportsResponse)
  CLIENTELE_RPC(CompleteCustomerImport, CustomerImport)
  grpc::ServerWriteReactor<v1::RevertCustomerImportResponse>* RevertCustomerImport(
      grpc::CallbackServerContext* context, const v1::RevertCustomerImportRequest* request) override;
  grpc::ServerWriteReactor<v1::ExportRecordsResponse>* ExportRecords(
      grpc::CallbackServerContext* context, const v1::ExportRecordsRequest* request) override;
  CLIENTELE_RPC(ResolveReferences, ResolveReferencesResponse)

 private:
  // Answers one message of the stream.
  absl::StatusOr<v1::ImportRecordsResponse> Import(const servicekit::CallContext& call,
                                                   const v1::ImportRecordsRequest& request, DryRun& dry_run);

  Backend backend_;
};

}  // namespace clientele::customer

#endif  // CUSTOMER_SVC_RPC_IMPORT_SERVICE_H_
