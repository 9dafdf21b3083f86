-- migrate:up
-- One row, which is only locked: shared by whoever writes customers, alone by whoever changes a definition.
CREATE TABLE target_market_lock (
  id TINYINT NOT NULL,
  PRIMARY KEY (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- migrate:down
DROP TABLE target_market_lock;
