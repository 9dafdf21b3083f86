-- What a team, or with owner_id one representative of it, should sell in a period, in the base currency. owner_key is
-- owner_id, or the nil id for the whole team, since NULLs are all different in a unique key.
-- migrate:up
CREATE TABLE sales_targets (
  id BINARY(16) NOT NULL,
  team_id BINARY(16) NOT NULL,
  owner_id BINARY(16) NULL,
  owner_key BINARY(16) NOT NULL,
  start_date DATE NOT NULL,
  end_date DATE NOT NULL,
  amount DECIMAL(20, 6) NOT NULL,
  create_time DATETIME(6) NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY sales_targets_by_period (team_id, owner_key, start_date),
  KEY sales_targets_by_owner (owner_id, start_date),
  KEY sales_targets_by_end (end_date, start_date)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- migrate:down
DROP TABLE sales_targets;
