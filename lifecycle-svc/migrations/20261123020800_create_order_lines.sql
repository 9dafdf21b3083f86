-- migrate:up
CREATE TABLE order_lines (
  order_id BINARY(16) NOT NULL,
  line SMALLINT NOT NULL,
  product_id BINARY(16) NULL,
  description VARCHAR(255) NOT NULL,
  quantity BIGINT NOT NULL,
  amount DECIMAL(20, 6) NOT NULL,
  unit_cost DECIMAL(20, 6) NOT NULL,
  PRIMARY KEY (order_id, line)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- migrate:down
DROP TABLE order_lines;
