-- The earliest time that the change touches: what was found as of earlier days stays as it is.
-- migrate:up
ALTER TABLE rescore_queue ADD COLUMN since_time DATETIME(6) NOT NULL DEFAULT '1970-01-01 00:00:00';

-- migrate:down
ALTER TABLE rescore_queue DROP COLUMN since_time;
