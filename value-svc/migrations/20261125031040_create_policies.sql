-- What to do when: the current version of each policy.
-- migrate:up
CREATE TABLE policies (
  id BINARY(16) NOT NULL,
  display_name VARCHAR(200) NOT NULL,
  condition_text TEXT NOT NULL,
  goal TINYINT NOT NULL,
  department TINYINT NOT NULL,
  recommended_action VARCHAR(1000) NOT NULL,
  priority INT NOT NULL,
  disabled TINYINT NOT NULL,
  version BIGINT NOT NULL,
  update_time DATETIME(6) NOT NULL,
  author VARCHAR(200) NOT NULL,
  PRIMARY KEY (id),
  KEY policies_by_priority (priority, id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- migrate:down
DROP TABLE policies;
