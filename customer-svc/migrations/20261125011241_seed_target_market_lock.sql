-- migrate:up
INSERT INTO target_market_lock (id) VALUES (1);

-- migrate:down
DELETE FROM target_market_lock;
