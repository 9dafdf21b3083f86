-- Who does a piece of background work, until when.
-- migrate:up
CREATE TABLE leases (
  name VARCHAR(64) NOT NULL,
  holder VARCHAR(255) NOT NULL,
  expire_time DATETIME(6) NOT NULL,
  PRIMARY KEY (name)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- migrate:down
DROP TABLE leases;
