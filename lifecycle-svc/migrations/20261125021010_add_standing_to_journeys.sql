-- What tells whether a customer stands still: the tier that value-svc told last, when somebody was in contact with them
-- last, when a deal of theirs moved last; quiet_since is the newest of these and stage_time. stall_level: how far their
-- standstill was escalated.
-- migrate:up
ALTER TABLE journeys
  ADD COLUMN tier TINYINT NOT NULL DEFAULT 0,
  ADD COLUMN contact_time DATETIME(6) NULL,
  ADD COLUMN progress_time DATETIME(6) NULL,
  ADD COLUMN quiet_since DATETIME(6) NOT NULL DEFAULT '1970-01-01 00:00:00',
  ADD COLUMN stall_level TINYINT NOT NULL DEFAULT 0,
  ADD KEY journeys_by_standstill (stage, tier, stall_level, quiet_since);

-- migrate:down
ALTER TABLE journeys
  DROP KEY journeys_by_standstill,
  DROP COLUMN stall_level,
  DROP COLUMN quiet_since,
  DROP COLUMN progress_time,
  DROP COLUMN contact_time,
  DROP COLUMN tier;
