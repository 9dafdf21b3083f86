-- What customers may owe, in the base currency; amount is NULL when the limit was lifted. The rows of merged customers stay
-- their own: which one is in force is worked out when it is read, so that a split has nothing to give back.
-- migrate:up
CREATE TABLE credit_limits (
  customer_id BINARY(16) NOT NULL,
  amount DECIMAL(20,6) NULL,
  start_time DATETIME(6) NOT NULL,
  version BIGINT NOT NULL,
  update_time DATETIME(6) NOT NULL,
  PRIMARY KEY (customer_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- migrate:down
DROP TABLE credit_limits;
