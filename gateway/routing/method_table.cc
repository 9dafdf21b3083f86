#include "gateway/routing/method_table.h"

#include <algorithm>
#include <vector>

#include <google/protobuf/descriptor_database.h>

#include "google/api/annotations.pb.h"
#include "servicekit/types/str_cat.h"

namespace clientele::gateway {
namespace {

using google::protobuf::DescriptorPool;
using google::protobuf::FileDescriptor;

const google::protobuf::FieldDescriptor* RequestIdOf(const google::protobuf::Descriptor* request) {
  const auto* field = request->FindFieldByName("request_id");
  const bool fits = field != nullptr && !field->is_repeated() &&
                    field->type() == google::protobuf::FieldDescriptor::TYPE_STRING;
  return fits ? field : nullptr;
}

bool StartsWithOneOf(const std::string& name, const std::vector<std::string>& prefixes) {
  return std::any_of(prefixes.begin(), prefixes.end(),
                     [&](const std::string& prefix) { return name.starts_with(prefix); });
}

}  // namespace

MethodTable MethodTable::ForPrefixes(const std::vector<std::string>& prefixes) {
  constexpr std::string_view kTypes = "type.googleapis.com/";
  MethodTable table;
  std::vector<std::string> files;
  // The pool loads files when asked for by name only; the database behind it knows the names.
  DescriptorPool::internal_generated_database()->FindAllFileNames(&files);
  std::sort(files.begin(), files.end());
  for (const std::string& name : files) {
    const FileDescriptor* file = DescriptorPool::generated_pool()->FindFileByName(name);
    for (int s = 0; file != nullptr && s < file->service_count(); ++s) {
      const auto* service = file->service(s);
      if (!StartsWithOneOf(service->full_name(), prefixes)) continue;
      for (int m = 0; m < service->method_count(); ++m) {
        const auto* method = service->method(m);
        table.methods_.push_back(
            {.descriptor = method,
             .path = absl::StrCat("/", service->full_name(), "/", method->name()),
             .request_url = servicekit::StrCat(kTypes, method->input_type()->full_name()),
             .response_url = servicekit::StrCat(kTypes, method->output_type()->full_name()),
             .index = table.methods_.size(),
             .unary = !method->client_streaming() && !method->server_streaming(),
             .reads = method->options().HasExtension(google::api::http) &&
                      method->options().GetExtension(google::api::http).pattern_case() ==
                          google::api::HttpRule::kGet,
             .request_id = RequestIdOf(method->input_type())});
        table.by_path_[table.methods_.back().path] = &table.methods_.back();
      }
    }
  }
  return table;
}

std::vector<std::string> MethodTable::services() const {
  std::vector<std::string> names;
  for (const Method& method : methods_) {
    const std::string& name = method.descriptor->service()->full_name();
    if (names.empty() || names.back() != name) names.push_back(name);
  }
  return names;
}

const Method* MethodTable::Find(std::string_view path) const {
  const auto it = by_path_.find(servicekit::ToAbsl(path));
  return it == by_path_.end() ? nullptr : it->second;
}

}  // namespace clientele::gateway
