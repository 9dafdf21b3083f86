-- Which target markets a customer is a member of, as customer-svc said last.
-- migrate:up
CREATE TABLE customer_target_markets (
  target_market_id BINARY(16) NOT NULL,
  customer_id BINARY(16) NOT NULL,
  PRIMARY KEY (target_market_id, customer_id),
  KEY customer_target_markets_by_customer (customer_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- migrate:down
DROP TABLE customer_target_markets;
