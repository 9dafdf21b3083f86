-- Goods of an order that came back. amount is in the order's currency, base_ in the base currency at the order's rate.
-- migrate:up
CREATE TABLE order_returns (
  order_id BINARY(16) NOT NULL,
  id BINARY(16) NOT NULL,
  reason VARCHAR(1000) NOT NULL,
  discarded TINYINT NOT NULL,
  return_time DATETIME(6) NOT NULL,
  amount DECIMAL(20, 6) NOT NULL,
  base_amount DECIMAL(20, 6) NOT NULL,
  base_cost DECIMAL(20, 6) NOT NULL,
  external_system VARCHAR(64) NULL,
  external_id VARCHAR(191) NULL,
  create_time DATETIME(6) NOT NULL,
  PRIMARY KEY (order_id, id),
  UNIQUE KEY order_returns_by_external_id (external_system, external_id),
  KEY order_returns_by_time (order_id, return_time, id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- migrate:down
DROP TABLE order_returns;
