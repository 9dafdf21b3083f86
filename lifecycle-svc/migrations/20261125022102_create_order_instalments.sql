-- The parts of an order's total that are due on days of their own.
-- migrate:up
CREATE TABLE order_instalments (
  order_id BINARY(16) NOT NULL,
  position SMALLINT NOT NULL,
  due_date DATE NOT NULL,
  amount DECIMAL(20, 6) NOT NULL,
  PRIMARY KEY (order_id, position)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- migrate:down
DROP TABLE order_instalments;
