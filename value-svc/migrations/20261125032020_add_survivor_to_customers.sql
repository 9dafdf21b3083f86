-- Whom a customer that was merged counts as, at the end of the chain; NULL when it counts as itself. And what slices and
-- histories ask of a customer: its industry, and since when it is there.
-- migrate:up
ALTER TABLE customers
  ADD COLUMN survivor_id BINARY(16) NULL,
  ADD COLUMN industry VARCHAR(128) NOT NULL DEFAULT '',
  ADD COLUMN create_time DATETIME(6) NULL,
  ADD KEY customers_by_survivor (survivor_id),
  ADD KEY customers_by_industry (industry);

-- migrate:down
ALTER TABLE customers
  DROP KEY customers_by_survivor,
  DROP KEY customers_by_industry,
  DROP COLUMN survivor_id,
  DROP COLUMN industry,
  DROP COLUMN create_time;
