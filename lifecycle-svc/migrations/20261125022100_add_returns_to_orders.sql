-- What came back of an order, and whether it was cancelled. The defaults are what former orders are: nothing of them was.
-- migrate:up
ALTER TABLE orders
  ADD COLUMN instalment_count TINYINT NOT NULL DEFAULT 0,
  ADD COLUMN returned DECIMAL(20, 6) NOT NULL DEFAULT 0,
  ADD COLUMN base_returned DECIMAL(20, 6) NOT NULL DEFAULT 0,
  ADD COLUMN returned_cost DECIMAL(20, 6) NOT NULL DEFAULT 0,
  ADD COLUMN base_returned_cost DECIMAL(20, 6) NOT NULL DEFAULT 0,
  ADD COLUMN cancel_time DATETIME(6) NULL,
  ADD COLUMN cancel_reason VARCHAR(1000) NOT NULL DEFAULT '',
  ADD KEY orders_by_due_date (due_date);

-- migrate:down
ALTER TABLE orders
  DROP KEY orders_by_due_date,
  DROP COLUMN cancel_reason,
  DROP COLUMN cancel_time,
  DROP COLUMN base_returned_cost,
  DROP COLUMN returned_cost,
  DROP COLUMN base_returned,
  DROP COLUMN returned,
  DROP COLUMN instalment_count;
