-- Some thousands of customers of a state packed into one row (store/state_codec.h), so that reports over a million read
-- hundreds of rows. A transaction that changes rows of a chunk's customers sets `stale` first; then the rows are read
-- instead, until somebody packs them again. 2: too many to be packed.
-- migrate:up
CREATE TABLE state_chunks (
  state_id BINARY(16) NOT NULL,
  chunk INT NOT NULL,
  after_id BINARY(16) NOT NULL,
  through_id BINARY(16) NOT NULL,
  stale TINYINT NOT NULL,
  packed MEDIUMBLOB NOT NULL,
  PRIMARY KEY (state_id, chunk),
  KEY state_chunks_stale (stale, state_id, chunk)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- migrate:down
DROP TABLE state_chunks;
