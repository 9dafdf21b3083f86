-- migrate:up
-- Whom a company wants as customers.
CREATE TABLE target_markets (
  id BINARY(16) NOT NULL,
  display_name VARCHAR(128) NOT NULL,
  description VARCHAR(1000) NOT NULL,
  filter VARCHAR(4000) NOT NULL,
  estimated_size BIGINT NOT NULL,
  -- Gone for all who ask, but its members are not all told yet.
  deleted TINYINT NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  PRIMARY KEY (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- migrate:down
DROP TABLE target_markets;
