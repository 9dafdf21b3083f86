-- The share of each tier, and the last customer in it when the model was published; NULL when nobody was.
-- migrate:up
CREATE TABLE scoring_model_tiers (
  model_id BINARY(16) NOT NULL,
  tier TINYINT NOT NULL,
  share_micros BIGINT NOT NULL,
  boundary_score_micros BIGINT NULL,
  boundary_customer_id BINARY(16) NULL,
  PRIMARY KEY (model_id, tier)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- migrate:down
DROP TABLE scoring_model_tiers;
