-- What the explanation of credit tells beside the days beyond terms: how many of the due orders were late, and what is
-- open and overdue. Scores from before tell it when they are computed anew.
-- migrate:up
ALTER TABLE scores
  ADD COLUMN late_order_count BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN open_amount DECIMAL(20,6) NOT NULL DEFAULT 0,
  ADD COLUMN overdue_amount DECIMAL(20,6) NOT NULL DEFAULT 0;

-- migrate:down
ALTER TABLE scores DROP COLUMN late_order_count, DROP COLUMN open_amount, DROP COLUMN overdue_amount;
