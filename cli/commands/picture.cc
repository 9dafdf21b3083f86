#include "cli/commands/picture.h"

#include <utility>

#include "clientele/customer/v1/customer_service.grpc.pb.h"
#include "clientele/customer/v1/team_service.grpc.pb.h"
#include "clientele/gateway/v1/customer360_service.grpc.pb.h"
#include "servicekit/types/str_cat.h"

namespace clientele::cli {
namespace {

// What the thing of this resource name is called; the name itself when that cannot be had.
template <typename Service, typename Request, typename Response>
std::string NameOf(Gateway& gateway, const std::string& name, Request request,
                   grpc::Status (Service::Stub::*get)(grpc::ClientContext*, const Request&, Response*)) {
  if (name.empty()) return "";
  request.set_name(name);
  const absl::StatusOr<Response> found = gateway.Call<Service>(get, request);
  return found.ok() ? found->display_name() : name;
}

}  // namespace

absl::StatusOr<Picture> FetchPicture(Gateway& gateway, const customer::v1::Customer& customer) {
  using customer::v1::CustomerService;
  using customer::v1::TeamService;
  using gateway::v1::Customer360Service;
  gateway::v1::GetCustomer360Request request;
  request.set_name(servicekit::StrCat(customer.name(), "/customer360"));
  auto known = gateway.Call<Customer360Service>(&Customer360Service::Stub::GetCustomer360, request);
  if (!known.ok()) return known.status();
  Picture picture;
  picture.known = *std::move(known);
  picture.owner = NameOf<TeamService>(gateway, customer.owner(), customer::v1::GetRepresentativeRequest(),
                                      &TeamService::Stub::GetRepresentative);
  picture.team = NameOf<TeamService>(gateway, customer.team(), customer::v1::GetTeamRequest(),
                                     &TeamService::Stub::GetTeam);
  picture.parent = NameOf<CustomerService>(gateway, customer.parent(), customer::v1::GetCustomerRequest(),
                                           &CustomerService::Stub::GetCustomer);
  return picture;
}

}  // namespace clientele::cli
