#include "cli/commands/find.h"

#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_replace.h"
#include "clientele/customer/v1/customer_service.grpc.pb.h"
#include "clientele/customer/v1/import_service.grpc.pb.h"
#include "clientele/customer/v1/team_service.grpc.pb.h"
#include "clientele/lifecycle/v1/product_service.grpc.pb.h"
#include "servicekit/types/str_cat.h"

namespace clientele::cli {
namespace {

namespace v1 = customer::v1;
using servicekit::StrCat;
using servicekit::ToAbsl;

absl::Status Several(const std::string& text, const std::vector<std::string>& names) {
  std::string message = StrCat("several are called `", text, "`; take one by its name:");
  for (size_t i = 0; i < names.size() && i < 10; ++i) message += "\n  " + names[i];
  return absl::FailedPreconditionError(message);
}

bool IsCalled(const auto& item, const std::string& text) {
  return item.display_name() == text ||
         StrCat(item.external_id().system(), ":", item.external_id().id()) == text;
}

// Pages through a list; `items` gives a page's repeated field.
template <typename Service, typename Request, typename Response, typename Items>
absl::StatusOr<std::string> FindIn(Gateway& gateway, const std::string& text, std::string_view what,
                                   Items items,
                                   grpc::Status (Service::Stub::*list)(grpc::ClientContext*, const Request&,
                                                                       Response*)) {
  std::vector<std::string> found;
  Request request;
  request.set_page_size(1000);
  do {
    absl::StatusOr<Response> page = gateway.Call<Service>(list, request);
    if (!page.ok()) return page.status();
    for (const auto& item : items(*page)) {
      if (IsCalled(item, text)) found.push_back(item.name());
    }
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  if (found.empty()) {
    return absl::NotFoundError(StrCat("there is no ", what, " `", text,
                                      "`; give its name, its identifier as system:id, or ", what, "s/…"));
  }
  if (found.size() > 1) return Several(text, found);
  return found[0];
}

absl::StatusOr<v1::Customer> Get(Gateway& gateway, const std::string& name) {
  v1::GetCustomerRequest request;
  request.set_name(name);
  return gateway.Call<v1::CustomerService>(&v1::CustomerService::Stub::GetCustomer, request);
}

}  // namespace

std::string EqualsFilter(std::string_view field, std::string_view value) {
  return StrCat(field, " = \"", absl::StrReplaceAll(ToAbsl(value), {{"\\", "\\\\"}, {"\"", "\\\""}}), "\"");
}

absl::StatusOr<std::string> FindTeam(Gateway& gateway, const std::string& text) {
  if (absl::StartsWith(text, "teams/")) return text;
  return FindIn<v1::TeamService>(
      gateway, text, "team", [](const v1::ListTeamsResponse& page) { return page.teams(); },
      &v1::TeamService::Stub::ListTeams);
}

absl::StatusOr<std::string> FindRepresentative(Gateway& gateway, const std::string& text) {
  if (absl::StartsWith(text, "representatives/")) return text;
  return FindIn<v1::TeamService>(
      gateway, text, "representative",
      [](const v1::ListRepresentativesResponse& page) { return page.representatives(); },
      &v1::TeamService::Stub::ListRepresentatives);
}

absl::StatusOr<std::string> FindProduct(Gateway& gateway, const std::string& text) {
  if (absl::StartsWith(text, "products/")) return text;
  using Service = lifecycle::v1::ProductService;
  return FindIn<Service>(
      gateway, text, "product",
      [](const lifecycle::v1::ListProductsResponse& page) { return page.products(); },
      &Service::Stub::ListProducts);
}

absl::StatusOr<std::map<std::string, std::string>> FindStaff(Gateway& gateway) {
  std::map<std::string, std::string> called;
  v1::ListTeamsRequest teams;
  teams.set_page_size(1000);
  do {
    const auto page = gateway.Call<v1::TeamService>(&v1::TeamService::Stub::ListTeams, teams);
    if (!page.ok()) return page.status();
    for (const v1::Team& team : page->teams()) called[team.name()] = team.display_name();
    teams.set_page_token(page->next_page_token());
  } while (!teams.page_token().empty());
  v1::ListRepresentativesRequest people;
  people.set_page_size(1000);
  do {
    const auto page = gateway.Call<v1::TeamService>(&v1::TeamService::Stub::ListRepresentatives, people);
    if (!page.ok()) return page.status();
    for (const v1::Representative& one : page->representatives()) called[one.name()] = one.display_name();
    people.set_page_token(page->next_page_token());
  } while (!people.page_token().empty());
  return called;
}

absl::StatusOr<v1::Customer> FindCustomer(Gateway& gateway, const std::string& text) {
  if (absl::StartsWith(text, "customers/")) return Get(gateway, text);
  if (const size_t colon = text.find(':');
      colon != std::string::npos && colon > 0 && colon + 1 < text.size()) {
    v1::ResolveReferencesRequest request;
    auto* id = request.add_customers()->mutable_external_id();
    id->set_system(text.substr(0, colon));
    id->set_id(text.substr(colon + 1));
    const auto resolved =
        gateway.Call<v1::CustomerImportService>(&v1::CustomerImportService::Stub::ResolveReferences, request);
    if (!resolved.ok()) return resolved.status();
    if (resolved->customers_size() == 1 && !resolved->customers(0).name().empty()) {
      return Get(gateway, resolved->customers(0).name());
    }
  }
  v1::ListCustomersRequest request;
  request.set_page_size(11);
  request.set_filter(EqualsFilter("display_name", text));
  const auto page = gateway.Call<v1::CustomerService>(&v1::CustomerService::Stub::ListCustomers, request);
  if (!page.ok()) return page.status();
  if (page->customers_size() == 1) return page->customers(0);
  if (page->customers().empty()) {
    return absl::NotFoundError(
        StrCat("there is no customer `", text,
               "`, or you may not see it; give its name, its "
               "identifier as system:id, or customers/…\n`clientele customer list` shows those you see."));
  }
  std::vector<std::string> names;
  for (const auto& customer : page->customers()) {
    names.push_back(
        StrCat(customer.name(), customer.addresses().empty() ? "" : ", " + customer.addresses(0).locality()));
  }
  return Several(text, names);
}

}  // namespace clientele::cli
