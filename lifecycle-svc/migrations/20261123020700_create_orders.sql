-- Amounts are in the order's currency, those named base_ in the base currency at `rate`, that of the order's day.
-- migrate:up
CREATE TABLE orders (
  id BINARY(16) NOT NULL,
  customer_id BINARY(16) NOT NULL,
  opportunity_id BINARY(16) NULL,
  order_time DATETIME(6) NOT NULL,
  due_date DATE NULL,
  currency CHAR(3) NOT NULL,
  rate DECIMAL(20, 6) NOT NULL,
  total DECIMAL(20, 6) NOT NULL,
  base_total DECIMAL(20, 6) NOT NULL,
  base_cost DECIMAL(20, 6) NOT NULL,
  paid DECIMAL(20, 6) NOT NULL,
  base_paid DECIMAL(20, 6) NOT NULL,
  state TINYINT NOT NULL,
  external_system VARCHAR(64) NULL,
  external_id VARCHAR(191) NULL,
  create_time DATETIME(6) NOT NULL,
  version BIGINT NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY orders_by_external_id (external_system, external_id),
  UNIQUE KEY orders_by_opportunity (opportunity_id),
  KEY orders_by_customer (customer_id, id),
  KEY orders_by_time (order_time),
  KEY orders_by_state (state, id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- migrate:down
DROP TABLE orders;
