-- What was planned for customers, with its cost and the random choice of those who are held out.
-- migrate:up
CREATE TABLE actions (
  id BINARY(16) NOT NULL,
  display_name VARCHAR(200) NOT NULL,
  goal TINYINT NOT NULL,
  department TINYINT NOT NULL,
  policy_id BINARY(16),
  condition_text TEXT NOT NULL,
  cost DECIMAL(20,6) NOT NULL,
  hold_out_share_micros INT NOT NULL,
  seed BIGINT NOT NULL,
  outcome_start_time DATETIME(6) NOT NULL,
  outcome_end_time DATETIME(6) NOT NULL,
  margin_micros INT NOT NULL,
  treated_count BIGINT NOT NULL,
  held_out_count BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  author VARCHAR(200) NOT NULL,
  version BIGINT NOT NULL,
  PRIMARY KEY (id),
  KEY actions_by_time (create_time, id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- migrate:down
DROP TABLE actions;
