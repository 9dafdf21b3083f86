-- migrate:up
ALTER TABLE order_lines
  ADD COLUMN returned_quantity BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN returned_amount DECIMAL(20, 6) NOT NULL DEFAULT 0;

-- migrate:down
ALTER TABLE order_lines
  DROP COLUMN returned_amount,
  DROP COLUMN returned_quantity;
