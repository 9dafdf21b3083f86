-- Which target markets a customer is a member of, as customer-svc told.
-- migrate:up
CREATE TABLE target_market_members (
  customer_id BINARY(16) NOT NULL,
  target_market_id BINARY(16) NOT NULL,
  PRIMARY KEY (customer_id, target_market_id),
  KEY target_market_members_by_market (target_market_id, customer_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- migrate:down
DROP TABLE target_market_members;
