-- migrate:up
UPDATE journeys SET quiet_since = stage_time;

-- migrate:down
UPDATE journeys SET quiet_since = '1970-01-01 00:00:00';
