-- migrate:up
ALTER TABLE orders
  ADD COLUMN refunded DECIMAL(20, 6) NOT NULL DEFAULT 0,
  ADD COLUMN base_refunded DECIMAL(20, 6) NOT NULL DEFAULT 0;

-- migrate:down
ALTER TABLE orders
  DROP COLUMN base_refunded,
  DROP COLUMN refunded;
