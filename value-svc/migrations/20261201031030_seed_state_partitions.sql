-- The scores in force, in one chunk until the next run cuts them.
-- migrate:up
INSERT INTO state_partitions (state_id, through_ids)
VALUES (x'00000000000000000000000000000000', x'ffffffffffffffffffffffffffffffff');

-- migrate:down
DELETE FROM state_partitions WHERE state_id = x'00000000000000000000000000000000';
