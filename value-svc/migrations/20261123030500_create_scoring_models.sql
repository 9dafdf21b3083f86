-- A row for each publication: what was chosen and what was frozen. `scored_through` is how far the customers have been
-- scored with it, in the order of their ids, until `scored`.
-- migrate:up
CREATE TABLE scoring_models (
  id BINARY(16) NOT NULL,
  version BIGINT NOT NULL,
  state TINYINT NOT NULL,
  horizon_days INT NOT NULL,
  base_currency CHAR(3) NOT NULL,
  as_of_time DATETIME(6) NOT NULL,
  as_of_fixed TINYINT NOT NULL,
  publish_time DATETIME(6) NOT NULL,
  reference_size BIGINT NOT NULL,
  buyer_count BIGINT NOT NULL,
  order_count BIGINT NOT NULL,
  order_revenue DECIMAL(20,6) NOT NULL,
  buyer_days BIGINT NOT NULL,
  due_order_count BIGINT NOT NULL,
  credit_micros BIGINT NOT NULL,
  scored TINYINT NOT NULL,
  scored_through BINARY(16) NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY scoring_models_by_version (version),
  KEY scoring_models_by_state (state)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- migrate:down
DROP TABLE scoring_models;
