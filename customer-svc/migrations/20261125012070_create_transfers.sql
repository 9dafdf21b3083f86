-- migrate:up
-- Bulk transfers under way and done: a request with the same id goes on behind after_id.
CREATE TABLE transfers (
  request_id BINARY(16) NOT NULL,
  fingerprint BINARY(32) NOT NULL,
  -- The customers that it looks at lie behind the first and up to the second.
  after_id BINARY(16) NOT NULL,
  until_id BINARY(16) NOT NULL,
  moved BIGINT NOT NULL,
  batches BIGINT NOT NULL,
  done TINYINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  PRIMARY KEY (request_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- migrate:down
DROP TABLE transfers;
