-- What each run found, of every customer that was there as of its day. Late facts, merges and splits change it.
-- migrate:up
CREATE TABLE run_scores (
  run_id BINARY(16) NOT NULL,
  customer_id BINARY(16) NOT NULL,
  tier TINYINT NOT NULL,
  pending_tier TINYINT NOT NULL,
  confirmations TINYINT NOT NULL,
  score_micros BIGINT NOT NULL,
  contribution_1_micros INT NOT NULL,
  contribution_2_micros INT NOT NULL,
  contribution_3_micros INT NOT NULL,
  contribution_4_micros INT NOT NULL,
  contribution_5_micros INT NOT NULL,
  revenue DECIMAL(20,6) NOT NULL,
  profit DECIMAL(20,6) NOT NULL,
  value_at_risk DECIMAL(20,6) NOT NULL,
  PRIMARY KEY (run_id, customer_id),
  -- The order of ListScores as of a day; `tier` so that a tier's are found without the rows.
  KEY run_scores_by_rank (run_id, score_micros DESC, customer_id, tier)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- migrate:down
DROP TABLE run_scores;
