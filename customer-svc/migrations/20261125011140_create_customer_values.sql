-- migrate:up
-- Which customers have a value among several: an index of JSON columns, compared byte by byte. A customer has a value
-- once, however often it is given, so that a join with this table repeats no row.
CREATE TABLE customer_values (
  -- 1 tag, 2 region code, 3 postal code, 4 locality of an address, 5 system of an external id.
  kind TINYINT NOT NULL,
  value VARBINARY(512) NOT NULL,
  customer_id BINARY(16) NOT NULL,
  PRIMARY KEY (kind, value, customer_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- migrate:down
DROP TABLE customer_values;
