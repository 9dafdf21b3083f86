-- The pairwise comparisons that a model's weights follow from; none when they were chosen directly.
-- migrate:up
CREATE TABLE scoring_model_comparisons (
  model_id BINARY(16) NOT NULL,
  factor TINYINT NOT NULL,
  other TINYINT NOT NULL,
  ratio DOUBLE NOT NULL,
  PRIMARY KEY (model_id, factor, other)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- migrate:down
DROP TABLE scoring_model_comparisons;
