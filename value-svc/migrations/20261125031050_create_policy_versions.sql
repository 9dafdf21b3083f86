-- Every version that a policy ever had, the current one too.
-- migrate:up
CREATE TABLE policy_versions (
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
  PRIMARY KEY (id, version)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- migrate:down
DROP TABLE policy_versions;
