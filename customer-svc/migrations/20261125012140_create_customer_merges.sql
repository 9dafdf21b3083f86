-- migrate:up
CREATE TABLE customer_merges (
  id BINARY(16) NOT NULL,
  survivor_id BINARY(16) NOT NULL,
  merged_id BINARY(16) NOT NULL,
  state TINYINT NOT NULL,
  actor VARCHAR(255) NOT NULL,
  merge_time DATETIME(6) NOT NULL,
  split_actor VARCHAR(255),
  split_time DATETIME(6),
  contacts BIGINT NOT NULL,
  needs BIGINT NOT NULL,
  interactions BIGINT NOT NULL,
  subsidiaries BIGINT NOT NULL,
  -- Snapshots of the fields, [{"field": …, "new": …}, …]; NULL once erased.
  survivor_before JSON,
  survivor_after JSON,
  merged_before JSON,
  merged_version BIGINT NOT NULL,
  merged_create_time DATETIME(6) NOT NULL,
  PRIMARY KEY (id),
  KEY survivor (survivor_id, id),
  KEY merged (merged_id, id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- migrate:down
DROP TABLE customer_merges;
