-- migrate:up
-- The ids of merged customers, and who they are now.
CREATE TABLE customer_aliases (
  alias_id BINARY(16) NOT NULL,
  customer_id BINARY(16) NOT NULL,
  PRIMARY KEY (alias_id),
  KEY customer (customer_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- migrate:down
DROP TABLE customer_aliases;
