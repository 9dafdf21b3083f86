-- What a move comes to is kept beside it, so that reports of any moment or period read rows and never fold: how the
-- customer stood after it and until when, the department that it belongs to, the stay that it ends or begins. The defaults
-- let a server of before write; what they leave open is folded anew (journeys.fold_version).
-- migrate:up
ALTER TABLE moves
  ADD COLUMN stage_after TINYINT NOT NULL DEFAULT 0,
  ADD COLUMN furthest_stage TINYINT NOT NULL DEFAULT 0,
  ADD COLUMN lost_from_stage TINYINT NOT NULL DEFAULT 0,
  ADD COLUMN recycled_count INT NOT NULL DEFAULT 0,
  ADD COLUMN enter_time DATETIME(6) NOT NULL DEFAULT '1970-01-01 00:00:00',
  ADD COLUMN until_time DATETIME(6) NOT NULL DEFAULT '1970-01-01 00:00:00',
  ADD COLUMN order_number INT NOT NULL DEFAULT 0,
  ADD COLUMN department TINYINT NOT NULL DEFAULT 0,
  ADD COLUMN handed_to TINYINT NOT NULL DEFAULT 0,
  ADD COLUMN stay_begin_time DATETIME(6) NULL,
  ADD COLUMN stay_end_time DATETIME(6) NOT NULL DEFAULT '9999-12-31 00:00:00',
  ADD COLUMN stay_end_direction TINYINT NOT NULL DEFAULT 0,
  ADD COLUMN representative_id BINARY(16) NULL,
  ADD COLUMN team_id BINARY(16) NULL,
  -- Requirements that were missing when an administrator made it nevertheless, with commas between them.
  ADD COLUMN overridden VARCHAR(2000) NOT NULL DEFAULT '',
  -- The funnel as of a time: one row for each customer with event_time <= it < until_time.
  ADD KEY moves_as_of (until_time, event_time, furthest_stage, stage_after, lost_from_stage, recycled_count, enter_time),
  -- Departments in a period.
  ADD KEY moves_by_time (event_time, department);

-- migrate:down
ALTER TABLE moves
  DROP KEY moves_by_time,
  DROP KEY moves_as_of,
  DROP COLUMN overridden,
  DROP COLUMN team_id,
  DROP COLUMN representative_id,
  DROP COLUMN stay_end_direction,
  DROP COLUMN stay_end_time,
  DROP COLUMN stay_begin_time,
  DROP COLUMN handed_to,
  DROP COLUMN department,
  DROP COLUMN order_number,
  DROP COLUMN until_time,
  DROP COLUMN enter_time,
  DROP COLUMN recycled_count,
  DROP COLUMN lost_from_stage,
  DROP COLUMN furthest_stage,
  DROP COLUMN stage_after;
