-- What the sales expectation was made of, and since when the customer has been in its tier, and in which one before.
-- migrate:up
ALTER TABLE scores
  ADD COLUMN sales_basis TINYINT NOT NULL DEFAULT 0,
  ADD COLUMN probability_alive_micros INT NOT NULL DEFAULT 0,
  ADD COLUMN expected_purchases_micros BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN expected_spend DECIMAL(20,6) NOT NULL DEFAULT 0,
  ADD COLUMN last_order_time DATETIME(6),
  ADD COLUMN last_interaction_time DATETIME(6),
  ADD COLUMN former_tier TINYINT NOT NULL DEFAULT 0,
  ADD COLUMN tier_time DATETIME(6);

-- migrate:down
ALTER TABLE scores
  DROP COLUMN sales_basis,
  DROP COLUMN probability_alive_micros,
  DROP COLUMN expected_purchases_micros,
  DROP COLUMN expected_spend,
  DROP COLUMN last_order_time,
  DROP COLUMN last_interaction_time,
  DROP COLUMN former_tier,
  DROP COLUMN tier_time;
