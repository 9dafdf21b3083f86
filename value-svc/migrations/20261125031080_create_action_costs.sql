-- The history of what an action was said to cost: who, when, how much.
-- migrate:up
CREATE TABLE action_costs (
  action_id BINARY(16) NOT NULL,
  version BIGINT NOT NULL,
  cost DECIMAL(20,6) NOT NULL,
  author VARCHAR(200) NOT NULL,
  create_time DATETIME(6) NOT NULL,
  PRIMARY KEY (action_id, version)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- migrate:down
DROP TABLE action_costs;
