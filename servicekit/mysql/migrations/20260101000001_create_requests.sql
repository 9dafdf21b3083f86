-- What each write answered, by the caller's request_id: the same id again gets the same answer.
-- migrate:up
CREATE TABLE requests (
  request_id BINARY(16) NOT NULL,
  fingerprint BINARY(32) NOT NULL,
  answer MEDIUMBLOB NULL,
  create_time DATETIME(6) NOT NULL,
  PRIMARY KEY (request_id),
  KEY requests_by_time (create_time)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- migrate:down
DROP TABLE requests;
