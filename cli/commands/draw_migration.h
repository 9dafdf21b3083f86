#ifndef CLIENTELE_CLI_COMMANDS_DRAW_MIGRATION_H_
#define CLIENTELE_CLI_COMMANDS_DRAW_MIGRATION_H_

#include "cli/render/terminal.h"
#include "clientele/value/v1/migration_service.pb.h"

namespace clientele::cli {

// Prints who moved between the tiers, and what each tier is expected to bring.
void DrawMigration(const value::v1::QueryMigrationResponse& migration, const Terminal& terminal);

}  // namespace clientele::cli

#endif  // CLIENTELE_CLI_COMMANDS_DRAW_MIGRATION_H_
