-- Customers who were let go of, as an import was reverted. lifecycle-svc's feed may still tell of their journeys, which then
-- does not bring them back.
-- migrate:up
CREATE TABLE gone_customers (
  id BINARY(16) NOT NULL,
  PRIMARY KEY (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- migrate:down
DROP TABLE gone_customers;
