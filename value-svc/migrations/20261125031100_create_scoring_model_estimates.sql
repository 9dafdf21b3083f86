-- What was fitted for a scoring model beside its sales models: with how many due orders a customer's own payment score
-- weighs as much as the mean, and how opportunities end by age. `ages` packs doubles: for each age in days the hazard of
-- closing, then for each the share won of those that close.
-- migrate:up
CREATE TABLE scoring_model_estimates (
  model_id BINARY(16) NOT NULL,
  credit_strength_micros BIGINT NOT NULL,
  horizon_days BIGINT NOT NULL,
  closed_deals BIGINT NOT NULL,
  win_rate DOUBLE NOT NULL,
  correction DOUBLE NOT NULL,
  correction_variance DOUBLE NOT NULL,
  past_forecasts BIGINT NOT NULL,
  ages MEDIUMBLOB NOT NULL,
  PRIMARY KEY (model_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- migrate:down
DROP TABLE scoring_model_estimates;
