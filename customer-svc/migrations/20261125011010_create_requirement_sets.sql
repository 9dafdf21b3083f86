-- migrate:up
-- What each stage asks for; always a row for each stage on the way.
CREATE TABLE requirement_sets (
  stage TINYINT NOT NULL,
  -- [{"id": …, "description": …, "supplier": …, "weight": …, "need": {…}}, …]: read and written whole.
  requirements JSON NOT NULL,
  version BIGINT NOT NULL,
  update_time DATETIME(6) NOT NULL,
  PRIMARY KEY (stage)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- migrate:down
DROP TABLE requirement_sets;
