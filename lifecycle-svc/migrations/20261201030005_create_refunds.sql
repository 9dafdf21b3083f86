-- Money given back of what was paid for an order; base_amount is at the order's rate.
-- migrate:up
CREATE TABLE refunds (
  order_id BINARY(16) NOT NULL,
  id BINARY(16) NOT NULL,
  amount DECIMAL(20, 6) NOT NULL,
  base_amount DECIMAL(20, 6) NOT NULL,
  refund_time DATETIME(6) NOT NULL,
  note VARCHAR(1000) NOT NULL,
  external_system VARCHAR(64) NULL,
  external_id VARCHAR(191) NULL,
  create_time DATETIME(6) NOT NULL,
  PRIMARY KEY (order_id, id),
  UNIQUE KEY refunds_by_external_id (external_system, external_id),
  KEY refunds_by_time (order_id, refund_time, id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- migrate:down
DROP TABLE refunds;
