-- migrate:up
INSERT INTO state_chunks (state_id, chunk, after_id, through_id, stale, packed)
VALUES (x'00000000000000000000000000000000', 0, x'00000000000000000000000000000000',
        x'ffffffffffffffffffffffffffffffff', 1, x'');

-- migrate:down
DELETE FROM state_chunks WHERE state_id = x'00000000000000000000000000000000';
