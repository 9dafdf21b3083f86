-- The service's events, written in the transactions that caused them. `seq` is the order of writing and has gaps;
-- `position` is given by the sequencer after the commit and has none.
-- migrate:up
CREATE TABLE feed (
  seq BIGINT NOT NULL AUTO_INCREMENT,
  position BIGINT NULL,
  customer_id BINARY(16) NULL,
  event_time DATETIME(6) NOT NULL,
  create_time DATETIME(6) NOT NULL,
  type VARCHAR(255) NOT NULL,
  payload MEDIUMBLOB NOT NULL,
  PRIMARY KEY (seq),
  UNIQUE KEY feed_by_position (position)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- migrate:down
DROP TABLE feed;
