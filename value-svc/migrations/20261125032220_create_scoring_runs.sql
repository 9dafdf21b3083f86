-- Runs that score everybody, each as of a day. `previous_run_id` is the run whose tiers it goes on from.
-- migrate:up
CREATE TABLE scoring_runs (
  id BINARY(16) NOT NULL,
  purpose TINYINT NOT NULL,
  state TINYINT NOT NULL,
  model_id BINARY(16) NOT NULL,
  previous_run_id BINARY(16) NULL,
  as_of_time DATETIME(6) NOT NULL,
  create_time DATETIME(6) NOT NULL,
  finish_time DATETIME(6) NULL,
  PRIMARY KEY (id),
  KEY scoring_runs_by_state (state),
  KEY scoring_runs_by_as_of (as_of_time, id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- migrate:down
DROP TABLE scoring_runs;
