-- migrate:up
-- How far the keys of customers from before the table have been made, by each version of the rules.
CREATE TABLE match_progress (
  rules BIGINT NOT NULL,
  after_id BINARY(16) NOT NULL,
  done TINYINT NOT NULL,
  PRIMARY KEY (rules)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- migrate:down
DROP TABLE match_progress;
