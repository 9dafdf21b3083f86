-- migrate:up
CREATE TABLE customer_imports (
  id BINARY(16) NOT NULL,
  description VARCHAR(255) NOT NULL,
  state TINYINT NOT NULL,
  actor VARCHAR(255) NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  created BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  unchanged BIGINT NOT NULL,
  rejected BIGINT NOT NULL,
  last_row BIGINT NOT NULL,
  -- Writes from here on have been taken back; the nil id: none yet.
  revert_before BINARY(16) NOT NULL,
  reverted BIGINT NOT NULL,
  kept BIGINT NOT NULL,
  PRIMARY KEY (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- migrate:down
DROP TABLE customer_imports;
