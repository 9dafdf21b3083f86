-- A single row that each writer of referrals locks: a cycle may run through customers that no single write touches.
-- migrate:up
CREATE TABLE referral_lock (
  id TINYINT NOT NULL,
  PRIMARY KEY (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- migrate:down
DROP TABLE referral_lock;
