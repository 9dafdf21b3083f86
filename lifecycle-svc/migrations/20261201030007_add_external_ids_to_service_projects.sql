-- Projects are imported, too.
-- migrate:up
ALTER TABLE service_projects
  ADD COLUMN external_system VARCHAR(64) NULL,
  ADD COLUMN external_id VARCHAR(191) NULL,
  ADD UNIQUE KEY service_projects_by_external_id (external_system, external_id);

-- migrate:down
ALTER TABLE service_projects
  DROP KEY service_projects_by_external_id,
  DROP COLUMN external_id,
  DROP COLUMN external_system;
