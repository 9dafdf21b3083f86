-- By stage and tier: after how many days without contact or progress a customer stands still (0: never), and after how
-- many days of that the representative, the manager and whoever reassigns are asked, and the customer goes back to the
-- team's pool (0: never).
-- migrate:up
CREATE TABLE stall_rules (
  stage TINYINT NOT NULL,
  tier TINYINT NOT NULL,
  stalled_after_days INT NOT NULL,
  representative_days INT NOT NULL,
  manager_days INT NOT NULL,
  reassignment_days INT NOT NULL,
  recycle_days INT NOT NULL,
  version BIGINT NOT NULL,
  PRIMARY KEY (stage, tier)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- migrate:down
DROP TABLE stall_rules;
