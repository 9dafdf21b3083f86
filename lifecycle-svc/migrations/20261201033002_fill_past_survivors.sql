-- migrate:up
INSERT INTO past_survivors (customer_id, survivor_id) SELECT alias_id, survivor_id FROM customer_aliases;

-- migrate:down
DELETE FROM past_survivors;
