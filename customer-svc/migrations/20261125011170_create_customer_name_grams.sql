-- migrate:up
-- Which customers have two neighbouring characters in their folded name: docs/decisions/search.md.
CREATE TABLE customer_name_grams (
  gram VARBINARY(8) NOT NULL,
  customer_id BINARY(16) NOT NULL,
  PRIMARY KEY (gram, customer_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- migrate:down
DROP TABLE customer_name_grams;
