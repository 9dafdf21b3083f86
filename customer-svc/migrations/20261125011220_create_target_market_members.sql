-- migrate:up
CREATE TABLE target_market_members (
  market_id BINARY(16) NOT NULL,
  customer_id BINARY(16) NOT NULL,
  PRIMARY KEY (market_id, customer_id),
  KEY customer (customer_id, market_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- migrate:down
DROP TABLE target_market_members;
