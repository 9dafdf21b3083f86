-- migrate:up
ALTER TABLE teams
  ADD COLUMN version BIGINT NOT NULL DEFAULT 1,
  ADD COLUMN update_time DATETIME(6) NOT NULL DEFAULT '1970-01-01 00:00:00';

-- migrate:down
ALTER TABLE teams DROP COLUMN version, DROP COLUMN update_time;
