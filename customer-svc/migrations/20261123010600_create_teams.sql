-- migrate:up
CREATE TABLE teams (
  id BINARY(16) NOT NULL,
  display_name VARCHAR(255) COLLATE utf8mb4_unicode_520_ci NOT NULL,
  parent_id BINARY(16),
  external_system VARBINARY(256),
  external_id VARBINARY(764),
  create_time DATETIME(6) NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY external_id (external_system, external_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- migrate:down
DROP TABLE teams;
