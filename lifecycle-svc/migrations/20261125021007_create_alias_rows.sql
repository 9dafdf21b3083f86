-- Rows that count as a survivor's and are an alias's own: what a split gives back. Which table a kind is says AliasStore.
-- migrate:up
CREATE TABLE alias_rows (
  kind TINYINT NOT NULL,
  id BINARY(16) NOT NULL,
  own_customer_id BINARY(16) NOT NULL,
  PRIMARY KEY (kind, id),
  KEY alias_rows_by_own_customer (own_customer_id, kind)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- migrate:down
DROP TABLE alias_rows;
