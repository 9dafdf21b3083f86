-- migrate:up
ALTER TABLE referrals
  ADD COLUMN cancel_time DATETIME(6) NULL,
  ADD COLUMN cancel_reason VARCHAR(1000) NOT NULL DEFAULT '';

-- migrate:down
ALTER TABLE referrals
  DROP COLUMN cancel_reason,
  DROP COLUMN cancel_time;
