-- migrate:up
CREATE TABLE order_return_lines (
  return_id BINARY(16) NOT NULL,
  position SMALLINT NOT NULL,
  line SMALLINT NOT NULL,
  quantity BIGINT NOT NULL,
  amount DECIMAL(20, 6) NOT NULL,
  PRIMARY KEY (return_id, position)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- migrate:down
DROP TABLE order_return_lines;
