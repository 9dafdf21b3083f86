-- What the entry at the position was, so that a feed restored from a backup is noticed after it has grown again.
-- migrate:up
ALTER TABLE feed_positions ADD COLUMN mark VARCHAR(255) NULL;

-- migrate:down
ALTER TABLE feed_positions DROP COLUMN mark;
