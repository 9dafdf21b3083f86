-- migrate:up
-- … and anew if it has finished.
INSERT IGNORE INTO older_customers (done_up_to) VALUES (UNHEX('00000000000000000000000000000000'));

-- migrate:down
DELETE FROM older_customers;
