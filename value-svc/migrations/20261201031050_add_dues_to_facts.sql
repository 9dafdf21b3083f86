-- What of an order is due when, where that is not all at once (store/dues_codec.h); `due_time` is the last of them.
-- migrate:up
ALTER TABLE facts ADD COLUMN dues BLOB NULL;

-- migrate:down
ALTER TABLE facts DROP COLUMN dues;
