-- migrate:up
INSERT INTO referral_lock (id) VALUES (1);

-- migrate:down
DELETE FROM referral_lock;
