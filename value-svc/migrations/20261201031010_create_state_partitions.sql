-- How the customers of a state (what a run found; all zeros for the scores in force) are cut into chunks: the last id of
-- each, one after the other. Whoever changes rows of the state has it locked for sharing, so that it is not cut anew meanwhile.
-- migrate:up
CREATE TABLE state_partitions (
  state_id BINARY(16) NOT NULL,
  through_ids MEDIUMBLOB NOT NULL,
  PRIMARY KEY (state_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- migrate:down
DROP TABLE state_partitions;
