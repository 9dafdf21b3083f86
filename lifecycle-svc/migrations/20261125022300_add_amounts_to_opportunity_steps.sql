-- What an opportunity was said to be worth, and how probable, since that time. NULL in rows from before: then it is what
-- the opportunity says today, and the step's default.
-- migrate:up
ALTER TABLE opportunity_steps
  ADD COLUMN probability_percent TINYINT NULL,
  ADD COLUMN amount DECIMAL(20, 6) NULL,
  ADD COLUMN currency CHAR(3) NULL,
  ADD KEY opportunity_steps_by_time (opportunity_id, event_time, id);

-- migrate:down
ALTER TABLE opportunity_steps
  DROP KEY opportunity_steps_by_time,
  DROP COLUMN currency,
  DROP COLUMN amount,
  DROP COLUMN probability_percent;
