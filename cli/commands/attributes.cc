// `clientele attributes`: the custom attributes of customers.
#include <iostream>
#include <memory>

#include "absl/strings/ascii.h"
#include "absl/strings/str_join.h"
#include "cli/commands/command.h"
#include "cli/commands/request_id.h"
#include "cli/render/table.h"
#include "cli/render/text.h"
#include "clientele/customer/v1/attribute_service.grpc.pb.h"
#include "servicekit/types/str_cat.h"

namespace clientele::cli {
namespace {

namespace v1 = customer::v1;
using servicekit::StrCat;
using Service = v1::AttributeService;

struct Definition {
  std::string id, name, type;
  std::vector<std::string> choices;
};

std::string NameOf(const std::string& id) {
  return id.starts_with("attributes/") ? id : StrCat("attributes/", id);
}

absl::Status List(Session& session) {
  const auto listed =
      session.gateway.Call<Service>(&Service::Stub::ListAttributes, v1::ListAttributesRequest());
  if (!listed.ok()) return listed.status();
  Table table({{"attribute"}, {"called", false, 36}, {"type"}, {"choices", false, 60}});
  for (const v1::Attribute& attribute : listed->attributes()) {
    if (session.json) session.PrintJson(attribute, true);
    table.Add({attribute.name(), attribute.display_name(),
               Humanize(v1::Attribute::Type_Name(attribute.type())),
               absl::StrJoin(attribute.choices(), ", ")});
  }
  if (session.json) return absl::OkStatus();
  std::cout << (table.empty() ? "  No custom attributes yet: `clientele attributes create` makes one.\n"
                              : table.Draw(session.out));
  return absl::OkStatus();
}

absl::Status Show(const v1::Attribute& attribute, const char* done, Session& session) {
  if (session.json) {
    session.PrintJson(attribute);
  } else {
    std::cout << "  " << Printable(attribute.display_name()) << " (" << attribute.name() << ") is " << done
              << ".\n";
  }
  return absl::OkStatus();
}

absl::Status Create(const Definition& wanted, Session& session) {
  v1::CreateAttributeRequest request;
  request.set_attribute_id(wanted.id);
  request.set_request_id(NewRequestId());
  v1::Attribute& attribute = *request.mutable_attribute();
  attribute.set_display_name(wanted.name);
  v1::Attribute::Type type{};
  v1::Attribute::Type_Parse(absl::AsciiStrToUpper(wanted.type), &type);  // The option checks that it is one.
  attribute.set_type(type);
  for (const std::string& choice : wanted.choices) attribute.add_choices(choice);
  const auto created = session.gateway.Call<Service>(&Service::Stub::CreateAttribute, request);
  return created.ok() ? Show(*created, "there now", session) : created.status();
}

// What is not given stays.
absl::Status Update(const Definition& wanted, Session& session) {
  v1::GetAttributeRequest get;
  get.set_name(NameOf(wanted.id));
  const auto current = session.gateway.Call<Service>(&Service::Stub::GetAttribute, get);
  if (!current.ok()) return current.status();
  v1::UpdateAttributeRequest request;
  request.set_request_id(NewRequestId());
  request.mutable_attribute()->set_name(current->name());
  request.mutable_attribute()->set_etag(current->etag());
  if (!wanted.name.empty()) {
    request.mutable_attribute()->set_display_name(wanted.name);
    request.mutable_update_mask()->add_paths("display_name");
  }
  if (!wanted.choices.empty()) {
    for (const std::string& choice : wanted.choices) request.mutable_attribute()->add_choices(choice);
    request.mutable_update_mask()->add_paths("choices");
  }
  if (request.update_mask().paths().empty()) {
    return absl::InvalidArgumentError("say what is to change: --name, --choices");
  }
  const auto updated = session.gateway.Call<Service>(&Service::Stub::UpdateAttribute, request);
  return updated.ok() ? Show(*updated, "changed", session) : updated.status();
}

absl::Status Delete(const std::string& id, bool sure, Session& session) {
  v1::GetAttributeRequest get;
  get.set_name(NameOf(id));
  const auto current = session.gateway.Call<Service>(&Service::Stub::GetAttribute, get);
  if (!current.ok()) return current.status();
  if (!sure) {
    return absl::FailedPreconditionError(
        StrCat("this takes ", current->display_name(), " (", current->name(),
               ") from every customer; if that is what you want, say it with --yes"));
  }
  v1::DeleteAttributeRequest request;
  request.set_name(current->name());
  request.set_etag(current->etag());
  request.set_request_id(NewRequestId());
  const auto deleted = session.gateway.Call<Service>(&Service::Stub::DeleteAttribute, request);
  return deleted.ok() ? Show(*current, "gone", session) : deleted.status();
}

}  // namespace

void AddAttributes(CLI::App& app, Command* chosen) {
  CLI::App* command = app.add_subcommand("attributes", "The custom attributes of customers");
  command->require_subcommand(1);
  command->add_subcommand("list", "All of them; as JSON one a line")->callback([=] { *chosen = List; });

  auto wanted = std::make_shared<Definition>();
  CLI::App* create = command->add_subcommand("create", "Define one (administrators)");
  create->add_option("ID", wanted->id, "How filters and imports call it: small letters, digits and _")
      ->required();
  create->add_option("--name", wanted->name, "What people call it")->required();
  create->add_option("--type", wanted->type, "What it holds")
      ->required()
      ->check(CLI::IsMember({"text", "number", "date", "choice", "flag"}));
  create->add_option("--choices", wanted->choices, "Of a choice: what there is to choose from, in order");
  create->callback([=] { *chosen = [wanted](Session& session) { return Create(*wanted, session); }; });

  CLI::App* update =
      command->add_subcommand("update", "Rename one, or give it other choices (administrators)");
  update->add_option("ID", wanted->id, "As `list` tells it")->required();
  update->add_option("--name", wanted->name, "What people call it");
  update->add_option("--choices", wanted->choices, "All that there are to be, in order");
  update->callback([=] { *chosen = [wanted](Session& session) { return Update(*wanted, session); }; });

  auto sure = std::make_shared<bool>(false);
  CLI::App* remove = command->add_subcommand("delete", "Delete one with all its values (administrators)");
  remove->add_option("ID", wanted->id, "As `list` tells it")->required();
  remove->add_flag("--yes", *sure, "The values are gone then: say that you mean it");
  remove->callback(
      [=] { *chosen = [wanted, sure](Session& session) { return Delete(wanted->id, *sure, session); }; });
}

}  // namespace clientele::cli
