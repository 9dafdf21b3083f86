-- Whom an action treats, and whom it holds out; stored when it is planned, and never changed.
-- migrate:up
CREATE TABLE action_customers (
  action_id BINARY(16) NOT NULL,
  customer_id BINARY(16) NOT NULL,
  held_out TINYINT NOT NULL,
  score_micros BIGINT NOT NULL,
  PRIMARY KEY (action_id, customer_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- migrate:down
DROP TABLE action_customers;
