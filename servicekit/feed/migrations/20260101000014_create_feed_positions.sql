-- How far this service has followed each other service's feed; moved in the transaction that has the effect.
-- migrate:up
CREATE TABLE feed_positions (
  source VARCHAR(64) NOT NULL,
  position BIGINT NOT NULL,
  PRIMARY KEY (source)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- migrate:down
DROP TABLE feed_positions;
