#ifndef CUSTOMER_SVC_RPC_TEAM_SERVICE_H_
#define CUSTOMER_SVC_RPC_TEAM_SERVICE_H_

#include "clientele/customer/v1/team_service.grpc.pb.h"
#include "customer-svc/rpc/calls.h"

namespace clientele::customer {

// TeamService of the contract. Teams and representatives are no secret: everyone who is signed in may read
// them.
class TeamService final : public v1::TeamService::CallbackService {
 public:
  explicit TeamService(Backend backend);
  ~TeamService() override;

  CLIENTELE_RPC(CreateTeam, Team)
  CLIENTELE_RPC(GetTeam, Team)
  CLIENTELE_RPC(UpdateTeam, Team)
  CLIENTELE_RPC(ListTeams, ListTeamsResponse)
  CLIENTELE_RPC(CreateRepresentative, Representative)
  CLIENTELE_RPC(GetRepresentative, Representative)
  CLIENTELE_RPC(UpdateRepresentative, Representative)
  CLIENTELE_RPC(ListRepresentatives, ListRepresentativesResponse)

 private:
  Backend backend_;
};

}  // namespace clientele::customer

#endif  // CUSTOMER_SVC_RPC_TEAM_SERVICE_H_
