-- The pieces of a run: customers by id, a few thousand each. Whoever works on one has its row locked, so all replicas share
-- them and nothing is lost when one dies. `stage` is 0 to be read, 1 read, 2 scored, 3 passed over; `observed` is what was read
-- (store/observation_codec.h), until it is scored.
-- migrate:up
CREATE TABLE scoring_shards (
  run_id BINARY(16) NOT NULL,
  shard INT NOT NULL,
  after_id BINARY(16) NOT NULL,
  through_id BINARY(16) NOT NULL,
  stage TINYINT NOT NULL,
  customer_count INT NOT NULL,
  observed MEDIUMBLOB NOT NULL,
  PRIMARY KEY (run_id, shard)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- migrate:down
DROP TABLE scoring_shards;
