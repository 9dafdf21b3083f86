-- migrate:up
CREATE TABLE needs (
  id BINARY(16) NOT NULL,
  customer_id BINARY(16) NOT NULL,
  external_system VARBINARY(256),
  external_id VARBINARY(764),
  description VARCHAR(1000) NOT NULL,
  product_interest VARCHAR(255) NOT NULL,
  quantity BIGINT NOT NULL,
  budget DECIMAL(20,6),
  budget_currency CHAR(3),
  decision_date DATE,
  urgency TINYINT NOT NULL,
  state TINYINT NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY external_id (external_system, external_id),
  KEY customer (customer_id, id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- migrate:down
DROP TABLE needs;
