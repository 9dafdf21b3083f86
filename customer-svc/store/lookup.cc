#include "customer-svc/store/lookup.h"

#include <map>

namespace clientele::customer {

using servicekit::Bytes;
using servicekit::Parameter;
using servicekit::Row;
using servicekit::Sql;
using servicekit::SqlText;

Sql MatchExternalIds(const std::vector<ExternalId>& ids, SqlText system_equals, SqlText and_id_in) {
  std::map<std::string, std::vector<Bytes>> by_system;
  for (const ExternalId& id : ids) by_system[id.system].push_back({id.id});
  std::vector<Sql> pieces;
  for (const auto& [system, system_ids] : by_system) {
    pieces.push_back(Sql("(") + Sql(system_equals, {Bytes{system}}) + Sql(and_id_in) + InList(system_ids) +
                     Sql(")"));
  }
  return Sql("(") + Sql::Join(pieces, " OR ") + Sql(")");
}

Parameter SystemOf(const std::optional<ExternalId>& id) {
  return id ? Parameter(Bytes{id->system}) : Parameter(std::nullopt);
}

Parameter IdOf(const std::optional<ExternalId>& id) {
  return id ? Parameter(Bytes{id->id}) : Parameter(std::nullopt);
}

std::optional<ExternalId> ReadExternalId(const Row& row, size_t system_column) {
  if (row.IsNull(system_column)) return std::nullopt;
  return ExternalId{row.Blob(system_column), row.Blob(system_column + 1)};
}

}  // namespace clientele::customer
