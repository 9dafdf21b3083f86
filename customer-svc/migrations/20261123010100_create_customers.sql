-- migrate:up
CREATE TABLE customers (
  id BINARY(16) NOT NULL,
  -- Searched by people, so it sorts and compares as people expect.
  display_name VARCHAR(255) COLLATE utf8mb4_unicode_520_ci NOT NULL,
  type TINYINT NOT NULL,
  -- Compared byte by byte; utf8mb4_bin would ignore spaces at the end.
  registration_number VARBINARY(256),
  -- NULL is "not known" here and below.
  industry VARCHAR(128),
  employee_count BIGINT,
  annual_revenue DECIMAL(20,6),
  annual_revenue_currency CHAR(3),
  founded_year SMALLINT,
  source VARCHAR(128),
  -- Repeated values are read and written whole: docs/decisions/customer-row.md.
  addresses JSON,
  contact_points JSON,
  tags JSON,
  external_ids JSON,
  parent_id BINARY(16),
  owner_id BINARY(16),
  team_id BINARY(16),
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY registration_number (registration_number),
  KEY display_name (display_name),
  KEY industry (industry),
  KEY employee_count (employee_count),
  KEY source (source),
  KEY parent (parent_id),
  KEY owner (owner_id, team_id),
  KEY team (team_id, owner_id),
  KEY create_time (create_time),
  KEY update_time (update_time)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- migrate:down
DROP TABLE customers;
