-- Whom a customer ever counted as, also after a split: under their names, history and feed hold what was done then with what
-- is the customer's own, which an erasure has to find.
-- migrate:up
CREATE TABLE past_survivors (
  customer_id BINARY(16) NOT NULL,
  survivor_id BINARY(16) NOT NULL,
  PRIMARY KEY (customer_id, survivor_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- migrate:down
DROP TABLE past_survivors;
