-- Since when a customer is at stall_level, so that each level has its days to answer before the next. Of those that are
-- there already, since now.
-- migrate:up
ALTER TABLE journeys ADD COLUMN stall_level_time DATETIME(6) NOT NULL DEFAULT (UTC_TIMESTAMP(6));

-- migrate:down
ALTER TABLE journeys DROP COLUMN stall_level_time;
