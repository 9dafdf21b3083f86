-- migrate:up
-- Which customer an identifier from another system means; compared byte by byte.
CREATE TABLE external_ids (
  system VARBINARY(256) NOT NULL,
  id VARBINARY(764) NOT NULL,
  customer_id BINARY(16) NOT NULL,
  PRIMARY KEY (system, id),
  KEY customer (customer_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- migrate:down
DROP TABLE external_ids;
