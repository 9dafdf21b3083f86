-- migrate:up
CREATE TABLE payments (
  order_id BINARY(16) NOT NULL,
  id BINARY(16) NOT NULL,
  amount DECIMAL(20, 6) NOT NULL,
  base_amount DECIMAL(20, 6) NOT NULL,
  pay_time DATETIME(6) NOT NULL,
  external_system VARCHAR(64) NULL,
  external_id VARCHAR(191) NULL,
  create_time DATETIME(6) NOT NULL,
  PRIMARY KEY (order_id, id),
  UNIQUE KEY payments_by_external_id (external_system, external_id),
  KEY payments_by_time (order_id, pay_time, id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- migrate:down
DROP TABLE payments;
