-- Merges as customer-svc told them. `undone` once they were split again, also when that was heard of first.
-- migrate:up
CREATE TABLE customer_merges (
  id BINARY(16) NOT NULL,
  survivor_id BINARY(16) NOT NULL,
  merged_id BINARY(16) NOT NULL,
  undone TINYINT NOT NULL,
  PRIMARY KEY (id),
  KEY customer_merges_by_merged (merged_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- migrate:down
DROP TABLE customer_merges;
