-- A single row. Its lock makes the replicas' sequencers take turns; `position` is the last one given.
-- migrate:up
CREATE TABLE feed_sequencer (
  id TINYINT NOT NULL,
  position BIGINT NOT NULL,
  PRIMARY KEY (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- migrate:down
DROP TABLE feed_sequencer;
