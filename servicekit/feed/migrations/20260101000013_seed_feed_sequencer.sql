-- migrate:up
INSERT INTO feed_sequencer (id, position) VALUES (1, 0);

-- migrate:down
DELETE FROM feed_sequencer;
