-- migrate:up
-- By what customers are recognized as the same: who shares a hash is compared. The source is the customer or a contact.
CREATE TABLE match_keys (
  hash BIGINT NOT NULL,
  customer_id BINARY(16) NOT NULL,
  source_id BINARY(16) NOT NULL,
  kind TINYINT NOT NULL,
  PRIMARY KEY (hash, customer_id, source_id),
  KEY customer (customer_id, source_id),
  KEY source (source_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- migrate:down
DROP TABLE match_keys;
