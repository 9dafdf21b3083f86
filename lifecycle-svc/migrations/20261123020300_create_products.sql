-- migrate:up
CREATE TABLE products (
  id BINARY(16) NOT NULL,
  display_name VARCHAR(255) NOT NULL,
  series VARCHAR(128) NOT NULL,
  list_price DECIMAL(20, 6) NULL,
  list_price_currency CHAR(3) NULL,
  unit_cost DECIMAL(20, 6) NULL,
  unit_cost_currency CHAR(3) NULL,
  value_level TINYINT NOT NULL,
  standardization_level TINYINT NOT NULL,
  delivery_model_override TINYINT NULL,
  override_reason VARCHAR(1000) NOT NULL,
  external_system VARCHAR(64) NULL,
  external_id VARCHAR(191) NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  version BIGINT NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY products_by_external_id (external_system, external_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- migrate:down
DROP TABLE products;
