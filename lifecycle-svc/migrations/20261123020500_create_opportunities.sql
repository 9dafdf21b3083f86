-- migrate:up
CREATE TABLE opportunities (
  id BINARY(16) NOT NULL,
  customer_id BINARY(16) NOT NULL,
  display_name VARCHAR(255) NOT NULL,
  owner_id BINARY(16) NULL,
  product_id BINARY(16) NULL,
  step TINYINT NOT NULL,
  probability_percent TINYINT NOT NULL,
  forecast_category TINYINT NOT NULL,
  amount DECIMAL(20, 6) NULL,
  currency CHAR(3) NULL,
  open_time DATETIME(6) NOT NULL,
  expected_close_date DATE NULL,
  close_time DATETIME(6) NULL,
  lost_reason TINYINT NOT NULL,
  lost_note VARCHAR(1000) NOT NULL,
  order_id BINARY(16) NULL,
  external_system VARCHAR(64) NULL,
  external_id VARCHAR(191) NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  version BIGINT NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY opportunities_by_external_id (external_system, external_id),
  KEY opportunities_by_customer (customer_id, id),
  KEY opportunities_by_owner (owner_id, id),
  KEY opportunities_by_product (product_id, id),
  KEY opportunities_by_step (step, id),
  KEY opportunities_by_open_time (open_time),
  KEY opportunities_by_close_time (close_time)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- migrate:down
DROP TABLE opportunities;
