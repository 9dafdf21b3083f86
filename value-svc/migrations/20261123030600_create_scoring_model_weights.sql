-- migrate:up
CREATE TABLE scoring_model_weights (
  model_id BINARY(16) NOT NULL,
  factor TINYINT NOT NULL,
  weight_micros BIGINT NOT NULL,
  PRIMARY KEY (model_id, factor)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- migrate:down
DROP TABLE scoring_model_weights;
