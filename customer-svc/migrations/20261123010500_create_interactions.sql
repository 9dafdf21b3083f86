-- migrate:up
CREATE TABLE interactions (
  id BINARY(16) NOT NULL,
  customer_id BINARY(16) NOT NULL,
  external_system VARBINARY(256),
  external_id VARBINARY(764),
  channel TINYINT NOT NULL,
  direction TINYINT NOT NULL,
  event_time DATETIME(6) NOT NULL,
  subject VARCHAR(255) NOT NULL,
  outcome VARCHAR(4000) NOT NULL,
  state TINYINT NOT NULL,
  representative_id BINARY(16),
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY external_id (external_system, external_id),
  KEY customer (customer_id, event_time, id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- migrate:down
DROP TABLE interactions;
