-- `customer_id` is whom a fact counts for, `origin_id` whom the event named; they differ after a merge. NULL in rows from
-- before: the same as `customer_id`. `service_project_id` is that of a task that cost something.
-- migrate:up
ALTER TABLE facts
  ADD COLUMN origin_id BINARY(16) NULL,
  ADD COLUMN service_project_id BINARY(16) NULL;

-- migrate:down
ALTER TABLE facts DROP COLUMN origin_id, DROP COLUMN service_project_id;
