-- migrate:up
CREATE TABLE representatives (
  id BINARY(16) NOT NULL,
  display_name VARCHAR(255) COLLATE utf8mb4_unicode_520_ci NOT NULL,
  department TINYINT NOT NULL,
  team_id BINARY(16) NOT NULL,
  manager TINYINT NOT NULL,
  external_system VARBINARY(256),
  external_id VARBINARY(764),
  create_time DATETIME(6) NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY external_id (external_system, external_id),
  KEY team (team_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- migrate:down
DROP TABLE representatives;
