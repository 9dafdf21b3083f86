-- What holding an interaction costs under a model, where that is not the rate that was in force when it was held.
-- migrate:up
CREATE TABLE scoring_model_activity_rates (
  model_id BINARY(16) NOT NULL,
  channel TINYINT NOT NULL,
  rate DECIMAL(20,6) NOT NULL,
  PRIMARY KEY (model_id, channel)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- migrate:down
DROP TABLE scoring_model_activity_rates;
