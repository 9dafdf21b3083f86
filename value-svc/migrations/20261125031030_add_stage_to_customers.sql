-- Where the customer stands, as lifecycle-svc tells; 0 before it does.
-- migrate:up
ALTER TABLE customers
  ADD COLUMN stage TINYINT NOT NULL DEFAULT 0,
  ADD COLUMN stage_time DATETIME(6);

-- migrate:down
ALTER TABLE customers
  DROP COLUMN stage,
  DROP COLUMN stage_time;
