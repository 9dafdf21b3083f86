-- migrate:up
CREATE TABLE referrals (
  id BINARY(16) NOT NULL,
  referrer_id BINARY(16) NOT NULL,
  opportunity_id BINARY(16) NOT NULL,
  referred_id BINARY(16) NOT NULL,
  influence_percent TINYINT NOT NULL,
  event_time DATETIME(6) NOT NULL,
  external_system VARCHAR(64) NULL,
  external_id VARCHAR(191) NULL,
  create_time DATETIME(6) NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY referrals_by_external_id (external_system, external_id),
  KEY referrals_by_opportunity (opportunity_id),
  KEY referrals_by_referrer (referrer_id, referred_id),
  KEY referrals_by_referred (referred_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- migrate:down
DROP TABLE referrals;
