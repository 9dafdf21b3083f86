-- Which delivery model follows from a product's value and standardization: all nine pairs, changed together.
-- migrate:up
CREATE TABLE delivery_matrix (
  value_level TINYINT NOT NULL,
  standardization_level TINYINT NOT NULL,
  delivery_model TINYINT NOT NULL,
  version BIGINT NOT NULL,
  PRIMARY KEY (value_level, standardization_level)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- migrate:down
DROP TABLE delivery_matrix;
