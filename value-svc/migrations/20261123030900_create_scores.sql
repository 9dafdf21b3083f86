-- Each customer's score with what it was made from. Contributions are not stored: they follow from the factors and the
-- model's weights. Raw figures are in millionths.
-- migrate:up
CREATE TABLE scores (
  customer_id BINARY(16) NOT NULL,
  model_id BINARY(16) NOT NULL,
  as_of_time DATETIME(6) NOT NULL,
  tier TINYINT NOT NULL,
  score_micros BIGINT NOT NULL,
  sales_contribution_micros INT NOT NULL,
  sales_expectation_micros INT NOT NULL,
  credit_micros INT NOT NULL,
  profit_contribution_micros INT NOT NULL,
  demonstration_effect_micros INT NOT NULL,
  sales_contribution_raw BIGINT NOT NULL,
  sales_expectation_raw BIGINT NOT NULL,
  credit_raw BIGINT NOT NULL,
  profit_contribution_raw BIGINT NOT NULL,
  demonstration_effect_raw BIGINT NOT NULL,
  revenue DECIMAL(20,6) NOT NULL,
  profit DECIMAL(20,6) NOT NULL,
  expected_pipeline DECIMAL(20,6) NOT NULL,
  cost_to_serve DECIMAL(20,6) NOT NULL,
  days_beyond_terms_micros BIGINT NOT NULL,
  order_count INT NOT NULL,
  open_opportunity_count INT NOT NULL,
  due_order_count INT NOT NULL,
  interaction_count INT NOT NULL,
  won_referral_count INT NOT NULL,
  PRIMARY KEY (customer_id),
  -- The order of ListScores.
  KEY scores_by_rank (score_micros DESC, customer_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- migrate:down
DROP TABLE scores;
