-- The frozen distributions: distinct raw figures with their counts, rising, packed in chunks (store/reference_codec.h).
-- migrate:up
CREATE TABLE reference_chunks (
  model_id BINARY(16) NOT NULL,
  factor TINYINT NOT NULL,
  chunk INT NOT NULL,
  packed MEDIUMBLOB NOT NULL,
  PRIMARY KEY (model_id, factor, chunk)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- migrate:down
DROP TABLE reference_chunks;
