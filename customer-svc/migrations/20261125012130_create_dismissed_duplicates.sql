-- migrate:up
-- Pairs of which somebody said that they are two customers; each pair in both directions.
CREATE TABLE dismissed_duplicates (
  customer_id BINARY(16) NOT NULL,
  other_id BINARY(16) NOT NULL,
  actor VARCHAR(255) NOT NULL,
  create_time DATETIME(6) NOT NULL,
  PRIMARY KEY (customer_id, other_id),
  KEY other (other_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- migrate:down
DROP TABLE dismissed_duplicates;
