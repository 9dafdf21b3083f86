-- What happened to a customer (kind, stage, reason, actor, cause), and what it came to given the moves before it
-- (direction, from_stage, to_stage; direction 0: nothing). A transition is a move that came to something.
-- migrate:up
CREATE TABLE moves (
  customer_id BINARY(16) NOT NULL,
  event_time DATETIME(6) NOT NULL,
  id BINARY(16) NOT NULL,
  kind TINYINT NOT NULL,
  stage TINYINT NOT NULL,
  reason VARCHAR(1000) NOT NULL,
  actor VARCHAR(255) NOT NULL,
  cause_id BINARY(16) NULL,
  external_system VARCHAR(64) NULL,
  external_id VARCHAR(191) NULL,
  create_time DATETIME(6) NOT NULL,
  direction TINYINT NOT NULL,
  from_stage TINYINT NOT NULL,
  to_stage TINYINT NOT NULL,
  PRIMARY KEY (customer_id, event_time, id),
  UNIQUE KEY moves_by_external_id (external_system, external_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- migrate:down
DROP TABLE moves;
