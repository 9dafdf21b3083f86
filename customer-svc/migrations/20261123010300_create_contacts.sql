-- migrate:up
CREATE TABLE contacts (
  id BINARY(16) NOT NULL,
  customer_id BINARY(16) NOT NULL,
  external_system VARBINARY(256),
  external_id VARBINARY(764),
  display_name VARCHAR(255) COLLATE utf8mb4_unicode_520_ci NOT NULL,
  job_title VARCHAR(128) NOT NULL,
  buying_role TINYINT NOT NULL,
  contact_points JSON,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY external_id (external_system, external_id),
  KEY customer (customer_id, id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- migrate:down
DROP TABLE contacts;
